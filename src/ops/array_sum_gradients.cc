#include "graph/op_builder.h"
#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/scopes.h"

// Gradients of operations that read an element more than once: its gradients add up.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

Gradients with_none(Gradient first, int count) {
  Gradients result = {first};
  result.resize(static_cast<std::size_t>(count));
  return result;
}

// concat of a list in which one entry is a list of one tensor.
Output concat_with(Output scalar, std::size_t at, std::vector<Input> values) {
  const NameScope scope(scalar.graph(), "concat");
  values[at] = packed({scalar}, "values_" + std::to_string(at));
  return concat(values, 0, {scope.name()});
}

Gradients fill_grad(Operation&, const Grads& grads) {
  return {Gradient(), reduce_sum(grads[0])};
}

Output shape_beside(Output tensor) {
  const ColocationScope beside(tensor.graph(), &tensor.op());
  return shape(tensor);
}

// The rows that were read, with the gradient of each reading.
Gradient rows_grad(Output grad, Output indices, Output size, Output params_shape) {
  const Output tail = getitem(params_shape, {Span{1, {}}});
  const Output values = reshape(grad, concat({size, tail}, 0));
  return IndexedSlices{values, reshape(indices, size), params_shape};
}

Gradients gather_grad(Operation& op, const Grads& grads) {
  const Output params_shape = shape_beside(op.input(0));
  const Output size_of_indices = expand_dims(size(op.input(1)), 0);
  return with_none(rows_grad(grads[0], op.input(1), size_of_indices, params_shape), 2);
}

// Along another axis: that axis is brought to the front, summed by index, and brought back.
Gradients gather_v2_grad(Operation& op, const Grads& grads) {
  const Output params = op.input(0);
  const Output indices = op.input(1);
  const Output axis = op.input(2);
  const Output params_shape = shape_beside(params);
  const Output count = expand_dims(size(indices), 0);
  const auto known_axis = integers_of(constant_value(axis));
  const std::int64_t batch = op.has_attr("batch_dims") ? op.attr_int("batch_dims") : 0;
  if (batch != 0) {
    throw errors::UnimplementedError("the gradient of a gather with batch_dims is not known",
                                     {.node = op.name()});
  }
  if (known_axis && known_axis->front() == 0) {
    return with_none(rows_grad(grads[0], indices, count, params_shape), 3);
  }
  const Output outer = getitem(params_shape, {Span{{}, axis}});
  const Output from_axis = getitem(params_shape, {Span{axis, {}}});
  const Output inner = getitem(from_axis, {Span{1, {}}});
  const Output values_shape = concat({outer, Literal{-1}, inner}, 0);
  const Output values_dims = size(values_shape);
  const Output axis_dims = size(outer);
  const Output before = range(0);
  const Output batch_axes = range(0, axis_dims);
  const Output after = range(axis_dims + 1, values_dims);
  const Output values = reshape(grads[0], values_shape);
  const Output order = concat_with(axis_dims, 1, {before, {}, batch_axes, after});
  const Output moved = transpose(values, order);
  gather(params_shape, order);
  const Output rows = getitem(params_shape, {axis});
  const Output count_again = expand_dims(size(indices), 0);
  const Output summed = unsorted_segment_sum(moved, reshape(indices, count_again), rows);
  const Output back = concat({before, batch_axes + 1, Literal{0}, after}, 0);
  const Output whole = transpose(summed, back);
  return with_none(reshape(whole, shape(params)), 3);
}

Gradients gather_nd_grad(Operation& op, const Grads& grads) {
  const Output indices = op.input(1);
  const Output whole = shape(op.input(0), {.out_type = base_dtype(indices.dtype())});
  const Shape& known = indices.shape();
  if (known.rank_known() && known.rank() == 2 && known.dim(1) == 1) {
    return with_none(IndexedSlices{grads[0], squeeze(indices, {-1}), whole}, 2);
  }
  return with_none(scatter_nd(indices, grads[0], whole), 2);
}

Gradients scatter_nd_grad(Operation& op, const Grads& grads) {
  return {Gradient(), gather_nd(grads[0], op.input(0)), Gradient()};
}

Gradients tile_grad(Operation& op, const Grads& grads) {
  const Output multiples = op.input(1);
  const Output in = shape(op.input(0), {.out_type = base_dtype(multiples.dtype())});
  const Output pairs = transpose(stack({multiples, in}));
  const Output split_shape = reshape(pairs, Literal{-1});
  const Output axes = range(0, size(split_shape), 2);
  const Output result = reduce_sum(reshape(grads[0], split_shape), axes);
  result.set_shape(op.input(0).shape());
  return with_none(result, 2);
}

Gradients broadcast_to_grad(Operation& op, const Grads& grads) {
  const DType dtype = base_dtype(op.input(1).dtype());
  Output wanted = op.input(1);
  const Output in = shape(op.input(0), {.out_type = dtype});
  if (const auto value = constant_value(wanted)) wanted = constant(*value, {.dtype = dtype});
  const std::vector<Output> axes =
      OpBuilder("BroadcastGradientArgs").input(wanted).input(in).outputs();
  const Output summed = reduce_sum(grads[0], axes[1], {.keepdims = true});
  return with_none(reshape(summed, in), 2);
}

constexpr GradientRow kRows[] = {
    {"Fill", fill_grad},
    {"Gather", gather_grad},
    {"GatherV2", gather_v2_grad},
    {"GatherNd", gather_nd_grad},
    {"ScatterNd", scatter_nd_grad},
    {"Tile", tile_grad},
    {"BroadcastTo", broadcast_to_grad},
};

}  // namespace

void register_array_sum_gradients(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
