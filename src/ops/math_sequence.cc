// Ranges, running sums and sums of segments.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep {
namespace {

// Types of which a range may be, from the weakest to the strongest.
constexpr DType kRangeTypes[] = {int32, int64, float16, bfloat16, float32, float64};

DType strongest_type(const std::vector<Output>& tensors) {
  const auto strength = [](const Output& tensor) {
    const DType dtype = base_dtype(tensor.dtype());
    const auto* found = std::find(std::begin(kRangeTypes), std::end(kRangeTypes), dtype);
    if (found == std::end(kRangeTypes)) {
      errors::raise(errors::Code::kInvalidArgument,
                    fmt::format("a range cannot be of type {}", name_of(dtype)),
                    {.python_class = errors::PythonClass::kAssertionError});
    }
    return found;
  };
  const DType* best = strength(tensors[0]);
  for (const Output& tensor : tensors) best = std::max(best, strength(tensor));
  return *best;
}

// Elements of a range of known ends; fails as TensorFlow's shape function does.
template <typename T>
std::int64_t range_size(const ShapeContext& c, T start, T limit, T delta) {
  if (delta == T(0)) c.fail("Requires delta != 0");
  if (delta > T(0) && start > limit) {
    c.fail(fmt::format("Requires start <= limit when delta > 0: {}/{}", start, limit));
  }
  if (delta < T(0) && start < limit) {
    c.fail(fmt::format("Requires start >= limit when delta < 0: {}/{}", start, limit));
  }
  const double size = std::ceil(std::abs((static_cast<double>(limit) - static_cast<double>(start)) /
                                         static_cast<double>(delta)));
  if (!(size < 9.2e18)) c.fail("Requires ((limit - start) / delta) <= 2^63 - 1");
  if constexpr (std::is_integral_v<T>) {
    const auto distance = static_cast<std::uint64_t>(limit) - static_cast<std::uint64_t>(start);
    const std::uint64_t span = limit >= start ? distance : 0 - distance;
    const std::uint64_t step =
        delta > 0 ? static_cast<std::uint64_t>(delta) : 0 - static_cast<std::uint64_t>(delta);
    return static_cast<std::int64_t>(span / step + (span % step != 0 ? 1 : 0));
  }
  return static_cast<std::int64_t>(size);
}

void range_shape(ShapeContext& c) {
  for (int i = 0; i < 3; ++i) c.input_with_rank(i, 0);
  const auto start = c.input_constant(0);
  const auto limit = c.input_constant(1);
  const auto delta = c.input_constant(2);
  std::int64_t size = None;
  if (start && limit && delta) {
    visit_dtype(start->dtype(), [&](auto zero) {
      using T = decltype(zero);
      if constexpr (std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t> ||
                    std::is_same_v<T, float> || std::is_same_v<T, double>) {
        size = range_size(c, start->value<T>(), limit->value<T>(), delta->value<T>());
      }
    });
  }
  c.set_output(0, {size});
}

Shape without_leading(const Shape& shape, int count) {
  const auto& dims = shape.dims();
  return Shape(std::vector<std::int64_t>(dims.begin() + count, dims.end()));
}

void segment_shape(ShapeContext& c) {
  c.input_with_rank(1, 1);
  const Shape data = c.input_with_rank_at_least(0, 1);
  c.set_output(0, data.rank_known() ? Shape({None}).concatenate(without_leading(data, 1))
                                    : Shape::unknown());
}

// The leading dimensions of `shape` agree with those of `prefix`.
void check_prefix(const ShapeContext& c, const Shape& shape, const Shape& prefix) {
  if (shape.rank() < prefix.rank()) {
    c.fail(
        fmt::format("Shape must be at least rank {} but is rank {}", prefix.rank(), shape.rank()));
  }
  for (int i = 0; i < prefix.rank(); ++i) c.merge_dims(shape.dim(i), prefix.dim(i));
}

void unsorted_segment_shape(ShapeContext& c) {
  const Shape& data = c.input(0);
  const Shape& ids = c.input(1);
  c.input_with_rank(2, 0);
  if (!ids.rank_known() || !data.rank_known()) {
    c.set_output(0, Shape::unknown());
    return;
  }
  check_prefix(c, data, ids);
  std::int64_t count = None;
  if (const auto value = c.input_constant(2)) {
    count = value->dtype() == int64 ? value->value<std::int64_t>() : value->value<std::int32_t>();
    if (count < 0)
      c.fail(
          fmt::format("Dimension size, given by scalar input 2, must be "
                      "non-negative but is {}",
                      count));
  }
  c.set_output(0, Shape({count}).concatenate(without_leading(data, ids.rank())));
}

void bincount_shape(ShapeContext& c) {
  const auto size = c.input_constant(1);
  c.set_output(0, Shape{size ? size->value<std::int32_t>() : None});
}

// What of a list is not in another: the values, and where they stood.
void list_diff_shape(ShapeContext& c) {
  c.input_with_rank(0, 1);
  c.input_with_rank(1, 1);
  c.set_output(0, {None});
  c.set_output(1, {None});
}

Output cumulative(const char* op, const Input& x, const Input& axis,
                  const CumulativeOptions& options) {
  const ops::OpScope scope({x}, options.name, op);
  return OpBuilder(op, scope.name())
      .input(x.to_tensor("x"))
      .input(axis)
      .attr("exclusive", options.exclusive)
      .attr("reverse", options.reverse)
      .output();
}

}  // namespace

