// Reductions, and the indices of largest and smallest elements.
#include <fmt/format.h>

#include <set>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep {
namespace {

struct Reduction {
  Input axis;
  bool keepdims;
};

Reduction reduction_of(const ReduceOptions& options) {
  if (!options.axis.is_none() && !options.reduction_indices.is_none()) {
    errors::raise_value_error(
        "Cannot specify both 'axis' and 'reduction_indices'. Give the axes once.");
  }
  const Input& named = options.axis.is_none() ? options.reduction_indices : options.axis;
  return {named, options.keepdims || options.keep_dims};
}

// All dimensions, as a constant where their number is known.
Input all_dimensions(const Input& x) {
  const Shape shape = x.shape();
  if (!shape.rank_known() || shape.rank() == 0) return range(0, rank(x));
  std::vector<std::int32_t> axes;
  for (int axis = 0; axis < shape.rank(); ++axis) axes.push_back(axis);
  return Input(Tensor::vector(axes)).to_tensor("Const");
}

// Over all dimensions the result is a scalar, even if the rank was not known.
Output may_be_scalar(Output result, const Reduction& reduction) {
  if (!result.shape().fully_defined() && !reduction.keepdims && reduction.axis.is_none()) {
    result.set_shape({});
  }
  return result;
}

Output reduce(const char* op, const Input& x, const ReduceOptions& options) {
  const auto as_default = graph_of({x, options.axis}).as_default();
  const Reduction reduction = reduction_of(options);
  const Input axes = reduction.axis.is_none() ? all_dimensions(x) : reduction.axis;
  return may_be_scalar(OpBuilder(op, options.name)
                           .input(x)
                           .input(axes)
                           .attr("keep_dims", reduction.keepdims)
                           .output(),
                       reduction);
}

std::int64_t integer_at(const Tensor& tensor, std::int64_t index) {
  const auto i = static_cast<std::size_t>(index);
  return tensor.dtype() == int64 ? tensor.data<std::int64_t>()[i] : tensor.data<std::int32_t>()[i];
}

bool is_index_type(const Tensor& tensor) {
  return tensor.dtype() == int32 || tensor.dtype() == int64;
}

void reduction_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  const Shape& axes_shape = c.input(1);
  if (axes_shape.rank_known() && axes_shape.rank() > 1 &&
      c.op().graph().versions().producer() >= 21) {
    c.fail(fmt::format("Shape must be at most rank 1 but is rank {}", axes_shape.rank()));
  }
  const bool keep_dims = c.op().attr_bool("keep_dims");
  const auto axes = c.input_constant(1);
  if (!axes || !is_index_type(*axes) || !input.rank_known()) {
    const bool rank_stays = keep_dims && input.rank_known();
    c.set_output(0, rank_stays ? Shape::unknown_of_rank(input.rank()) : Shape::unknown());
    return;
  }
  const int rank = input.rank();
  std::set<std::int64_t> reduced;
  for (std::int64_t i = 0; i < axes->num_elements(); ++i) {
    const std::int64_t axis = integer_at(*axes, i);
    if (axis < -rank || axis >= rank) {
      c.fail(
          fmt::format("Invalid reduction dimension {} for input with {} dimensions.", axis, rank));
    }
    reduced.insert(axis < 0 ? axis + rank : axis);
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < rank; ++i) {
    if (!reduced.contains(i)) {
      dims.push_back(input.dim(i));
    } else if (keep_dims) {
      dims.push_back(1);
    }
  }
  c.set_output(0, Shape(std::move(dims)));
}

void arg_shape(ShapeContext& c) {
  c.input_with_rank(1, 0);
  const Shape& input = c.input(0);
  if (!input.rank_known()) {
    c.set_output(0, Shape::unknown());
    return;
  }
  const int rank = input.rank();
  if (rank <= 1) {
    c.set_output(0, Shape());
    return;
  }
  const auto dimension = c.input_constant(1);
  if (!dimension || !is_index_type(*dimension)) {
    c.set_output(0, Shape::unknown_of_rank(rank - 1));
    return;
  }
  const std::int64_t given = integer_at(*dimension, 0);
  const std::int64_t axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) {
    c.fail(
        fmt::format("Dimension ({}) must be in the range [{}, {}), where {} is the number of "
                    "dimensions in the input.",
                    given, -rank, rank, rank));
  }
  std::vector<std::int64_t> dims = input.dims();
  dims.erase(dims.begin() + axis);
  c.set_output(0, Shape(std::move(dims)));
}

Output arg(const char* op, const Input& input, const Input& dimension, const ArgOptions& options) {
  return OpBuilder(op, options.name)
      .input(input)
      .input(dimension)
      .attr("output_type", options.output_type)
      .output();
}

}  // namespace

#define TENSORKEEP_DEFINE_REDUCTION(function, Op)                 \
  Output function(const Input& x, const ReduceOptions& options) { \
    return reduce(Op, x, options);                                \
  }
TENSORKEEP_DEFINE_REDUCTION(reduce_sum, "Sum")
TENSORKEEP_DEFINE_REDUCTION(reduce_mean, "Mean")
TENSORKEEP_DEFINE_REDUCTION(reduce_prod, "Prod")
TENSORKEEP_DEFINE_REDUCTION(reduce_max, "Max")
TENSORKEEP_DEFINE_REDUCTION(reduce_min, "Min")
TENSORKEEP_DEFINE_REDUCTION(reduce_any, "Any")
TENSORKEEP_DEFINE_REDUCTION(reduce_all, "All")
#undef TENSORKEEP_DEFINE_REDUCTION

Output reduce_logsumexp(const Input& x, const ReduceOptions& options) {
  const ops::OpScope scope({x}, options.name, "ReduceLogSumExp");
  const Reduction reduction = reduction_of(options);
  // The largest element is taken out first, so that no exponential overflows.
  const Output raw_max = reduce_max(x, reduction.axis, {.keepdims = true});
  const Output finite = where_v2(is_finite(raw_max), raw_max, 0);
  Output largest = stop_gradient(finite);
  const Output exponentials = exp(subtract(x, largest));
  const Output sum = reduce_sum(exponentials, reduction.axis, {.keepdims = reduction.keepdims});
  const Output log_sum = log(sum);
  if (!reduction.keepdims) largest = reshape(largest, shape(log_sum, {.optimize = false}));
  return may_be_scalar(add(log_sum, largest, {scope.name()}), reduction);
}

Output argmax(const Input& input, const Input& axis, const ArgOptions& options) {
  return arg("ArgMax", input, axis, options);
}
Output argmin(const Input& input, const Input& axis, const ArgOptions& options) {
  return arg("ArgMin", input, axis, options);
}
Output arg_max(const Input& input, const Input& dimension, const ArgOptions& options) {
  return arg("ArgMax", input, dimension, options);
}
Output arg_min(const Input& input, const Input& dimension, const ArgOptions& options) {
  return arg("ArgMin", input, dimension, options);
}

namespace ops {

void register_math_reduce(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Sum", {reduction_shape, grad::sum}},
      {"Mean", {reduction_shape, grad::mean}},
      {"Prod", {reduction_shape, grad::prod}},
      {"Max", {reduction_shape, grad::min_or_max}},
      {"Min", {reduction_shape, grad::min_or_max}},
      {"EuclideanNorm", {reduction_shape, grad::euclidean_norm}},
      {"Any", {reduction_shape}},
      {"All", {reduction_shape}},
      {"ArgMax", {arg_shape, nullptr, true}},
      {"ArgMin", {arg_shape, nullptr, true}},
  };
  add_rows(registry, rows);
}

}  // namespace ops
}  // namespace tensorkeep
