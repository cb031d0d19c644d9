#include "retention/manager.h"

#include <algorithm>
#include <unordered_map>

namespace tensorkeep::retention {
namespace {

constexpr double kSecondsPerHour = 3600;

}  // namespace

ManagerState new_manager_state(double now) {
  // A second back, so that a manager that is made again at once still manages the first checkpoint.
  return {{}, now - 1};
}

ManagerState recovered_manager_state(const std::vector<Checkpoint>& listed, double last_preserved,
                                     double now) {
  ManagerState state{{}, std::min(last_preserved, now)};
  std::unordered_map<std::string, std::size_t> places;
  for (const auto& [path, stated_time] : listed) {
    const double time = std::min(stated_time, now);
    if (!(time > state.last_preserved)) continue;
    const auto [place, added] = places.emplace(path, state.managed.size());
    if (added) state.managed.push_back({path, time});
    state.managed[place->second].time = time;
  }
  return state;
}

void record(ManagerState& state, const std::string& path, double now) {
  std::erase_if(state.managed,
                [&](const Checkpoint& checkpoint) { return checkpoint.path == path; });
  state.managed.push_back({path, now});
}

std::vector<std::string> sweep(ManagerState& state, const ManagerOptions& options) {
  std::vector<std::string> removed;
  if (!options.max_to_keep) return removed;
  const auto kept = static_cast<std::size_t>(*options.max_to_keep);
  const double interval = options.keep_checkpoint_every_n_hours.value_or(0) * kSecondsPerHour;
  const std::size_t expired = state.managed.size() - std::min(state.managed.size(), kept);
  for (std::size_t i = 0; i < expired; ++i) {
    const Checkpoint& oldest = state.managed[i];
    if (interval != 0 && oldest.time - interval >= state.last_preserved) {
      state.last_preserved = oldest.time;
    } else {
      removed.push_back(oldest.path);
    }
  }
  state.managed.erase(state.managed.begin(),
                      state.managed.begin() + static_cast<std::ptrdiff_t>(expired));
  return removed;
}

}  // namespace tensorkeep::retention
