#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/checkpoint.h"
#include "tensorkeep/saver.h"

namespace tensorkeep::train {

struct CheckpointManagerOptions {
  // Once it is no longer among the newest, a checkpoint is kept for good if it is this much younger
  // than the last one that was. None keeps nothing for good.
  std::optional<double> keep_checkpoint_every_n_hours = std::nullopt;
  std::string checkpoint_name = "ckpt";
  GlobalStep step_counter = {};
  std::optional<std::int64_t> checkpoint_interval = std::nullopt;  // steps between two checkpoints
  std::function<void()> init_fn = {};  // for restore_or_initialize() in an empty folder
  std::optional<std::int64_t> last_checkpoint_step = std::nullopt;
};

struct ManagerSaveOptions {
  GlobalStep checkpoint_number = {};  // the save counter's, if not given
  bool check_interval = true;         // false: only the step saved last is not saved again
  Durability durability = Durability::kDurable;
};

// Saves a Checkpoint again and again in one folder, and removes those that are no longer among the
// newest. What it manages stands in the folder's `checkpoint` file, from which another manager goes
// on. One at a time a folder; one thread at a time.
class CheckpointManager {
 public:
  // Without `max_to_keep`, all are kept. Throws InvalidArgumentError (ValueError) "Expected a
  // positive integer or `None` for `max_to_keep`, got 0." and "`step_counter` should be passed if
  // `checkpoint_interval` is not None."; DataLossError for a damaged state file.
  CheckpointManager(Checkpoint checkpoint, const std::string& directory,
                    std::optional<int> max_to_keep, const CheckpointManagerOptions& options = {});

  // Counts the save, writes DIRECTORY/NAME-<number>, names it in the state file, and removes what
  // is too much. Returns the prefix; nullopt if the interval has not passed. Throws what
  // Checkpoint::save throws; if writing fails, nothing has changed. A checkpoint that cannot be
  // removed stays.
  std::optional<std::string> save(Session& session, const ManagerSaveOptions& options = {});

  // Restores the newest checkpoint and returns its prefix; without one, calls init_fn if there is
  // one and returns nullopt. Variables that the checkpoint does not have stay as they are.
  std::optional<std::string> restore_or_initialize(Session& session);

  const std::optional<std::string>& latest_checkpoint() const;
  std::vector<std::string> checkpoints() const;  // managed ones, oldest first
  const std::string& directory() const;
  std::optional<std::int64_t> checkpoint_interval() const;
  const Checkpoint& checkpoint() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tensorkeep::train
