// Gradients of running sums and sums of segments.
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops::grad {
namespace {

using Outputs = std::vector<Output>;

CumulativeOptions options_of(const Operation& op, bool turned) {
  return {.exclusive = op.attr_bool("exclusive"), .reverse = op.attr_bool("reverse") != turned};
}

// A vector of `count` ones, for a count that only the graph knows.
Output ones_of_count(const Output& count) {
  const OpScope scope({count}, "", "ones");
  const Output packed = OpBuilder("Pack", "packed").inputs({count}).output();
  const Output one = const_of(1, int32);
  return fill(packed, one, {scope.name()});
}

// The rows of `values` for each id, zeros where it is negative.
struct Gathered {
  Output rows;
  Output clipped;  // the ids, 0 instead of negative ones
  Output counts;   // whether an element's id is not negative
};
Gathered gathered_rows(const Output& values, const Output& ids) {
  const Output clipped = tensorkeep::maximum(ids, zeros_like(ids));
  const Output gathered = gather(values, clipped);
  Output counts = greater_equal(ids, 0);
  const Output ids_shape = shape(counts);
  const Output gathered_rank = rank(gathered);
  const Output missing = gathered_rank - rank(counts);
  const Output padded_shape = concat({ids_shape, ones_of_count(missing)}, 0);
  counts = reshape(counts, padded_shape);
  const Output every = ones_like(gathered, {.dtype = boolean});
  counts = logical_and(counts, every, {"and"});
  const Output nothing = zeros_like(gathered);
  return {where_v2(counts, gathered, nothing), clipped, counts};
}

}  // namespace

Gradients cumsum(Operation& op, const Outputs& grads) {
  return {tensorkeep::cumsum(grads[0], op.input(1), options_of(op, true)), Gradient()};
}

Gradients cumprod(Operation& op, const Outputs& grads) {
  const Output x = op.input(0);
  const Output axis = op.input(1);
  const Output products = tensorkeep::cumprod(x, axis, options_of(op, false));
  const Output sums = tensorkeep::cumsum(products * grads[0], axis, options_of(op, true));
  return {tensorkeep::div_no_nan(sums, x), Gradient()};
}

Gradients segment_sum(Operation& op, const Outputs& grads) {
  return {gather(grads[0], op.input(1)), Gradient()};
}

Gradients segment_mean(Operation& op, const Outputs& grads) {
  const Output data_rank = rank(op.input(0));
  const Output ids_shape = shape(op.input(1));
  const Output more = expand_dims(data_rank - 1, 0);
  const Output rest = ones(more, int32);
  const Output ones_shape = concat({ids_shape, rest}, 0);
  const Output every = ones(ones_shape, base_dtype(grads[0].dtype()));
  const Output counts = tensorkeep::segment_sum(every, op.input(1));
  return {gather(divide(grads[0], counts), op.input(1)), Gradient()};
}

// Each row takes the gradient of its segment; those with negative ids went nowhere and take zeros.
Gradients unsorted_segment_sum(Operation& op, const Outputs& grads) {
  return {gathered_rows(grads[0], op.input(1)).rows, Gradient(), Gradient()};
}

// The gradient of a segment goes to the rows that are its extreme, in equal parts.
Gradients segment_min_or_max(Operation& op, const Outputs& grads) {
  const Output data = op.input(0);
  const Output ids = op.input(1);
  const Output nothing = zeros_like(data);
  const Output extremes = gather(op.output(), ids);
  const Output chosen = equal(data, extremes);
  const Output counts = tensorkeep::segment_sum(tensorkeep::cast(chosen, grads[0].dtype()), ids);
  const Output parts = divide(grads[0], counts);
  const Output gathered = gather(parts, ids);
  return {where_v2(chosen, gathered, nothing), Gradient()};
}

Gradients unsorted_segment_min_or_max(Operation& op, const Outputs& grads) {
  const Output ids = op.input(1);
  const Gathered extremes = gathered_rows(op.output(), ids);
  Output chosen = equal(op.input(0), extremes.rows);
  chosen = logical_and(chosen, extremes.counts);
  const Output counts = tensorkeep::unsorted_segment_sum(tensorkeep::cast(chosen, grads[0].dtype()),
                                                         ids, op.input(2));
  const Output parts = divide(grads[0], counts);
  const Output all = gather(parts, extremes.clipped);
  const Output none_of_them = zeros_like(all);
  const Output gathered = where_v2(extremes.counts, all, none_of_them);
  const Output nothing = zeros_like(gathered);
  return {where_v2(chosen, gathered, nothing), Gradient(), Gradient()};
}

namespace {

// A product over all rows of a segment but one: the whole over that row, unless it is zero, or
// several are.
template <typename Sum, typename Product, typename Rows, typename GradientRows>
Output product_gradient(const Operation& op, const Output& grad, const Sum& sum,
                        const Product& product, const Rows& rows,
                        const GradientRows& gradient_rows) {
  const Output data = op.input(0);
  const Output is_zero = equal(data, 0);
  const Output zeros = sum(tensorkeep::cast(is_zero, int32));
  const Output no_gradient = zeros_like(grad);
  const Output of_segments = where_v2(greater(zeros, 1), no_gradient, grad);
  const Output ones = ones_like(data);
  const Output without_zeros = where_v2(is_zero, ones, data);
  const Output products = product(without_zeros);
  const Output whole = rows(op.output());
  const Output of_others = rows(products);
  const Output over_each = whole / without_zeros;
  const Output partial = where_v2(is_zero, of_others, over_each);
  return gradient_rows(of_segments) * partial;
}

}  // namespace

Gradients segment_prod(Operation& op, const Outputs& grads) {
  const Output ids = op.input(1);
  const auto rows = [&](const Output& x) { return gather(x, ids); };
  return {product_gradient(
              op, grads[0], [&](const Output& x) { return tensorkeep::segment_sum(x, ids); },
              [&](const Output& x) { return binary("SegmentProd", "", x, ids); }, rows, rows),
          Gradient()};
}

Gradients unsorted_segment_prod(Operation& op, const Outputs& grads) {
  const Output ids = op.input(1);
  const Output count = op.input(2);
  const Output clipped = tensorkeep::maximum(ids, zeros_like(ids));
  const Output gradient = product_gradient(
      op, grads[0],
      [&](const Output& x) { return tensorkeep::unsorted_segment_sum(x, ids, count); },
      [&](const Output& x) {
        return OpBuilder("UnsortedSegmentProd").input(x).input(ids).input(count).output();
      },
      [&](const Output& x) { return gather(x, clipped); },
      [&](const Output& x) { return gathered_rows(x, ids).rows; });
  return {gradient, Gradient(), Gradient()};
}

}  // namespace tensorkeep::ops::grad
