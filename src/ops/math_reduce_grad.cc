// Gradients of reductions.
#include <algorithm>

#include "graph/shape_inference.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops::grad {
namespace {

using Outputs = std::vector<Output>;
using Dims = std::vector<std::int64_t>;

std::optional<Dims> constant_integers(const Output& tensor) {
  const auto value = constant_value(tensor);
  if (!value || (value->dtype() != int32 && value->dtype() != int64)) return std::nullopt;
  Dims result;
  for (std::int64_t i = 0; i < value->num_elements(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    result.push_back(value->dtype() == int64 ? value->data<std::int64_t>()[index]
                                             : value->data<std::int32_t>()[index]);
  }
  return result;
}

Tensor to_int32(const Dims& dims) {
  return Tensor::vector(std::vector<std::int32_t>(dims.begin(), dims.end()));
}

// `shape` with 1 in place of every reduced dimension.
Dims with_ones(Dims shape, const Dims& axes) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  for (const std::int64_t axis : axes) {
    shape.at(static_cast<std::size_t>(axis < 0 ? axis + rank : axis)) = 1;
  }
  return shape;
}

bool is_every_axis(const Output& axes, const Dims& values, int rank) {
  if (axes.shape() != Shape({rank})) return false;
  for (int i = 0; i < rank; ++i) {
    if (values[static_cast<std::size_t>(i)] != i) return false;
  }
  return true;
}

// TensorFlow computes how often each dimension is repeated with nodes that nobody reads, the first
// time it meets a shape with these axes in a graph.
void add_unread_scaling(Graph& graph, const Dims& shape, const Dims& axes, const Dims& kept) {
  if (!graph.reduced_shapes_seen().emplace(shape, axes).second) return;
  const Output divisor = tensorkeep::maximum(to_int32(kept), 1);
  floordiv(to_int32(shape), divisor);
}

Output sum_gradient(const Operation& op, Output dy) {
  const Output x = op.input(0);
  const Output axes = op.input(1);
  const Shape& static_shape = x.shape();
  if (const auto known = constant_integers(axes); known && static_shape.rank_known()) {
    if (is_every_axis(axes, *known, static_shape.rank())) {
      dy = reshape(dy, std::vector<int>(static_cast<std::size_t>(static_shape.rank()), 1));
      const Output x_shape = static_shape.fully_defined()
                                 ? Input(to_int32(static_shape.dims())).to_tensor("Const")
                                 : shape(x);
      return tile(dy, x_shape);
    }
    if (static_shape.fully_defined()) {
      const Dims& dims = static_shape.dims();
      const Dims kept = with_ones(dims, *known);
      add_unread_scaling(op.graph(), dims, *known, kept);
      Dims repeats;
      for (std::size_t i = 0; i < dims.size(); ++i) {
        repeats.push_back(dims[i] / std::max<std::int64_t>(kept[i], 1));
      }
      return tile(reshape(dy, to_int32(kept)), to_int32(repeats));
    }
  }
  const Output x_shape = shape(x);
  if (!op.attr_bool("keep_dims")) {
    Input kept;
    {
      const ColocationScope colocation(op.graph(), &x_shape.op());
      kept = reduced_shape(x_shape, axes);
    }
    dy = reshape(dy, kept);
  }
  return broadcast_to(dy, x_shape);
}

// How many elements went into each element of a mean, if the shapes tell.
std::optional<std::int64_t> static_factor(const Operation& op) {
  const Shape& in = op.input(0).shape();
  const Shape& out = op.output_shape(0);
  if (!in.fully_defined() || !out.fully_defined()) return std::nullopt;
  return in.num_elements() / std::max<std::int64_t>(out.num_elements(), 1);
}

}  // namespace

Input reduced_shape(const Output& input_shape, const Output& axes) {
  const auto known_shape = constant_integers(input_shape);
  const auto known_axes = constant_integers(axes);
  if (known_shape && known_axes) return to_int32(with_ones(*known_shape, *known_axes));
  const Output rank = size(input_shape, {.out_type = base_dtype(axes.dtype())});
  const Output positive = (axes + rank) % rank;
  const Output axes_shape = shape(positive);
  const Output all = range(rank);
  const Output one = ones(axes_shape, base_dtype(input_shape.dtype()));
  return dynamic_stitch({all, positive}, {input_shape, one});
}

