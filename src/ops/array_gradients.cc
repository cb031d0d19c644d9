#include "graph/control_flow_context.h"
#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Gradients of what only moves elements: they move back.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

Output sub(const Input& a, const Input& b) {
  return OpBuilder("Sub", "sub").input(a).input(b).output();
}

Output shape_as(Output tensor, Output like) {
  return shape(tensor, {.out_type = base_dtype(like.dtype())});
}

std::vector<Input> inputs_of(const Grads& grads) {
  return {grads.begin(), grads.end()};
}

Gradients with_none(Output first, int count) {
  Gradients result = {first};
  result.resize(static_cast<std::size_t>(count));
  return result;
}

Gradients pass(Operation&, const Gradients& grads) {
  return grads;
}

Gradients pack_grad(Operation& op, const Grads& grads) {
  const UnstackOptions options{.num = static_cast<int>(op.attr_int("N")),
                               .axis = static_cast<int>(op.attr_int("axis"))};
  const std::vector<Output> parts = unstack(grads[0], options);
  return {parts.begin(), parts.end()};
}

Gradients unpack_grad(Operation& op, const Grads& grads) {
  return {stack(inputs_of(grads), {.axis = static_cast<int>(op.attr_int("axis"))})};
}

// The inputs' shapes: constants while all are known, else one node for all.
std::vector<Output> shapes_of(const std::vector<Input>& inputs) {
  std::vector<Output> sizes;
  for (const Input& input : inputs) {
    const Output size = shape(input);
    if (size.op().type() != "Const") return shape_n(inputs);
    sizes.push_back(size);
  }
  return sizes;
}

// Above this many inputs one split is less than so many slices.
constexpr std::size_t kManyInputs = 16;

// A constant of another branch or loop is made anew in the gradient's.
Output axis_beside(const Output& grad, const Output& axis) {
  const bool is_constant = axis.op().type() == "Const";
  if (!is_constant ||
      control_flow::output_context(axis.op()) == control_flow::output_context(grad.op())) {
    return axis;
  }
  return constant(axis.op().attr_tensor("value"), {.dtype = axis.dtype()});
}

Gradients concat_grad_of(Output grad, Output axis, const std::vector<Input>& values) {
  if (values.size() == 1) return {grad};
  axis = axis_beside(grad, axis);
  const Output ranks = rank(values[0]);
  const Output along = OpBuilder("FloorMod", "mod").input(axis).input(ranks).output();
  const std::vector<Output> sizes = shapes_of(values);
  Gradients result;
  if (sizes.size() > kManyInputs) {
    const Output table = stack({sizes.begin(), sizes.end()}, {.axis = 1});
    const NameScope scope(grad.graph(), "Slice");
    const Output begin = packed({along, 0}, "begin");
    const Output row = squeeze(slice(table, begin, {1, -1}, {scope.name()}));
    const std::vector<Output> parts = OpBuilder("SplitV", "split")
                                          .input(grad)
                                          .input(row)
                                          .input(along)
                                          .attr("num_split", static_cast<int>(sizes.size()))
                                          .outputs();
    return {parts.begin(), parts.end()};
  }
  const std::vector<Output> offsets =
      OpBuilder("ConcatOffset").input(along).inputs({sizes.begin(), sizes.end()}).outputs();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    result.push_back(slice(grad, offsets[i], sizes[i]));
  }
  return result;
}

Gradients concat_grad(Operation& op, const Grads& grads) {
  const auto& inputs = op.inputs();
  Gradients result = concat_grad_of(grads[0], inputs[0], {inputs.begin() + 1, inputs.end()});
  result.insert(result.begin(), Gradient());
  return result;
}

Gradients concat_v2_grad(Operation& op, const Grads& grads) {
  const auto& inputs = op.inputs();
  Gradients result = concat_grad_of(grads[0], inputs.back(), {inputs.begin(), inputs.end() - 1});
  result.emplace_back();
  return result;
}

Gradients split_grad(Operation& op, const Grads& grads) {
  return {Gradient(), concat(inputs_of(grads), op.input(0))};
}

Gradients split_v_grad(Operation& op, const Grads& grads) {
  return with_none(concat(inputs_of(grads), op.input(2)), 3);
}

Gradients slice_grad(Operation& op, const Grads& grads) {
  const Output input = op.input(0);
  const Output begin = op.input(1);
  const Output ranks = rank(input);
  const Output size = shape_as(op.output(), begin);
  const Output column = stack({ranks, 1});
  const Output before = reshape(begin, column);
  const Output after = reshape(sub(sub(shape_as(input, begin), size), begin), column);
  return with_none(pad(grads[0], concat({before, after}, 1)), 3);
}

