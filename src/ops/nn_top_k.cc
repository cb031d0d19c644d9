#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"

// The largest elements of every row.
namespace tensorkeep::ops {
namespace {

void top_k_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 1);
  if (c.input(1).rank_known() && c.input(1).rank() != 0) {
    c.fail(fmt::format("Input must be scalar but has rank {}", c.input(1).rank()));
  }
  std::int64_t k = None;
  if (const auto value = c.input_constant(1)) {
    if (const auto known = integers_of(*value)) k = known->front();
    if (k < 0) {
      c.fail(fmt::format("Dimension size, given by scalar input 1, must be non-negative but is {}",
                         k));
    }
  }
  if (!input.rank_known()) {
    for (int i = 0; i < 2; ++i) c.set_output(i, Shape::unknown());
    return;
  }
  std::vector<std::int64_t> dims = input.dims();
  if (k >= 0 && dims.back() >= 0 && dims.back() < k) {
    c.fail(fmt::format("input must have last dimension >= k = {} but is {}", k, dims.back()));
  }
  dims.back() = k;
  for (int i = 0; i < 2; ++i) c.set_output(i, Shape(dims));
}

Output last_of(const Output& dims) {
  return gather(cast(dims, int64), size(dims) - 1);
}

// The gradients go where the elements came from.
Gradients top_k_gradient(Operation& op, const std::vector<Output>& grads) {
  const Output in_shape = shape(op.input(0));
  const Output places = shape(op.output(1));
  const Output k = last_of(places);
  const Output rows = reshape(op.output(1), stack({-1, k}));
  const Output width = last_of(in_shape);
  const Output count = getitem(shape(rows), {0});
  const Output firsts = range(0, cast(count, int64) * width, width);
  const Output flat = reshape(rows + cast(expand_dims(firsts, -1), int32), {-1});
  const Output total = reduce_prod(in_shape);
  const Output to = expand_dims(flat, -1);
  const Output values = reshape(grads[0], {-1});
  const Output all = scatter_nd(to, values, packed({total}, "ScatterNd/shape"));
  return {reshape(all, in_shape), zeros({}, int32)};
}

}  // namespace

void register_nn_top_k(OpRegistry& registry) {
  registry.add("TopKV2", {.shape = top_k_shape, .gradient = top_k_gradient});
}

}  // namespace tensorkeep::ops
