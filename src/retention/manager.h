#pragma once

#include <optional>
#include <string>
#include <vector>

#include "retention/retention.h"

// Which checkpoints a CheckpointManager keeps. Its rules are not the Saver's: it knows after a
// restart which ones are its own, and one to keep for good is counted from the last of them.
namespace tensorkeep::retention {

struct ManagerOptions {
  std::optional<int> max_to_keep;                       // none: all
  std::optional<double> keep_checkpoint_every_n_hours;  // none: keep nothing for good
};

struct ManagerState {
  std::vector<Checkpoint> managed;  // oldest first
  double last_preserved = 0;        // when the newest one that is kept for good was made
};

// The state of a manager made at `now` in a folder without a state file.
ManagerState new_manager_state(double now);
// The same after the state file that `listed` (oldest first) and `last_preserved` are from: what
// is not younger than the last one preserved is no longer managed. No time is later than `now`.
ManagerState recovered_manager_state(const std::vector<Checkpoint>& listed, double last_preserved,
                                     double now);

// Notes a checkpoint saved at `now`: it goes to the end, out of its old place if it was there.
void record(ManagerState& state, const std::string& path, double now);

// Takes those that are too many, the oldest first; returns the paths of those to be removed.
std::vector<std::string> sweep(ManagerState& state, const ManagerOptions& options);

}  // namespace tensorkeep::retention
