// Gradients of operations element by element with one input. Where TensorFlow holds back a rule's
// nodes until the gradient arrives, so does GradientContext.
#include <cmath>
#include <numbers>

#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops::grad {
namespace {

using Outputs = std::vector<Output>;

// The operation's x, y and dy as rules name them, and nodes that wait for dy while this lives.
struct Waiting {
  explicit Waiting(const Operation& op, const Outputs& grads)
      : dy(grads[0]), scope(dy.graph(), {&dy.op()}), op_(op) {}
  Output x() const { return tensorkeep::conj(op_.input(0)); }
  Output y() const { return tensorkeep::conj(op_.output(0)); }

  Output dy;
  ControlDependencies scope;

 private:
  const Operation& op_;
};

Output of_output(const char* op, const Output& y, const Output& dy) {
  return OpBuilder(op).input(y).input(dy).output();
}

Output one_like(const Output& dy) {
  return const_of(1, dy.dtype());
}

// dy * c * exp(-x^2), for the error functions; c is made before dy is waited for.
Gradients error_function(Operation& op, const Outputs& grads, double factor) {
  const Output c = const_of(factor, grads[0].dtype());
  const Waiting w(op, grads);
  const Output x = w.x();
  const Output scaled = w.dy * c;
  return {scaled * tensorkeep::exp(-tensorkeep::square(x))};
}

Output one_minus_square(const Output& x, const Output& dy) {
  const Output x2 = tensorkeep::square(x);
  return subtract(one_like(dy), x2);
}

}  // namespace

Gradients abs(Operation& op, const Outputs& grads) {
  return {grads[0] * tensorkeep::sign(op.input(0))};
}

Gradients neg(Operation&, const Outputs& grads) {
  return {-grads[0]};
}

Gradients conj(Operation&, const Outputs& grads) {
  return {tensorkeep::conj(grads[0])};
}

Gradients sign(Operation& op, const Outputs&) {
  return {zeros_like(op.input(0))};
}

Gradients reciprocal(Operation& op, const Outputs& grads) {
  return {of_output("ReciprocalGrad", op.output(), grads[0])};
}

Gradients sqrt(Operation& op, const Outputs& grads) {
  return {of_output("SqrtGrad", op.output(), grads[0])};
}

Gradients rsqrt(Operation& op, const Outputs& grads) {
  return {of_output("RsqrtGrad", op.output(), grads[0])};
}

Gradients tanh(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {of_output("TanhGrad", w.y(), w.dy)};
}

Gradients sigmoid(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {of_output("SigmoidGrad", w.y(), w.dy)};
}

Gradients square(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output x = w.x();
  const Output two = const_of(2.0, x.dtype());
  return {multiply(w.dy, multiply(x, two))};
}

Gradients exp(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * w.y()};
}

Gradients expm1(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::exp(w.x())};
}

Gradients log(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::reciprocal(w.x())};
}

Gradients log1p(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::reciprocal(1 + w.x())};
}

Gradients sinh(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::cosh(w.x())};
}

Gradients cosh(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::sinh(w.x())};
}

Gradients sin(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::cos(w.x())};
}

Gradients cos(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output x = w.x();
  const Output negated = -w.dy;
  return {negated * tensorkeep::sin(x)};
}

Gradients tan(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output secant = tensorkeep::reciprocal(tensorkeep::cos(w.x()));
  return {tensorkeep::square(secant) * w.dy};
}

Gradients asin(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output root = tensorkeep::sqrt(one_minus_square(w.x(), w.dy));
  return {w.dy * tensorkeep::reciprocal(root)};
}

Gradients acos(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output root = tensorkeep::sqrt(one_minus_square(w.x(), w.dy));
  const Output inverse = tensorkeep::reciprocal(root);
  return {-w.dy * inverse};
}

Gradients atan(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output x2 = tensorkeep::square(w.x());
  const Output inverse = tensorkeep::reciprocal(tensorkeep::add(one_like(w.dy), x2));
  return {w.dy * inverse};
}

Gradients asinh(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy / tensorkeep::cosh(w.y())};
}

Gradients acosh(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy / tensorkeep::sinh(w.y())};
}

Gradients atanh(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output inverse = tensorkeep::reciprocal(one_minus_square(w.x(), w.dy));
  return {w.dy * inverse};
}

Gradients erf(Operation& op, const Outputs& grads) {
  return error_function(op, grads, 2 / std::sqrt(std::numbers::pi));
}

Gradients erfc(Operation& op, const Outputs& grads) {
  return error_function(op, grads, -2 / std::sqrt(std::numbers::pi));
}

Gradients lgamma(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  return {w.dy * tensorkeep::digamma(w.x())};
}

Gradients digamma(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output x = w.x();
  const Output order = const_of(1, x.dtype());
  return {w.dy * OpBuilder("Polygamma").input(order).input(x).output()};
}

// The rules of rules: inputs (a, b), where a is the forward operation's result and b its gradient.

Gradients reciprocal_grad(Operation& op, const Outputs& grads) {
  const Output b = op.input(1);
  const Waiting w(op, grads);
  const Output a = w.x();
  const Output dy = tensorkeep::conj(w.dy);
  const Output da = dy * -2.0 * b * a;
  return {da, of_output("ReciprocalGrad", a, w.dy)};
}

Gradients sqrt_grad(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output ga = w.dy / op.input(0);
  const Output da = -tensorkeep::conj(ga) * op.output();
  return {da, 0.5 * ga};
}

Gradients rsqrt_grad(Operation& op, const Outputs& grads) {
  const Output b = op.input(1);
  const Waiting w(op, grads);
  const Output a = w.x();
  const Output scaled = -1.5 * tensorkeep::conj(w.dy) * b;
  const Output da = scaled * tensorkeep::square(a);
  return {da, of_output("RsqrtGrad", a, w.dy)};
}

Gradients tanh_grad(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output a = w.x();
  const Output b = tensorkeep::conj(op.input(1));
  const Output da = w.dy * -2.0 * b * a;
  return {da, of_output("TanhGrad", a, w.dy)};
}

Gradients sigmoid_grad(Operation& op, const Outputs& grads) {
  const Waiting w(op, grads);
  const Output a = w.x();
  const Output gb = w.dy * tensorkeep::conj(op.input(1));
  const Output twice = 2.0 * gb * a;
  const Output da = gb - twice;
  return {da, of_output("SigmoidGrad", a, w.dy)};
}

}  // namespace tensorkeep::ops::grad
