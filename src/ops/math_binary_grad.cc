// Gradients of broadcasting operations with two inputs, of sums of many, and of selections.
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops::grad {
namespace {

using Outputs = std::vector<Output>;

// How the gradient of one side of a broadcast is summed back to that side's shape.
struct Broadcast {
  Output shape;
  Input axes;
  bool must_reduce = true;
};

// The dimensions along which either side was stretched; nullopt if only running will tell.
struct StretchedAxes {
  std::vector<int> x, y;
};
std::optional<StretchedAxes> stretched_axes(const Shape& x, const Shape& y) {
  if (!x.rank_known() || !y.rank_known()) return std::nullopt;
  const int rank = std::max(x.rank(), y.rank());
  const auto dim_at = [rank](const Shape& shape, int axis) {
    const int missing = rank - shape.rank();
    return axis < missing ? 1 : shape.dim(axis - missing);
  };
  StretchedAxes axes;
  for (int axis = 0; axis < rank; ++axis) {
    const std::int64_t a = dim_at(x, axis);
    const std::int64_t b = dim_at(y, axis);
    if (a == 1 && b != 1) {
      axes.x.push_back(axis);
    } else if (b == 1 && a != 1) {
      axes.y.push_back(axis);
    } else if (a == None || b == None) {
      return std::nullopt;
    }
  }
  return axes;
}

std::pair<Broadcast, Broadcast> broadcasts(const Output& x, const Output& y) {
  const Output x_shape = shape(x);
  const Output y_shape = shape(y);
  if (const auto axes = stretched_axes(x.shape(), y.shape())) {
    const int x_rank = x.shape().rank();
    const int y_rank = y.shape().rank();
    return {{x_shape, axes->x, !axes->x.empty() || x_rank < y_rank},
            {y_shape, axes->y, !axes->y.empty() || y_rank < x_rank}};
  }
  Operation* op = OpBuilder("BroadcastGradientArgs").input(x_shape).input(y_shape).build();
  return {{x_shape, op->output(0)}, {y_shape, op->output(1)}};
}

Gradient reduced(const Output& grad, const Broadcast& side) {
  if (!grad || !side.must_reduce) return grad;
  const Output sum = reduce_sum(grad, side.axes, {.keepdims = true});
  return reshape(sum, side.shape);
}

Gradients reduced_to_inputs(const Output& x, const Output& y, const Output& gx, const Output& gy) {
  if (!gx && !gy) return {Gradient(), Gradient()};
  const auto [bx, by] = broadcasts(x, y);
  const Gradient left = reduced(gx, bx);
  return {left, reduced(gy, by)};
}

bool all_of_one_known_shape(const Operation& op, const Output& grad) {
  const Shape& x = op.input(0).shape();
  return x.fully_defined() && x == op.input(1).shape() && x == grad.shape();
}

Output mul(const Output& x, const Output& y) {
  return multiply(x, y);
}

Gradients maximum_or_minimum(Operation& op, const Output& grad,
                             Output (*selects_x)(const Input&, const Input&, const Name&)) {
  const Output x = op.input(0);
  const Output y = op.input(1);
  const Output zeros = zeros_like(grad);
  const Output mask = selects_x(x, y, {});
  const Output gx = where_v2(mask, grad, zeros);
  const Output gy = where_v2(mask, zeros, grad);
  return reduced_to_inputs(x, y, gx, gy);
}

// dy / y and dy * ((-x / y) / y), for the divisions.
Gradients quotient(Operation& op, const Output& grad,
                   Output (*divided)(const Input&, const Input&, const Name&)) {
  const Output x = tensorkeep::conj(op.input(0));
  const Output y = tensorkeep::conj(op.input(1));
  const Output gx = divided(grad, y, {});
  const Output once = divided(-x, y, {});
  const Output gy = grad * divided(once, y, {});
  return reduced_to_inputs(op.input(0), op.input(1), gx, gy);
}

}  // namespace

Gradients none(Operation& op, const Outputs&) {
  return Gradients(static_cast<std::size_t>(op.num_inputs()));
}

Gradients add(Operation& op, const Outputs& grads) {
  if (all_of_one_known_shape(op, grads[0])) return {grads[0], grads[0]};
  return reduced_to_inputs(op.input(0), op.input(1), grads[0], grads[0]);
}

Gradients sub(Operation& op, const Outputs& grads) {
  const Output negated = -grads[0];
  if (all_of_one_known_shape(op, grads[0])) return {grads[0], negated};
  return reduced_to_inputs(op.input(0), op.input(1), grads[0], negated);
}

Gradients mul(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const Output y = op.input(1);
  const Output dy = grads[0];
  if (all_of_one_known_shape(op, dy) && (dy.dtype() == int32 || dy.dtype() == float32)) {
    const Output gx = mul(dy, y);
    return {gx, mul(dy, x)};
  }
  const Output gx = mul(dy, tensorkeep::conj(y));
  const Output gy = mul(tensorkeep::conj(x), dy);
  return reduced_to_inputs(x, y, gx, gy);
}

Gradients div(Operation& op, const Outputs& grads) {
  return quotient(op, grads[0], divide);
}
Gradients real_div(Operation& op, const Outputs& grads) {
  return quotient(op, grads[0], realdiv);
}
Gradients div_no_nan(Operation& op, const Outputs& grads) {
  return quotient(op, grads[0], tensorkeep::div_no_nan);
}

Gradients mul_no_nan(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const Output y = op.input(1);
  const Output gx = binary("MulNoNan", "", grads[0], y);
  const Output gy = binary("MulNoNan", "", x, grads[0]);
  if (all_of_one_known_shape(op, grads[0])) return {gx, gy};
  return reduced_to_inputs(x, y, gx, gy);
}

Gradients floor_mod(Operation& op, const Outputs& grads) {
  const Output x = tensorkeep::conj(op.input(0));
  const Output y = tensorkeep::conj(op.input(1));
  const Output gy = grads[0] * negative(floor_div(x, y));
  return reduced_to_inputs(x, y, grads[0], gy);
}

Gradients pow(Operation& op, const Outputs& grads) {
  const Output x = tensorkeep::conj(op.input(0));
  const Output y = tensorkeep::conj(op.input(1));
  const Output dy = grads[0];
  const Output scaled = dy * y;
  const Output gx = scaled * tensorkeep::pow(x, y - 1);
  // The logarithm only where there is one; elsewhere no gradient.
  const bool is_complex_type = is_complex(base_dtype(x.dtype()));
  const Output mask = is_complex_type ? not_equal(x, 0) : greater(x, 0);
  const Output safe_x = where(mask, x, ones_like(op.input(0)));
  const Output log_safe = tensorkeep::log(safe_x);
  const Output log_x = where(mask, log_safe, zeros_like(op.input(0)));
  const Output weighted = dy * tensorkeep::conj(op.output());
  const Output gy = weighted * log_x;
  return reduced_to_inputs(op.input(0), op.input(1), gx, gy);
}

Gradients maximum(Operation& op, const Outputs& grads) {
  return maximum_or_minimum(op, grads[0], greater_equal);
}
Gradients minimum(Operation& op, const Outputs& grads) {
  return maximum_or_minimum(op, grads[0], less_equal);
}

Gradients squared_difference(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const Output y = op.input(1);
  const Output dy = grads[0];
  Output gx;
  {
    const ControlDependencies wait(dy.graph(), {&dy.op()});
    const Output twice = scalar_mul(2.0, dy);
    gx = twice * (x - y);
  }
  const Output gy = -gx;
  if (all_of_one_known_shape(op, dy)) return {gx, gy};
  return reduced_to_inputs(x, y, gx, gy);
}

Gradients atan2(Operation& op, const Outputs& grads) {
  const Output y = op.input(0);
  const Output x = op.input(1);
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output y2 = tensorkeep::square(y);
  const Output norm = y2 + tensorkeep::square(x);
  const Output scaled = grads[0] / norm;
  const Output gy = x * scaled;
  const Output gx = -y * scaled;
  return reduced_to_inputs(y, x, gy, gx);
}

Gradients complex(Operation& op, const Outputs& grads) {
  const Output re = tensorkeep::real(grads[0]);
  return reduced_to_inputs(op.input(0), op.input(1), re, tensorkeep::imag(grads[0]));
}

Gradients polygamma(Operation& op, const Outputs& grads) {
  const Output n_shape = shape(op.input(0));
  const Output x_shape = shape(op.input(1));
  Operation* args = OpBuilder("BroadcastGradientArgs").input(n_shape).input(x_shape).build();
  const ControlDependencies wait(grads[0].graph(), {&grads[0].op()});
  const Output next = tensorkeep::conj(op.input(0)) + 1;
  const Output partial = OpBuilder("Polygamma").input(next).input(op.input(1)).output();
  const Output sum = reduce_sum(partial * grads[0], args->output(1));
  return {Gradient(), reshape(sum, x_shape)};
}

Gradients add_n(Operation& op, const Outputs& grads) {
  return Gradients(static_cast<std::size_t>(op.num_inputs()), grads[0]);
}

Gradients select(Operation& op, const Outputs& grads) {
  const Output condition = op.input(0);
  const Output zeros = zeros_like(op.input(1));
  const Output gx = where(condition, grads[0], zeros);
  return {Gradient(), gx, where(condition, zeros, grads[0])};
}

Gradients select_v2(Operation& op, const Outputs& grads) {
  const Output condition = op.input(0);
  const Output zero = zeros(std::vector<int>{}, base_dtype(grads[0].dtype()));
  const Output gx = where_v2(condition, grads[0], zero);
  const Output gy = where_v2(condition, zero, grads[0]);
  const Gradient x = reduced_to_inputs(op.input(1), op.output(), gx, Output())[0];
  return {Gradient(), x, reduced_to_inputs(op.input(2), op.output(), gy, Output())[0]};
}

}  // namespace tensorkeep::ops::grad
