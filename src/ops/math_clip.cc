#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Clipping in one operation, whose limits may be broadcast.
namespace tensorkeep::ops {
namespace {

// The sum over what a limit of the shape `limit` was broadcast to.
Output limit_gradient(const Output& values, const Output& limit, const Output& axes) {
  return reshape(reduce_sum(values, {.axis = axes}), limit);
}

Gradients clip_by_value_gradient(Operation& op, const std::vector<Output>& grads) {
  const Output x = op.input(0);
  const Output grad = grads[0];
  const Output shape_of_x = shape(x);
  const Output shape_of_low = shape(op.input(1));
  const Output shape_of_high = shape(op.input(2));
  const Output shape_of_grad = shape(grad);
  const Output nothing = zeros(shape_of_grad, base_dtype(grad.dtype()));
  const Output below = less(x, op.input(1));
  const Output above = greater(x, op.input(2));
  const auto axes = [&](const Output& limit) {
    return OpBuilder("BroadcastGradientArgs").input(shape_of_x).input(limit).outputs()[1];
  };
  const Output axes_of_low = axes(shape_of_low);
  const Output axes_of_high = axes(shape_of_high);
  const Output of_x = where(logical_or(below, above), nothing, grad);
  const Output of_low = where(below, grad, nothing);
  const Output of_high = where(above, grad, nothing);
  const Output low = limit_gradient(of_low, shape_of_low, axes_of_low);
  return {of_x, low, limit_gradient(of_high, shape_of_high, axes_of_high)};
}

}  // namespace

void register_math_clip(OpRegistry& registry) {
  registry.add("ClipByValue", {.shape = shape_fn::unchanged, .gradient = clip_by_value_gradient});
}

}  // namespace tensorkeep::ops