Gradients sum(Operation& op, const Outputs& grads) {
  return {sum_gradient(op, grads[0]), Gradient()};
}

Gradients mean(Operation& op, const Outputs& grads) {
  const Output total = sum_gradient(op, grads[0]);
  const DType dtype = base_dtype(total.dtype());
  Output factor;
  if (const auto known = static_factor(op)) {
    factor = const_of(*known, dtype);
  } else {
    const Output x_shape = shape(op.input(0));
    const Output rank = size(x_shape);
    const Output axes = (tensorkeep::cast(op.input(1), int32) + rank) % rank;
    factor = reduce_prod(gather(x_shape, axes));
  }
  return {truediv(total, tensorkeep::cast(factor, dtype)), Gradient()};
}

// Equal extremes share the gradient.
Gradients min_or_max(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  Output y = op.output();
  Output dy = grads[0];
  const Output x_shape = shape(x);
  Input kept;
  if (op.attr_bool("keep_dims")) {
    kept = shape(y);
  } else {
    kept = reduced_shape(x_shape, op.input(1));
    y = reshape(y, kept);
    dy = reshape(dy, kept);
  }
  const Output chosen = tensorkeep::cast(equal(y, x), base_dtype(dy.dtype()));
  const Output count = reshape(reduce_sum(chosen, op.input(1)), kept);
  return {divide(chosen, count) * dy, Gradient()};
}

Gradients euclidean_norm(Operation& op, const Outputs& grads) {
  Output norm = op.output();
  Output dy = grads[0];
  if (!op.attr_bool("keep_dims")) {
    const Output x_shape = shape(op.input(0));
    const Input kept = reduced_shape(x_shape, op.input(1));
    norm = reshape(norm, kept);
    dy = reshape(dy, kept);
  }
  return {truediv(op.input(0), norm / dy), Gradient()};
}

// The product of all others: of those before times those behind, so that zeros do no harm. The
// reduced dimensions are made one, in front.
Gradients prod(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const Output x_shape = shape(x);
  Output axes = reshape(op.input(1), {-1});
  Output dy = grads[0];
  if (!op.attr_bool("keep_dims")) dy = reshape(dy, reduced_shape(x_shape, op.input(1)));
  dy = broadcast_to(dy, x_shape);
  Output order, reduced_size, other_size;
  {
    const DeviceScope on_cpu(op.graph(), "/cpu:0");
    const Output x_rank = rank(x);
    axes = tensorkeep::cast(axes, int32);
    const Output reduced = (axes + x_rank) % x_rank;
    const Output all = range(0, x_rank);
    const Output other =
        OpBuilder("ListDiff").input(all).input(reduced).attr("out_idx", int32).output();
    order = concat({reduced, other}, 0);
    reduced_size = reduce_prod(gather(x_shape, reduced));
    other_size = reduce_prod(gather(x_shape, other));
  }
  const Output moved = transpose(x, order);
  const Output moved_shape = shape(moved);
  Output matrix;
  {
    const OpScope scope({moved}, "", "Reshape");
    const Output sizes = OpBuilder("Pack", "shape").inputs({reduced_size, other_size}).output();
    matrix = OpBuilder("Reshape", scope.name()).input(moved).input(sizes).output();
  }
  const Output before = tensorkeep::cumprod(matrix, 0, {.exclusive = true});
  const Output behind = tensorkeep::cumprod(matrix, 0, {.exclusive = true, .reverse = true});
  const Output product = tensorkeep::conj(before) * tensorkeep::conj(behind);
  const Output others = reshape(product, moved_shape);
  const Output back = transpose(others, invert_permutation(order));
  return {reshape(dy * back, x_shape), Gradient()};
}

}  // namespace tensorkeep::ops::grad
