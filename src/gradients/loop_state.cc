#include "gradients/loop_state.h"

#include <optional>

#include "gradients/zeros.h"
#include "graph/cond_context.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::gradients_internal {
namespace {

WhileContext* loop_around(const WhileContext& loop) {
  return loop.outer() == nullptr ? nullptr : loop.outer()->while_context();
}

Output zeros_of_shape(const Shape& shape, DType dtype) {
  return constant(0, {.dtype = base_dtype(dtype), .shape = shape});
}

}  // namespace

std::unique_ptr<LoopState> LoopState::make(std::vector<Operation*>& order, OpSet& between,
                                           bool colocate) {
  std::unique_ptr<LoopState> state;
  for (std::size_t i = 0; i < order.size(); ++i) {  // which grows meanwhile
    Operation& op = *order[i];
    if (!control_flow::is_exit(op)) continue;
    if (state == nullptr) state.reset(new LoopState);
    std::optional<ColocationScope> beside;
    if (colocate) beside.emplace(op.graph(), &op);
    state->add_loop(op, order, between);
  }
  return state;
}

void LoopState::add_loop(const Operation& exit, std::vector<Operation*>& order, OpSet& between) {
  WhileContext* const forward = control_flow::while_context(exit);
  if (forward == nullptr) {
    errors::raise_value_error(
        "Failed to call gradients on a while loop without properly serializing graph via "
        "MetaGraphDef: nothing says which nodes are in the loop that '" +
            exit.name() + "' leaves. Import the graph by import_meta_graph.",
        {.node = exit.name()});
  }
  if (find(forward) != nullptr) return;
  const WhileContext* const around = loop_around(*forward);
  const auto loop = ops::LoopGradient::make(*forward, around == nullptr ? nullptr : find(around));
  loops_.emplace_back(forward, loop);
  for (const Output& other : loop->forward_exits) {
    if (between.insert(&other.op()).second) order.push_back(&other.op());
  }
}

ops::LoopGradient* LoopState::find(const WhileContext* forward) const {
  for (const auto& [known, loop] : loops_) {
    if (known == forward) return loop.get();
  }
  return nullptr;
}

ops::LoopGradient* LoopState::find(const Operation& op, bool before) const {
  const WhileContext* forward = control_flow::while_context(op);
  if (before && forward != nullptr && control_flow::is_exit(op)) forward = loop_around(*forward);
  return forward == nullptr ? nullptr : find(forward);
}

std::vector<Output> LoopState::process_unused_exits(Pending& pending, const OpSet& ys) {
  std::vector<Output> exits;
  for (const auto& [forward, loop] : loops_) {
    for (const Output& exit : loop->forward_exits) {
      if (pending[&exit.op()] != 0) continue;
      --loop->pending_exits;
      if (!ys.contains(&exit.op())) loop->unused_exits.push_back(exit);
      if (loop->pending_exits == 0) {
        exits.insert(exits.end(), loop->unused_exits.begin(), loop->unused_exits.end());
      }
    }
    for (const Output& enter : forward->loop_enters) {
      if (pending[&enter.op()] == 0) pending[&enter.op()] = 1;
    }
  }
  return exits;
}

Gradient LoopState::zeros_for_exit(const Output& exit) {
  WhileContext& forward = *control_flow::while_context(exit.op());
  const WhileContext* const around = loop_around(forward);
  ops::LoopGradient* const outer = around == nullptr ? nullptr : find(around);
  const bool known = exit.shape().fully_defined();
  if (outer == nullptr) {
    return known ? zeros(exit.shape(), base_dtype(exit.dtype()))
                 : zeros_like(exit, {.optimize = false});
  }
  if (known) {
    const InContext inside(&outer->grad_context());
    return zeros(exit.shape(), base_dtype(exit.dtype()));
  }
  Output dimensions;
  {
    const InContext inside(forward.outer());
    dimensions = shape(exit, {.optimize = false});
  }
  const Output stack = outer->add_forward_accumulator(dimensions);
  const InContext inside(&outer->grad_context());
  return zeros(outer->add_backprop_value(stack, dimensions), base_dtype(exit.dtype()));
}

Gradient LoopState::known_zeros(Operation& op, const Output& value, ops::LoopGradient& loop) {
  Output result;
  if (base_dtype(value.dtype()) == resource) {
    const auto& handle = op.handle_data(value.index());
    if (!handle) return {};
    result = zeros(OpBuilder("VariableShape").input(value).output(), handle->dtype);
  } else {
    result = zeros_of_shape(value.shape(), value.dtype());
  }
  CondContext* const branch = op.control_flow_context()->as_cond();
  if (!control_flow::is_switch(op) || branch == nullptr) return result;
  const Output pred = loop.real_value(branch->pred());
  return control_flow::switch_ref_or_tensor(result, pred)->output(1 - branch->branch());
}

// In the forward loop, where the value is made; of a branch that is not taken, what would have
// gone in.
Output LoopState::dimensions_of(Operation& op, const Output& value, bool dead_branch) {
  ControlFlowContext* const context = op.control_flow_context();
  if (!dead_branch) {
    const InContext inside(context);
    return shape(value, {.optimize = false});
  }
  const CondContext& branch = *context->as_cond();
  const InContext inside(context->outer());
  const Output other =
      control_flow::switch_ref_or_tensor(op.input(0), branch.pred())->output(1 - branch.branch());
  const Output dimensions = shape(other, {.optimize = false});
  other.op().set_control_flow_context(context);
  dimensions.op().set_control_flow_context(context);
  return dimensions;
}

Gradient LoopState::zeros_for(Operation& op, int index) {
  if (control_flow::is_loop_switch(op)) return {};
  ops::LoopGradient* const loop = find(op, /*before=*/false);
  if (loop == nullptr) return gradients_internal::zeros_for(op, index);
  const Output value = op.output(index);
  if (value.shape().fully_defined()) return known_zeros(op, value, *loop);
  const bool dead_branch =
      control_flow::is_switch(op) && op.control_flow_context()->as_cond() != nullptr;
  const Output dimensions = dimensions_of(op, value, dead_branch);
  Output stack;
  {
    const OutOfContext outside(loop->grad_context());
    stack = loop->add_forward_accumulator(dimensions, dead_branch);
  }
  const Output popped = loop->add_backprop_value(stack, dimensions, dead_branch);
  return zeros(popped, base_dtype(value.dtype()));
}

void LoopState::finish() {
  for (const auto& [forward, loop] : loops_) {
    WhileContext& grad = loop->grad_context();
    for (const auto& [fork, merged] : loop->switch_merges) {
      Operation& merge = merged.op();
      if (merge.input(0) != merge.input(1)) continue;
      if (merged.is_slices()) {
        throw errors::UnimplementedError(
            "The gradient of the loop variable at '" + fork->name() +
                "' is rows of a tensor that no iteration hands on. Put the gather out of the "
                "variable's way, or make the gradient dense with tf::identity(x) + 0.",
            {.node = fork->name()});
      }
      const Output start = merge.input(0);
      Output zero;
      if (!start.shape().fully_defined()) {
        const InContext outside(grad.outer());
        zero = zeros(shape(start.op().input(0), {.optimize = false}), base_dtype(start.dtype()));
      }
      const InContext inside(&grad);
      if (!zero) zero = zeros_of_shape(start.shape(), start.dtype());
      merge.set_input(1, control_flow::next_iteration(zero));
    }
  }
}

}  // namespace tensorkeep::gradients_internal
