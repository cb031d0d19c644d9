#include <fmt/format.h>

#include "graph/cond_context.h"
#include "ops/families.h"
#include "ops/indexed_rows.h"
#include "ops/loop_gradient.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/gradients.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Gradients of branches and loops: a Switch for a Merge, an Exit for an Enter, and so on.
namespace tensorkeep::ops {
namespace {

// One side of a Switch that is beside nothing.
Gradient plainly_switched(const Gradient& grad, const Output& pred, int side) {
  return OpBuilder("Switch").input(to_dense(grad)).input(pred).build()->output(side);
}

// The gradients of a loop's variables go round the loop that counts back.
LoopGradient& loop_of(const Operation& op) {
  LoopGradient* const loop = current_loop_gradient(op.graph());
  if (loop != nullptr) return *loop;
  throw errors::UnimplementedError(
      fmt::format("The gradient of '{}' ({}), which is part of a while_loop, is only known where "
                  "gradients() goes through the whole loop: give it what the loop returns.",
                  op.name(), op.type()),
      {.node = op.name()});
}

// What the next iteration hands back.
void close_loop(const Gradient& merged, const Gradient& next) {
  if (!merged.is_slices()) {
    const Output value = control_flow::next_iteration(to_dense(next));
    merged.tensor().op().set_input(1, value);
    return;
  }
  const std::vector<Output> into = parts(merged.slices());
  const std::vector<Output> values = parts(as_slices(next));
  if (into.size() != values.size()) {
    errors::raise_value_error(
        "The rows that a loop hands on say which shape they are of in some iterations only.");
  }
  for (std::size_t i = 0; i < into.size(); ++i) {
    into[i].op().set_input(1, control_flow::next_iteration(values[i]));
  }
}

// It is visited for the exit first, which makes the Merge, and then for the iteration.
Gradients loop_switch_grad(Operation& op, const Gradients& grads) {
  LoopGradient& loop = loop_of(op);
  if (const Gradient* const known = loop.find_switch_merge(op)) {
    if (!grads[1].none()) close_loop(*known, grads[1]);
    return {{}, {}};
  }
  if (grads[0].none()) return {{}, {}};
  const Gradient both = merged({grads[0], grads[0]}, "b_switch");
  loop.switch_merges.emplace_back(&op, both);
  return {both, {}};
}

Gradients exit_grad(Operation& op, const Gradients& grads) {
  WhileContext& grad_loop = loop_of(op).grad_context();
  if (!grad_loop.options().back_prop) return {{}};
  const InContext inside(&grad_loop);
  if (!grads[0].is_slices()) {
    grad_loop.add_name(grads[0].tensor());
    const Output entered =
        grad_loop.enter_value(grads[0].tensor(), /*is_constant=*/false, "b_exit");
    grad_loop.loop_enters.push_back(entered);
    return {entered};
  }
  std::vector<Output> entered;
  for (const Output& part : parts(grads[0].slices())) {
    grad_loop.add_name(part);
    entered.push_back(grad_loop.enter_value(part, /*is_constant=*/false));
    grad_loop.loop_enters.push_back(entered.back());
  }
  return {from_parts(entered)};
}

Gradients next_iteration_grad(Operation&, const Gradients& grads) {
  return grads;
}

Gradients enter_grad(Operation& op, const Gradients& grads) {
  LoopGradient* const loop = current_loop_gradient(op.graph());
  if (loop == nullptr || !loop->grad_context().options().back_prop) return grads;
  if (op.attr_bool("is_constant")) return {loop->add_accumulator(op, grads[0])};
  std::vector<Output> values =
      grads[0].is_slices() ? parts(grads[0].slices()) : std::vector<Output>{grads[0].tensor()};
  for (Output& value : values) {
    value = control_flow::exit(value);
    loop->grad_context().loop_exits.push_back(value);
  }
  loop->grad_context().exit_result(values);
  if (grads[0].is_slices()) return {from_parts(values)};
  return {values[0]};
}

// The predicate had another value in every iteration.
Output pred_in_loop(const CondContext& branch) {
  LoopGradient* const loop = current_loop_gradient(branch.graph());
  if (loop == nullptr) return branch.pred();
  if (const Output* const known = loop->find_history(branch.pred().name())) return *known;
  Output stack;
  {
    const OutOfContext outside(loop->grad_context());
    stack = loop->add_forward_accumulator(branch.pred());
  }
  const Output real = loop->add_backprop_value(stack, branch.pred());
  loop->set_history(branch.pred().name(), real);
  return real;
}

Gradients switch_grad(Operation& op, const Gradients& grads) {
  ControlFlowContext* const context = op.control_flow_context();
  if (context != nullptr && context->as_while() != nullptr) return loop_switch_grad(op, grads);
  CondContext* const cond = context == nullptr ? nullptr : context->as_cond();
  if (cond == nullptr) {
    const Output pred = op.input(1);
    const Gradient if_false = plainly_switched(grads[0], pred, 0);
    const Gradient if_true = plainly_switched(grads[1], pred, 1);
    return {merged({if_false, if_true}, ""), {}};
  }
  const auto branch = static_cast<std::size_t>(cond->branch());
  // The other branch's zeros pass a Switch of their own.
  if (!grads[1 - branch].none()) return {merged(grads, "cond_grad"), {}};
  if (base_dtype(op.input(0).dtype()) != resource) return {{}, {}};
  return {merged({grads[branch], grads[branch]}, "cond_resource_grad"), {}};
}

Gradients merge_grad(Operation& op, const Gradients& grads) {
  const Gradient& grad = grads[0];
  ControlFlowContext* const context = control_flow::output_context(op.input(0).op());
  if (context != nullptr && context->as_while() != nullptr) {
    return switched(grad, loop_of(op).grad_context().pivot, "Switch");
  }
  if (CondContext* const cond = context == nullptr ? nullptr : context->as_cond()) {
    return switched(grad, pred_in_loop(*cond), "cond_grad");
  }
  // Of no cond that is known: the input that came first was number value_index.
  std::vector<Output> arrived;
  for (int i = 0; i < op.num_inputs(); ++i) arrived.push_back(equal(op.output(1), i));
  Gradients result;
  for (const Output& here : arrived) result.push_back(switched(grad, here, "Switch")[1]);
  return result;
}

}  // namespace

void register_control_flow_gradients(OpRegistry& registry) {
  for (const char* type : {"Switch", "RefSwitch"}) registry.add_slices_gradient(type, switch_grad);
  for (const char* type : {"Merge", "RefMerge"}) registry.add_slices_gradient(type, merge_grad);
  for (const char* type : {"Exit", "RefExit"}) registry.add_slices_gradient(type, exit_grad);
  for (const char* type : {"Enter", "RefEnter"}) registry.add_slices_gradient(type, enter_grad);
  for (const char* type : {"NextIteration", "RefNextIteration"}) {
    registry.add_slices_gradient(type, next_iteration_grad);
  }
  registry.add_not_differentiable("LoopCond");
}

}  // namespace tensorkeep::ops
