#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ops/loop_gradient.h"

namespace tensorkeep::gradients_internal {

using OpSet = std::unordered_set<const Operation*>;
using Pending = std::unordered_map<const Operation*, int>;

// The while_loops that gradients have to go through, each with the loop that computes them.
class LoopState {
 public:
  // Adds such a loop for each that an Exit among `order` leaves; the other exits of those loops
  // join `order` and `between`. Null if there is none. Throws InvalidArgumentError (ValueError)
  // for a loop of which nothing but its nodes is known.
  static std::unique_ptr<LoopState> make(std::vector<Operation*>& order, OpSet& between,
                                         bool colocate);

  // The loop for the gradients of the loop that `op` is in, or for an Exit, if `before`, of the
  // loop around; null if there is none.
  ops::LoopGradient* find(const Operation& op, bool before) const;

  // Exits that nothing between the ys and the xs uses. Gives those of loops all of whose exits are
  // unused or ys: gradients start there too.
  std::vector<Output> process_unused_exits(Pending& pending, const OpSet& ys);

  // The gradient of an exit that nothing depends on; called where gradients() was.
  Gradient zeros_for_exit(const Output& exit);
  // Of any output of an operation; called in the loop for gradients. None for a loop's Switch.
  Gradient zeros_for(Operation& op, int index);

  // Variables whose next values do not depend on them have no gradients from later iterations.
  void finish();

 private:
  void add_loop(const Operation& exit, std::vector<Operation*>& order, OpSet& between);
  ops::LoopGradient* find(const WhileContext* forward) const;
  Gradient known_zeros(Operation& op, const Output& value, ops::LoopGradient& loop);
  Output dimensions_of(Operation& op, const Output& value, bool dead_branch);

  // In the order they were met.
  std::vector<std::pair<WhileContext*, std::shared_ptr<ops::LoopGradient>>> loops_;
};

}  // namespace tensorkeep::gradients_internal
