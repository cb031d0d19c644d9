#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tensorkeep/checkpoint.h"

namespace tensorkeep::train {

class Checkpoint::Impl {
 public:
  Variable counter(Graph& graph);
  std::string write(Session& session, const std::string& file_prefix,
                    const CheckpointOptions& options) const;
  // Counts up and writes what `prefix_of` then says, from the new count; a count without a file is
  // taken back.
  std::string write_counted(Session& session,
                            const std::function<std::string(std::int64_t)>& prefix_of,
                            const CheckpointOptions& options);

  Trackable root;

 private:
  Variable counter_;
};

}  // namespace tensorkeep::train
