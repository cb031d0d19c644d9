#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Numbers at equal distances: built of many operations, as TensorFlow 2.21 does, so that the ends
// may be tensors; and the older operation that does it at once.
namespace tensorkeep {
namespace {

Output choose(const Input& condition, const Input& yes, const Input& no) {
  return OpBuilder("SelectV2").input(condition).input(yes).input(no).output();
}

// Both ends in the shape they broadcast to, with a new dimension of 1 at `axis`.
std::pair<Output, Output> expanded_ends(const Output& start, const Output& stop, int axis) {
  const Output start_shape = shape(start);
  const Output both = ops::binary("BroadcastArgs", "", start_shape, shape(stop));
  const Output first = broadcast_to(start, both);
  const Output last = broadcast_to(stop, both);
  const Output expanded_first = expand_dims(first, axis);
  return {expanded_first, expand_dims(last, axis)};
}

// 1, 2, ... below `end`, in `dtype`, along the dimension `axis` of `dims`.
Output steps(const Output& axis, const Output& dims, const Output& count, const Output& end,
             DType dtype) {
  const Output numbers = cast(range(1, end, {.dtype = int64}), dtype);
  const Output at_axis = ops::binary("Equal", "", axis, range(dims));
  return reshape(numbers, choose(at_axis, count, 1));
}

}  // namespace

Output linspace(const Input& start, const Input& stop, const Input& num,
                const LinspaceOptions& options) {
  const ops::OpScope scope({start, stop, num}, options.name, "linspace");
  const Output from = start.to_tensor("start");
  const DType dtype = base_dtype(from.dtype());
  const Output to = stop.to_tensor("stop", dtype);
  const Output given = num.to_tensor("num");
  const Output count = OpBuilder("Cast").input(given).attr("DstT", int32).output();
  cast(count, dtype);
  const auto [first, last] = expanded_ends(from, to, options.axis);
  const Output whole = shape(first);
  const Output dims = getitem(shape(whole), {0});
  const Output counted = dims + options.axis;
  const Output axis = choose(options.axis >= 0, options.axis, counted);

  const Output between = maximum(count - 2, 0);
  const Output intervals = maximum(count - 1, 1);
  const Output delta = (last - first) / cast(intervals, dtype);
  const Output end = choose(greater_equal(count, 0), intervals, -1);
  const Output inner = first + delta * steps(axis, dims, between, end, dtype);

  const Output all = concat({first, inner, last}, axis);
  const Output begin = zeros_like(whole);
  const Output before = getitem(whole, {Span{0, axis}});
  const Output length = reshape(count, {1});
  const Output size = concat({before, length, getitem(whole, {Span{axis + 1, {}}})}, 0);
  return slice(all, begin, size);
}

namespace ops {
namespace {

void lin_space_shape(ShapeContext& c) {
  for (int i = 0; i < 3; ++i) c.input_with_rank(i, 0);
  const auto num = integers_of(c.input_constant(2));
  if (num && num->front() <= 0) {
    c.fail("Requires num > 0: " + std::to_string(num->front()));
  }
  c.set_output(0, {num ? num->front() : None});
}

}  // namespace

void register_math_linspace(OpRegistry& registry) {
  registry.add("LinSpace", {.shape = lin_space_shape, .not_differentiable = true});
}

}  // namespace ops
}  // namespace tensorkeep
