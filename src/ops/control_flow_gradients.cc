#include "graph/cond_context.h"
#include "graph/op_builder.h"
#include "ops/families.h"
#include "ops/indexed_rows.h"
#include "tensorkeep/gradients.h"
#include "tensorkeep/math_ops.h"

// Gradients of Switch and Merge: a Merge and a Switch.
namespace tensorkeep::ops {
namespace {

// One side of a Switch that is beside nothing.
Gradient plainly_switched(const Gradient& grad, const Output& pred, int side) {
  return OpBuilder("Switch").input(to_dense(grad)).input(pred).build()->output(side);
}

Gradients switch_grad(Operation& op, const Gradients& grads) {
  ControlFlowContext* const context = op.control_flow_context();
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
  if (CondContext* const cond = context == nullptr ? nullptr : context->as_cond()) {
    return switched(grad, cond->pred(), "cond_grad");
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
}

}  // namespace tensorkeep::ops