Output range(const Input& limit, const RangeOptions& options) {
  return range(0, limit, 1, options);
}

Output range(const Input& start, const Input& limit, const RangeOptions& options) {
  return range(start, limit, 1, options);
}

Output range(const Input& start, const Input& limit, const Input& delta,
             const RangeOptions& options) {
  const ops::OpScope scope({start, limit, delta}, options.name, "Range");
  const auto convert = [&](const Input& input, const char* name) {
    return input.to_tensor(name, input.is_tensor() ? std::nullopt : options.dtype);
  };
  const Output first = convert(start, "start");
  const Output last = convert(limit, "limit");
  const Output step = convert(delta, "delta");
  const DType dtype = options.dtype ? *options.dtype : strongest_type({first, last, step});
  const Output start_cast = cast(first, dtype);
  const Output limit_cast = cast(last, dtype);
  return OpBuilder("Range", scope.name())
      .input(start_cast)
      .input(limit_cast)
      .input(cast(step, dtype))
      .output();
}

Output cumsum(const Input& x, const Input& axis, const CumulativeOptions& options) {
  return cumulative("Cumsum", x, axis, options);
}

Output cumprod(const Input& x, const Input& axis, const CumulativeOptions& options) {
  return cumulative("Cumprod", x, axis, options);
}

Output segment_sum(const Input& data, const Input& segment_ids, const Name& options) {
  return OpBuilder("SegmentSum", options.name).input(data).input(segment_ids).output();
}

Output unsorted_segment_sum(const Input& data, const Input& segment_ids, const Input& num_segments,
                            const Name& options) {
  return OpBuilder("UnsortedSegmentSum", options.name)
      .input(data)
      .input(segment_ids)
      .input(num_segments)
      .output();
}

namespace ops {

void register_math_sequence(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Range", {range_shape, nullptr, true}},
      {"ListDiff", {list_diff_shape}},
      {"Cumsum", {shape_fn::unchanged, grad::cumsum}},
      {"Cumprod", {shape_fn::unchanged, grad::cumprod}},
      {"SegmentMean", {segment_shape, grad::segment_mean}},
      {"SegmentSum", {segment_shape, grad::segment_sum}},
      {"SegmentMax", {segment_shape, grad::segment_min_or_max}},
      {"SegmentMin", {segment_shape, grad::segment_min_or_max}},
      {"SegmentProd", {segment_shape, grad::segment_prod}},
      {"UnsortedSegmentSum", {unsorted_segment_shape, grad::unsorted_segment_sum}},
      {"UnsortedSegmentMax", {unsorted_segment_shape, grad::unsorted_segment_min_or_max}},
      {"UnsortedSegmentMin", {unsorted_segment_shape, grad::unsorted_segment_min_or_max}},
      {"UnsortedSegmentProd", {unsorted_segment_shape, grad::unsorted_segment_prod}},
      {"Bincount", {bincount_shape, nullptr, true}},
  };
  add_rows(registry, rows);
}

}  // namespace ops
}  // namespace tensorkeep
