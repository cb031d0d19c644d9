// The incomplete gamma and beta functions, with their gradients.
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops {
namespace {

using Outputs = std::vector<Output>;

// The sums over what was broadcast of a partial derivative times the gradient.
Output summed(const Output& partial, const Output& grad, const Output& axes, const Output& shape) {
  return reshape(reduce_sum(partial * grad, axes), shape);
}

Gradients igamma(Operation& op, const Outputs& grads) {
  const Output a = op.input(0);
  const Output x = op.input(1);
  const Output a_shape = shape(a);
  const Output x_shape = shape(x);
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(a_shape).input(x_shape).build();
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output by_a = binary("IgammaGradA", "", a, x);
  const Output minus_x = -x;
  const Output before = a - 1.0;
  const Output power = before * log(x);
  const Output exponent = minus_x + power;
  const Output by_x = exp(exponent - lgamma(a));
  const Output of_a = summed(by_a, grads[0], axes->output(0), a_shape);
  return {of_a, summed(by_x, grads[0], axes->output(1), x_shape)};
}

Gradients igammac(Operation& op, const Outputs& grads) {
  const Gradients complement = igamma(op, grads);
  const Output of_a = -complement[0].tensor();
  return {of_a, -complement[1].tensor()};
}

// The output is of the shape of those that are no scalars.
void betainc_shape(ShapeContext& c) {
  Shape merged = Shape::unknown();
  Shape other = Shape::unknown();
  int scalars = 0;
  for (int i = 0; i < 3; ++i) {
    const Shape& input = c.input(i);
    if (!input.rank_known()) {
      other = input;
    } else if (input.rank() == 0) {
      ++scalars;
    } else {
      other = merged = c.merge_shapes(merged, input);
    }
  }
  if (scalars == 3) return c.set_output(0, Shape());
  c.set_output(0, scalars == 2 ? other : merged);
}

// By x alone, as in TensorFlow.
Gradients betainc(Operation& op, const Outputs& grads) {
  const Output a = op.input(0);
  const Output b = op.input(1);
  const Output x = op.input(2);
  const Output a_shape = shape(a);
  const Output x_shape = shape(x);
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(a_shape).input(x_shape).build();
  const Output of_a = lgamma(a);
  const Output both = of_a + lgamma(b);
  const Output log_beta = both - lgamma(a + b);
  const Output last = b - 1.0;
  const Output minus_x = -x;
  Output tail;
  {
    const OpScope scope({last}, "", "xlog1py");
    tail = binary("Xlog1py", "", last, minus_x);
  }
  const Output head = binary("Xlogy", "", a - 1.0, x);
  const Output by_x = exp(tail + head - log_beta);
  return {Gradient(), Gradient(), summed(by_x, grads[0], axes->output(1), x_shape)};
}

}  // namespace

void register_math_gamma(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Betainc", {betainc_shape, betainc}},
      {"Igamma", {shape_fn::broadcast_binary, igamma}},
      {"IgammaGradA", {shape_fn::broadcast_binary}},
      {"Igammac", {shape_fn::broadcast_binary, igammac}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
