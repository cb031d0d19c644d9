#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
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

// concat of a list in which one entry is a list of one tensor, which becomes an int32 as the
// others.
Output concat_with(Output scalar, std::size_t at, std::vector<Input> values) {
  const NameScope scope(scalar.graph(), "concat");
  values[at] = packed({tensorkeep::cast(scalar, int32)}, "values_" + std::to_string(at));
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

// A read of rows of a resource variable, whose shape the handle knows or the graph asks for.
Gradients resource_gather_grad(Operation& op, const Grads& grads) {
  const Output handle = op.input(0);
  const auto& data = handle.op().handle_data(handle.index());
  const Output params_shape = data && data->shape.fully_defined()
                                  ? constant(shape_to_tensor(data->shape))
                                  : OpBuilder("VariableShape").input(handle).output();
  const Output size_of_indices = expand_dims(size(op.input(1)), 0);
  return with_none(rows_grad(grads[0], op.input(1), size_of_indices, params_shape), 2);
}

// The batches' indices as if the batches stood one behind another.
Output indices_across_batches(const Output& params_shape, const Output& indices, int batch_dims) {
  const DType dtype = base_dtype(indices.dtype());
  const Output dims = tensorkeep::cast(params_shape, dtype);
  Output result = indices;
  Output distance = ones(Shape(), dtype);
  for (int dim = batch_dims; dim > 0; --dim) {
    const Output batches = getitem(dims, {dim - 1});
    distance = distance * getitem(dims, {dim});
    const Output start = zeros(Shape(), dtype);
    const Output offsets = range(start, batches, ones(Shape(), dtype)) * distance;
    const Output before = tile({1}, {dim - 1});
    const Output behind = rank(indices) - dim;
    Output after;
    {
      const NameScope scope(indices.graph(), "Tile");
      const Output one = Input{1}.to_tensor("input");
      after = tile(one, packed({behind}, "multiples"), {scope.name()});
    }
    result = result + reshape(offsets, concat_with(batches, 1, {before, {}, after}));
  }
  return result;
}

// What was gathered along the first dimension behind the batches, summed by index.
Output batch_gather_grad(const Output& params_shape, Output values, Output indices, int batch_dims,
                         Output rows) {
  const Output count = expand_dims(size(indices), 0);
  if (batch_dims == 0) return unsorted_segment_sum(values, reshape(indices, count), rows);
  const Output values_shape = shape(values);
  const Output outer = getitem(values_shape, {Span{{}, batch_dims}});
  const Output inner = getitem(getitem(values_shape, {Span{batch_dims, {}}}), {Span{1, {}}});
  const Output batches =
      OpBuilder("Prod").input(outer).input({0}).attr("keep_dims", false).output();
  const Output flat_shape = concat({Literal{-1}, inner}, 0);
  rows = rows * batches;
  indices = indices_across_batches(params_shape, indices, batch_dims);
  values = reshape(values, flat_shape);
  const Output summed = unsorted_segment_sum(values, reshape(indices, count), rows);
  return reshape(summed, concat({outer, flat_shape}, 0));
}

int batch_dims_of(const Operation& op, const Output& indices) {
  const int batch = op.has_attr("batch_dims") ? static_cast<int>(op.attr_int("batch_dims")) : 0;
  if (batch >= 0) return batch;
  if (!indices.shape().rank_known()) {
    errors::raise_value_error(
        "Currently, it is unsupported to take the gradient of tf.gather when batch_dims < 0 and "
        "the rank of the indices is unknown. Please pass a positive batch_dims or use "
        "tf.ensure_shape to update the shape of indices when calling tf.gather.",
        {.node = op.name()});
  }
  return batch + indices.shape().rank();
}

// Along another axis: that axis is brought to the front (behind the batches), summed by index, and
// brought back.
Gradients gather_v2_grad(Operation& op, const Grads& grads) {
  const Output params = op.input(0);
  const Output indices = op.input(1);
  const Output axis = op.input(2);
  const Output params_shape = shape_beside(params);
  const Output count = expand_dims(size(indices), 0);
  const auto known_axis = integers_of(constant_value(axis));
  const int batch = batch_dims_of(op, indices);
  if (known_axis && known_axis->front() == 0) {
    return with_none(rows_grad(grads[0], indices, count, params_shape), 3);
  }
  const Output outer = getitem(params_shape, {Span{{}, axis}});
  const Output from_axis = getitem(params_shape, {Span{axis, {}}});
  const Output inner = getitem(from_axis, {Span{1, {}}});
  const Output values_shape = concat({outer, Literal{-1}, inner}, 0);
  const Output values_dims = size(values_shape);
  const Output axis_dims = size(outer);
  const Output before = range(batch);
  const Output behind_batches = range(batch, axis_dims);
  const Output after = range(axis_dims + 1, values_dims);
  const Output values = reshape(grads[0], values_shape);
  const Output order = concat_with(axis_dims, 1, {before, {}, behind_batches, after});
  const Output moved = transpose(values, order);
  const Output moved_shape = gather(params_shape, order);
  const Output rows = getitem(params_shape, {axis});
  const Output summed = batch_gather_grad(moved_shape, moved, indices, batch, rows);
  const Output back = concat({before, behind_batches + 1, Literal{batch}, after}, 0);
  const Output whole = transpose(summed, back);
  return with_none(reshape(whole, shape(params)), 3);
}

// The gradients of slices in a tensor or variable of shape `whole`.
Gradients slices_grad(const Output& indices, const Output& grad, const Output& whole) {
  const Shape& known = indices.shape();
  if (known.rank_known() && known.rank() == 2 && known.dim(1) == 1) {
    return with_none(IndexedSlices{grad, squeeze(indices, {-1}), whole}, 2);
  }
  return with_none(scatter_nd(indices, grad, whole), 2);
}

Gradients gather_nd_grad(Operation& op, const Grads& grads) {
  const Output indices = op.input(1);
  const Output whole = shape(op.input(0), {.out_type = base_dtype(indices.dtype())});
  return slices_grad(indices, grads[0], whole);
}

Gradients resource_gather_nd_grad(Operation& op, const Grads& grads) {
  const Output indices = op.input(1);
  const Output whole = OpBuilder("VariableShape")
                           .input(op.input(0))
                           .attr("out_type", base_dtype(indices.dtype()))
                           .output();
  return slices_grad(indices, grads[0], whole);
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
    {"ResourceGather", resource_gather_grad},
    {"GatherNd", gather_nd_grad},
    {"ResourceGatherNd", resource_gather_nd_grad},
    {"ScatterNd", scatter_nd_grad},
    {"Tile", tile_grad},
    {"BroadcastTo", broadcast_to_grad},
};

}  // namespace

void register_array_sum_gradients(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
