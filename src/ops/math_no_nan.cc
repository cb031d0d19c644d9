// Products and quotients in which a zero wins over what is no number, and checks for such.
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

struct Partials {
  Output x, y;
};

// The gradients of a broadcasting operation from its partial derivatives, which are made after
// `grad` is there.
template <typename F>
Gradients reduced(Operation& op, const Output& grad, F partials) {
  const Output x = op.input(0);
  const Output y = op.input(1);
  const Output x_shape = shape(x);
  const Output y_shape = shape(y);
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(x_shape).input(y_shape).build();
  const ControlDependencies after(grad.graph(), {&grad.op()});
  const Output nothing = cast(0.0, base_dtype(x.dtype()));
  const Output counts = cast(not_equal(x, nothing), base_dtype(x.dtype()));
  const Partials found = partials(x, y, counts);
  const Output gx = reshape(reduce_sum(found.x * grad, axes->output(0)), x_shape);
  return {gx, reshape(reduce_sum(found.y * grad, axes->output(1)), y_shape)};
}

Gradients xdivy(Operation& op, const Grads& grads) {
  return reduced(op, grads[0], [](const Output& x, const Output& y, const Output& counts) {
    const Output by_x = binary("Xdivy", "", counts, y);
    const Output minus_x = negative(x);
    const Output squared = binary("Pow", "pow", y, const_of(2, y.dtype(), "pow/y"));
    return Partials{by_x, binary("Xdivy", "", minus_x, squared)};
  });
}

Gradients xlogy(Operation& op, const Grads& grads) {
  return reduced(op, grads[0], [](const Output& x, const Output& y, const Output& counts) {
    const Output by_x = binary("Xlogy", "", counts, y);
    return Partials{by_x, binary("Xdivy", "", x, y)};
  });
}

Gradients xlog1py(Operation& op, const Grads& grads) {
  return reduced(op, grads[0], [](const Output& x, const Output& y, const Output& counts) {
    const Output by_x = binary("Xlog1py", "", counts, y);
    return Partials{by_x, binary("Xdivy", "", x, y + 1.0)};
  });
}

Gradients check_numerics(Operation& op, const Grads& grads) {
  return {
      OpBuilder("CheckNumerics")
          .input(grads[0])
          .attr("message", "Not a number (NaN) or infinity (Inf) values detected in gradient. " +
                               op.attr_string("message"))
          .output()};
}

}  // namespace

void register_math_no_nan(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Xdivy", {shape_fn::broadcast_binary, xdivy}},
      {"Xlogy", {shape_fn::broadcast_binary, xlogy}},
      {"Xlog1py", {shape_fn::broadcast_binary, xlog1py}},
      {"CheckNumerics", {shape_fn::unchanged, check_numerics}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
