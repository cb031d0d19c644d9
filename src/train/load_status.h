#pragma once

#include <optional>
#include <string>

#include "tensorkeep/checkpoint.h"
#include "tensorkeep/checkpoint_reader.h"

namespace tensorkeep::train {

class CheckpointLoadStatus::Impl {
 public:
  virtual ~Impl() = default;
  virtual void assert_consumed() = 0;
  virtual void assert_existing_objects_matched() = 0;
  virtual void assert_nontrivial_match() = 0;
  virtual void run_restore_ops(Session& session) = 0;
  virtual void initialize_or_restore(Session& session) = 0;
  virtual std::vector<std::string> unused_values() { return {}; }
};

// What restoring `root` from a checkpoint (or from none) is to do. `counter`, if there is one, is
// what a checkpoint by name need not have.
CheckpointLoadStatus load_status(const Trackable& root, Graph& graph,
                                 std::optional<CheckpointReader> checkpoint,
                                 const Variable& counter);

}  // namespace tensorkeep::train
