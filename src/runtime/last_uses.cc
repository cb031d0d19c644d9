#include "runtime/last_uses.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace tensorkeep::runtime {
namespace {

class Marker {
 public:
  explicit Marker(const std::vector<int>& owners) : owners_(owners), used_later_(owners.size()) {}

  void keep(int slot) {
    if (slot >= 0) used_later_[static_cast<std::size_t>(slot)] = true;
  }

  void mark(std::vector<Step>& steps, int frame) {
    const auto is_candidate = [&](int slot) {
      return slot >= 0 && owners_[static_cast<std::size_t>(slot)] == frame &&
             !used_later_[static_cast<std::size_t>(slot)];
    };
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      std::unordered_map<int, int> uses;
      for (const int slot : step->inputs) ++uses[slot];
      for (std::size_t i = 0; i < step->inputs.size(); ++i) {
        step->last_use[i] = is_candidate(step->inputs[i]) && uses[step->inputs[i]] == 1;
      }
      for (const auto& [slot, count] : uses) {
        if (is_candidate(slot)) step->released.push_back(slot);
      }
      for (const int slot : step->released) keep(slot);
      for (int i = 0; i < step->num_outputs; ++i) {
        if (is_candidate(step->first_output + i)) step->released.push_back(step->first_output + i);
      }
    }
  }

 private:
  const std::vector<int>& owners_;
  std::vector<bool> used_later_;
};

// The Merge that takes what an iteration handed on gives it up, so that it may be overwritten.
void mark_carried(Loop& loop) {
  std::unordered_map<int, int> readers;
  for (const Step& step : loop.body) {
    for (const int slot : step.inputs) ++readers[slot];
  }
  const std::unordered_set<int> carried(loop.carried.begin(), loop.carried.end());
  for (Step& step : loop.body) {
    if (step.kind != Step::Kind::kMerge) continue;
    for (const int slot : step.inputs) {
      if (carried.contains(slot) && readers[slot] == 1) step.released.push_back(slot);
    }
  }
}

}  // namespace

void mark_last_uses(Program& program, const std::vector<int>& owners,
                    const std::vector<int>& loop_frames) {
  Marker marker(owners);
  for (const int slot : program.fetch_slots) marker.keep(slot);
  marker.mark(program.steps, 0);
  for (std::size_t i = 0; i < program.loops.size(); ++i) {
    marker.mark(program.loops[i].body, loop_frames[i]);
    mark_carried(program.loops[i]);
  }
}

}  // namespace tensorkeep::runtime
