#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/while_context.h"
#include "tensorkeep/indexed_slices.h"

namespace tensorkeep::ops {

// The loop that computes the gradients of one while_loop, and what it needs of that loop: as many
// iterations, in reverse order, with the values each had. Those go through stacks: the forward loop
// pushes them, the backward loop pops them. Everything here adds nodes, in TensorFlow's order.
class LoopGradient final : public LoopHistory {
 public:
  // Adds the counter to the forward loop and the loop that counts back. `outer` is of the loop
  // around the forward loop, or null. Throws UnimplementedError (TypeError) for gradients of
  // gradients.
  static std::shared_ptr<LoopGradient> make(WhileContext& forward, LoopGradient* outer);

  WhileContext& forward_context() override { return *forward_; }
  WhileContext& grad_context() { return *grad_; }
  LoopGradient* outer() const { return outer_; }
  Output real_value(const Output& value) override;

  // Pushes `value` in every iteration onto the stack that is returned. `dead_branch`: the value is
  // of the branch that is not taken.
  Output add_forward_accumulator(const Output& value, bool dead_branch = false);
  // Pops what was pushed.
  Output add_backprop_value(const Output& stack, const Output& value, bool dead_branch = false);
  // The sum of the gradients of all iterations for what does not change in the loop: `enter` is
  // where it came in.
  Gradient add_accumulator(Operation& enter, const Gradient& gradient);

  // What a value of the forward loop is here, once it is known.
  const Output* find_history(const std::string& name) const;
  void set_history(const std::string& name, const Output& value) { history_[name] = value; }

  // The merged gradients of the loop's variables, by their Switch; in the order they came.
  std::vector<std::pair<const Operation*, Gradient>> switch_merges;
  const Gradient* find_switch_merge(const Operation& fork) const;
  // The exits of the forward loop as it was written, and which of them got no gradient.
  std::vector<Output> forward_exits;
  std::vector<Output> unused_exits;
  std::vector<Output> deferred_exits;
  int pending_exits = 0;

 private:
  LoopGradient(WhileContext& forward, LoopGradient* outer);
  Output add_forward_counter();
  Output add_backprop_counter(const Output& count);
  Operation* forward_sync();
  Operation* grad_sync();
  Operation* push(CondContext* branch, const Output& stack, const Output& value, bool dead_branch);
  CondContext* guarding_branch(const Output& stack, const Output& value) const;
  Output zeros_of_invariant(Operation& enter, const Output& gradient);
  Gradient add_slices_accumulator(Operation& enter, const IndexedSlices& slices);
  std::vector<Output> zero_slices(Operation& enter, const IndexedSlices& slices);

  WhileContext* forward_;
  LoopGradient* outer_;
  WhileContext* grad_ = nullptr;
  Output forward_index_;  // the next iteration's number, in the forward loop
  Output grad_index_;     // and in the loop that counts back
  Operation* forward_sync_ = nullptr;
  Operation* grad_sync_ = nullptr;
  std::map<std::string, Output> history_;
};

// Of the loop for gradients that is being built; null outside of any.
LoopGradient* current_loop_gradient(Graph& graph);

}  // namespace tensorkeep::ops
