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

// Each row takes the gradient of its segment; those with negative ids went nowhere and take zeros.
Gradients unsorted_segment_sum(Operation& op, const Outputs& grads) {
  const Output ids = op.input(1);
  const Output clipped = tensorkeep::maximum(ids, zeros_like(ids));
  const Output gathered = gather(grads[0], clipped);
  Output counts = greater_equal(ids, 0);
  const Output ids_shape = shape(counts);
  const Output gathered_rank = rank(gathered);
  const Output missing = gathered_rank - rank(counts);
  const Output padded_shape = concat({ids_shape, ones_of_count(missing)}, 0);
  counts = reshape(counts, padded_shape);
  const Output every = ones_like(gathered, {.dtype = boolean});
  counts = logical_and(counts, every, {"and"});
  const Output nothing = zeros_like(gathered);
  return {where_v2(counts, gathered, nothing), Gradient(), Gradient()};
}

}  // namespace tensorkeep::ops::grad