OpBuilder& add_masks(OpBuilder& builder, const Operation& op) {
  for (const char* mask :
       {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    builder.attr(mask, op.attr_int(mask));
  }
  return builder;
}

Input static_or(Output tensor) {
  if (const auto value = constant_value(tensor)) return *value;
  return tensor;
}

Gradients strided_slice_grad(Operation& op, const Grads& grads) {
  const Output whole = shape_as(op.input(0), op.input(1));
  OpBuilder builder("StridedSliceGrad");
  builder.input(static_or(whole))
      .input(static_or(op.input(1)))
      .input(static_or(op.input(2)))
      .input(static_or(op.input(3)))
      .input(grads[0]);
  return with_none(add_masks(builder, op).output(), 4);
}

Gradients strided_slice_grad_grad(Operation& op, const Grads& grads) {
  OpBuilder builder("StridedSlice");
  builder.input(grads[0]).input(op.input(1)).input(op.input(2)).input(op.input(3));
  Gradients result(4);
  result.emplace_back(add_masks(builder, op).output());
  return result;
}

Gradients reshape_grad(Operation& op, const Grads& grads) {
  const Shape& in = op.input(0).shape();
  if (in.rank_known() && !in.fully_defined()) {
    std::vector<std::int32_t> dims;
    int unknown = 0;
    bool empty = false;
    for (const std::int64_t dim : in.dims()) {
      dims.push_back(static_cast<std::int32_t>(dim));
      unknown += dim < 0 ? 1 : 0;
      empty = empty || dim == 0;
    }
    if (unknown == 1 && !empty) return with_none(reshape(grads[0], Tensor::vector(dims)), 2);
  }
  return with_none(reshape(grads[0], shape(op.input(0))), 2);
}

Gradients reshape_to_input(Operation& op, const Grads& grads) {
  return with_none(reshape(grads[0], shape(op.input(0))), op.num_inputs());
}

Gradients transpose_grad(Operation& op, const Grads& grads) {
  return with_none(transpose(grads[0], invert_permutation(op.input(1))), 2);
}

Gradients pad_grad(Operation& op, const Grads& grads) {
  const Output x = op.input(0);
  const Output first_column = stack({rank(x), 1});
  const Output before = slice(op.input(1), {0, 0}, first_column);
  const Output begin = reshape(before, Literal{-1});
  return with_none(slice(grads[0], begin, shape_as(x, begin)), op.num_inputs());
}

template <const char* kOp>
Gradients mirror_pad_grad(Operation& op, const Grads& grads) {
  return with_none(OpBuilder(kOp)
                       .input(grads[0])
                       .input(op.input(1))
                       .attr("mode", op.attr_string("mode"))
                       .output(),
                   2);
}
constexpr char kMirrorPad[] = "MirrorPad";
constexpr char kMirrorPadGrad[] = "MirrorPadGrad";

Gradients reverse_grad(Operation& op, const Grads& grads) {
  return with_none(reverse(grads[0], op.input(1)), 2);
}

Gradients diag_grad(Operation&, const Grads& grads) {
  return {diag_part(grads[0])};
}
Gradients diag_part_grad(Operation&, const Grads& grads) {
  return {diag(grads[0])};
}
Gradients band_part_grad(Operation& op, const Grads& grads) {
  return with_none(matrix_band_part(grads[0], op.input(1), op.input(2)), 3);
}

// The numbers of the elements are dealt out as the elements were, and tell where each came from.
Gradients dynamic_partition_grad(Operation& op, const Grads& grads) {
  const Output partitions = op.input(1);
  const Output prefix = shape(partitions);
  const Output numbers = reshape(range(reduce_prod(prefix)), prefix);
  const int count = static_cast<int>(op.attr_int("num_partitions"));
  const std::vector<Output> dealt = dynamic_partition(numbers, partitions, count);
  const Output stitched =
      OpBuilder("ParallelDynamicStitch").inputs(inputs_of(dealt)).inputs(inputs_of(grads)).output();
  return with_none(reshape(stitched, shape(op.input(0))), 2);
}

Gradients dynamic_stitch_grad(Operation& op, const Grads& grads) {
  const auto count = static_cast<std::size_t>(op.num_inputs() / 2);
  Gradients result(count);
  for (std::size_t i = 0; i < count; ++i) {
    result.emplace_back(gather(grads[0], op.input(static_cast<int>(i))));
  }
  return result;
}

constexpr GradientRow kRows[] = {
    {"DynamicPartition", dynamic_partition_grad},
    {"DynamicStitch", dynamic_stitch_grad},
    {"ParallelDynamicStitch", dynamic_stitch_grad},
    {"Pack", pack_grad},
    {"Unpack", unpack_grad},
    {"Concat", concat_grad},
    {"ConcatV2", concat_v2_grad},
    {"ConcatOffset", nullptr},
    {"Split", split_grad},
    {"SplitV", split_v_grad},
    {"Slice", slice_grad},
    {"StridedSlice", strided_slice_grad},
    {"StridedSliceGrad", strided_slice_grad_grad},
    {"ZerosLike", nullptr},
    {"OnesLike", nullptr},
    {"StopGradient", nullptr},
    {"Reshape", reshape_grad},
    {"ExpandDims", reshape_to_input},
    {"Squeeze", reshape_to_input},
    {"Transpose", transpose_grad},
    {"InvertPermutation", nullptr},
    {"Shape", nullptr},
    {"ShapeN", nullptr},
    {"Rank", nullptr},
    {"Size", nullptr},
    {"Pad", pad_grad},
    {"PadV2", pad_grad},
    {"MirrorPad", mirror_pad_grad<kMirrorPadGrad>},
    {"MirrorPadGrad", mirror_pad_grad<kMirrorPad>},
    {"ReverseV2", reverse_grad},
    {"OneHot", nullptr},
    {"Where", nullptr},
    {"Diag", diag_grad},
    {"DiagPart", diag_part_grad},
    {"MatrixBandPart", band_part_grad},
};

}  // namespace

void register_array_gradients(OpRegistry& registry) {
  add_rows(registry, kRows);
  for (const char* type : {"Identity", "RefIdentity", "IdentityN", "PlaceholderWithDefault"}) {
    registry.add_slices_gradient(type, pass);
  }
}

}  // namespace tensorkeep::ops
