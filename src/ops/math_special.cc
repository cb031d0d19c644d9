// Inverse error functions, Bessel functions, the zeta function, the next number.
#include <cmath>
#include <numbers>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops {
namespace {

using Outputs = std::vector<Output>;

// grad * factor * exp(y^2), of which the factor is made before the gradient is waited for.
Gradients erfinv(Operation& op, const Outputs& grads) {
  const Output factor = const_of(std::sqrt(std::numbers::pi) / 2, grads[0].dtype());
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output scaled = grads[0] * factor;
  return {scaled * exp(square(op.output()))};
}

Gradients ndtri(Operation& op, const Outputs& grads) {
  const Output factor = const_of(std::sqrt(2 * std::numbers::pi), grads[0].dtype());
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output scaled = grads[0] * factor;
  return {scaled * exp(square(op.output()) / 2.0)};
}

// One of the functions in the name scope that goes with it.
Output bessel(const char* type, const char* name, const Output& x) {
  const OpScope scope({x}, "", name);
  return unary(type, "", x);
}

Gradients bessel_i0(Operation& op, const Outputs& grads) {
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  return {grads[0] * bessel("BesselI1", "bessel_i1", op.input(0))};
}

Gradients bessel_i0e(Operation& op, const Outputs& grads) {
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output next = bessel("BesselI1e", "bessel_i1e", op.input(0));
  const Output signed_value = sign(op.input(0)) * op.output();
  return {grads[0] * (next - signed_value)};
}

// At 0 the rule divides by 0; `at_zero` is the limit.
Output or_at_zero(const Output& is_zero, const Output& at_zero, const Output& value) {
  return where_v2(is_zero, at_zero, value);
}

Gradients bessel_i1(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output is_zero = equal(x, 0.0);
  const Output at_zero = cast(1.0, base_dtype(x.dtype()));
  const Output before = bessel("BesselI0", "bessel_i0", x);
  const Output ratio = tensorkeep::div(op.output(), x);
  return {grads[0] * or_at_zero(is_zero, at_zero, before - ratio)};
}

Gradients bessel_i1e(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output is_zero = equal(x, 0.0);
  const Output at_zero = cast(0.5, base_dtype(x.dtype()));
  const Output before = bessel("BesselI0e", "bessel_i0e", x);
  const Output x_sign = sign(x);
  const Output sum = x_sign + reciprocal(x);
  const Output rest = op.output() * sum;
  return {grads[0] * or_at_zero(is_zero, at_zero, before - rest)};
}

Gradients next_after(Operation& op, const Outputs& grads) {
  const Output x_shape = shape(op.input(0));
  const Output y_shape = shape(op.input(1));
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(x_shape).input(y_shape).build();
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const DType dtype = base_dtype(op.input(0).dtype());
  const Output of_x = ones(x_shape, dtype);
  const Output of_y = zeros(y_shape, dtype);
  const Output gx = reshape(reduce_sum(of_x * grads[0], axes->output(0)), x_shape);
  return {gx, reshape(reduce_sum(of_y * grads[0], axes->output(1)), y_shape)};
}

// With respect to q alone, as in TensorFlow.
Gradients zeta(Operation& op, const Outputs& grads) {
  const Output s_shape = shape(op.input(0));
  const Output q_shape = shape(op.input(1));
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(s_shape).input(q_shape).build();
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output s = conj(op.input(0));
  const Output q = conj(op.input(1));
  const Output negative_s = -s;
  const Output partial = negative_s * binary("Zeta", "", s + 1.0, q);
  return {Gradient(), reshape(reduce_sum(partial * grads[0], axes->output(1)), q_shape)};
}

}  // namespace

void register_math_special(OpRegistry& registry) {
  const OpRow rows[] = {
      {"BesselI0", {shape_fn::unchanged, bessel_i0}},
      {"BesselI0e", {shape_fn::unchanged, bessel_i0e}},
      {"BesselI1", {shape_fn::unchanged, bessel_i1}},
      {"BesselI1e", {shape_fn::unchanged, bessel_i1e}},
      {"Erfinv", {shape_fn::unchanged, erfinv}},
      {"LeftShift", {shape_fn::broadcast_binary, nullptr, true}},
      {"Ndtri", {shape_fn::unchanged, ndtri}},
      {"NextAfter", {shape_fn::broadcast_binary, next_after}},
      {"RightShift", {shape_fn::broadcast_binary, nullptr, true}},
      {"Zeta", {shape_fn::broadcast_binary, zeta}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
