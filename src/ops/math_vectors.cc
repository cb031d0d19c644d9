// Cross products and running logarithms of sums.
#include <limits>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops {
namespace {

using Outputs = std::vector<Output>;

void cross_shape(ShapeContext& c) {
  (void)c.input_with_rank_at_least(0, 1);
  (void)c.input_with_rank_at_least(1, 1);
  const Shape merged = c.merge_shapes(c.input(0), c.input(1));
  if (merged.rank_known()) (void)c.merge_dims(merged.dim(merged.rank() - 1), 3);
  c.set_output(0, merged);
}

Gradients cross(Operation& op, const Outputs& grads) {
  const Output of_a = binary("Cross", "", op.input(1), grads[0]);
  return {of_a, binary("Cross", "", grads[0], op.input(0))};
}

// How the logarithm of a gradient's part is: that of the elements where it is positive, else the
// lowest number.
Output log_or_lowest(const Output& is_positive, const Output& value) {
  const DType dtype = base_dtype(value.dtype());
  const Output logarithm = log(value);
  double lowest = std::numeric_limits<float>::lowest();
  if (dtype == float64) lowest = std::numeric_limits<double>::lowest();
  if (dtype == float16) lowest = -65504;
  if (dtype == bfloat16) lowest = -3.3895313892515355e38;
  return where_v2(is_positive, logarithm, lowest);
}

// The gradient's positive and negative parts go by their logarithms, so that nothing overflows.
Gradients cumulative_logsumexp(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const Output axis = op.input(1);
  const Output positive = log_or_lowest(greater(grads[0], 0.0), grads[0]);
  const Output is_negative = less(grads[0], 0.0);
  const Output negative = log_or_lowest(is_negative, -grads[0]);
  const auto part = [&](const Output& logarithms) {
    const Output difference = logarithms - op.output();
    const OpScope scope({difference}, "", "CumulativeLogsumexp");
    return OpBuilder("CumulativeLogsumexp", scope.name())
        .input(difference)
        .input(axis)
        .attr("exclusive", op.attr_bool("exclusive"))
        .attr("reverse", !op.attr_bool("reverse"))
        .output();
  };
  const Output of_positive = exp(part(positive) + x);
  const Output of_negative = exp(part(negative) + x);
  return {of_positive - of_negative, Gradient()};
}

}  // namespace

void register_math_vectors(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Cross", {cross_shape, cross}},
      {"CumulativeLogsumexp", {shape_fn::unchanged, cumulative_logsumexp}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
