#include "retention/retention.h"

namespace tensorkeep::retention {
namespace {

constexpr double kSecondsPerHour = 3600;

}  // namespace

State initial_state(const Options& options, double now) {
  State state;
  state.next_keep_time = now + options.keep_checkpoint_every_n_hours * kSecondsPerHour;
  return state;
}

void record(State& state, const Options& options, const std::string& path, double now) {
  if (options.max_to_keep <= 0) return;
  auto& list = state.last_checkpoints;
  std::erase_if(list, [&](const Checkpoint& checkpoint) { return checkpoint.path == path; });
  list.push_back({path, now});
  if (list.size() > static_cast<std::size_t>(options.max_to_keep)) {
    state.expired.push_back(list.front());
    list.erase(list.begin());
  }
}

std::optional<std::string> take_removal(State& state, const Options& options) {
  if (state.expired.empty()) return std::nullopt;
  const Checkpoint oldest = state.expired.front();
  state.expired.erase(state.expired.begin());
  if (oldest.time > state.next_keep_time) {
    state.next_keep_time += options.keep_checkpoint_every_n_hours * kSecondsPerHour;
    return std::nullopt;
  }
  return oldest.path;
}

}  // namespace tensorkeep::retention
