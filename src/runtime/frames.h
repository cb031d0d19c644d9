#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tensorkeep/graph.h"

namespace tensorkeep::runtime {

// The operations that branch and loop, by reference or by value.
bool is_switch(const Operation& op);
bool is_merge(const Operation& op);
bool is_enter(const Operation& op);
bool is_exit(const Operation& op);
bool is_next_iteration(const Operation& op);
// The edge that closes a loop: from NextIteration into Merge.
bool is_back_edge(const Operation& from, const Operation& to);

// What each operation waits for: the makers of its inputs and its control inputs, each once; back
// edges are left out.
using Dependencies = std::unordered_map<const Operation*, std::vector<const Operation*>>;

// Which loop each operation is in. Frame 0 is no loop; Enter and Exit belong to the loop that they
// lead into and out of.
class Frames {
 public:
  // `ordered` respects `before`. Throws UnimplementedError for loops nested too deep.
  Frames(const std::vector<const Operation*>& ordered, const Dependencies& before);

  int of(const Operation& op) const { return of_.at(&op); }
  int count() const { return static_cast<int>(frames_.size()); }
  int parent(int frame) const { return frames_[static_cast<std::size_t>(frame)].parent; }
  // The innermost frame that both are in.
  int common(int a, int b) const;
  // The frame directly inside `outer` that `frame` is or is in; `outer` itself if they are the
  // same.
  int step_into(int outer, int frame) const;

 private:
  struct Frame {
    int parent = 0;
    int depth = 0;
  };
  int depth(int frame) const { return frames_[static_cast<std::size_t>(frame)].depth; }
  int child(int parent, const Operation& enter);

  std::vector<Frame> frames_ = {Frame()};
  std::unordered_map<std::string, int> by_name_;  // parent and frame_name
  std::unordered_map<const Operation*, int> of_;
};

}  // namespace tensorkeep::runtime
