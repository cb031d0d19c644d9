#include "runtime/frames.h"

#include <fmt/format.h>

#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

// Running a loop in a loop takes the machine's stack.
constexpr int kMaxDepth = 64;

bool is_type(const Operation& op, const char* by_value, const char* by_reference) {
  return op.type() == by_value || op.type() == by_reference;
}

}  // namespace

bool is_switch(const Operation& op) {
  return is_type(op, "Switch", "RefSwitch");
}
bool is_merge(const Operation& op) {
  return is_type(op, "Merge", "RefMerge");
}
bool is_enter(const Operation& op) {
  return is_type(op, "Enter", "RefEnter");
}
bool is_exit(const Operation& op) {
  return is_type(op, "Exit", "RefExit");
}
bool is_next_iteration(const Operation& op) {
  return is_type(op, "NextIteration", "RefNextIteration");
}
bool is_back_edge(const Operation& from, const Operation& to) {
  return is_next_iteration(from) && is_merge(to);
}

Frames::Frames(const std::vector<const Operation*>& ordered, const Dependencies& before) {
  for (const Operation* op : ordered) {
    int frame = 0;
    for (const Operation* from : before.at(op)) {
      const int there = is_exit(*from) ? parent(of(*from)) : of(*from);
      if (depth(there) > depth(frame)) frame = there;
    }
    of_[op] = is_enter(*op) ? child(frame, *op) : frame;
  }
}

int Frames::child(int parent, const Operation& enter) {
  const std::string key = fmt::format("{}/{}", parent, enter.attr_string("frame_name"));
  const auto [found, is_new] = by_name_.emplace(key, count());
  if (is_new) {
    if (depth(parent) == kMaxDepth) {
      throw errors::UnimplementedError(fmt::format("loops nested deeper than {}", kMaxDepth),
                                       {.node = enter.name()});
    }
    frames_.push_back({parent, depth(parent) + 1});
  }
  return found->second;
}

int Frames::common(int a, int b) const {
  while (a != b) (depth(a) >= depth(b) ? a : b) = parent(depth(a) >= depth(b) ? a : b);
  return a;
}

int Frames::step_into(int outer, int frame) const {
  while (frame != outer && parent(frame) != outer) frame = parent(frame);
  return frame;
}

}  // namespace tensorkeep::runtime
