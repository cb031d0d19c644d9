#pragma once

#include <optional>
#include <string>
#include <vector>

// Which checkpoints to keep: the rules of TensorFlow's Saver as functions of a list, the clock and
// the options. Nothing here touches a disk. Times are seconds since 1970.
namespace tensorkeep::retention {

struct Options {
  int max_to_keep = 5;                             // 0 or less: keep all, remember none
  double keep_checkpoint_every_n_hours = 10000.0;  // keep one for good per that much time
};

struct Checkpoint {
  std::string path;
  double time = 0;
  bool operator==(const Checkpoint&) const = default;
};

struct State {
  std::vector<Checkpoint> last_checkpoints;  // oldest first
  std::vector<Checkpoint> expired;           // to be removed, oldest first
  double next_keep_time = 0;                 // an expired one of a later time is kept for good
};

// The state of a saver made at `now`.
State initial_state(const Options& options, double now);

// Notes a checkpoint that has been saved at `now`: it goes to the end of the list, out of its old
// place if it was there; at most one that is now too many expires.
void record(State& state, const Options& options, const std::string& path, double now);

// Takes one expired checkpoint, the oldest. Returns its path if it is to be removed; nothing if
// none has expired, or if it is one to keep for good. To be called once per save, after the new
// list is on the disk.
std::optional<std::string> take_removal(State& state, const Options& options);

}  // namespace tensorkeep::retention
