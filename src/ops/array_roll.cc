#include <fmt/format.h>

#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Elements moved around their dimensions, tensors passed on as they are, and joined.
namespace tensorkeep::ops {
namespace {

void check_rank_at_most_one(ShapeContext& c, int index) {
  if (!c.input(index).rank_known() || c.input(index).rank() <= 1) return;
  c.fail(fmt::format("Shape must be at most rank 1 but is rank {}", c.input(index).rank()));
}

void roll_shape(ShapeContext& c) {
  (void)c.input_with_rank_at_least(0, 1);
  check_rank_at_most_one(c, 1);
  check_rank_at_most_one(c, 2);
  c.set_output(0, c.input(0));
}

Gradients roll_gradient(Operation& op, const std::vector<Output>& grads) {
  const Output back = -op.input(1);
  return {OpBuilder("Roll").input(grads[0]).input(back).input(op.input(2)).output(), Gradient(),
          Gradient()};
}

void ensured_shape(ShapeContext& c) {
  c.set_output(0, c.merge_shapes(c.input(0), c.op().attr_shape("shape")));
}

Gradients unchanged_gradient(Operation&, const std::vector<Output>& grads) {
  return {grads[0]};
}

void parallel_concat_shape(ShapeContext& c) {
  const Shape whole = c.op().attr_shape("shape");
  if (!whole.fully_defined()) c.fail("shape attr must be fully defined");
  if (whole.rank() < 1) c.fail("Shape must be at least rank 1 but is rank 0");
  for (int i = 0; i < c.num_inputs(); ++i) {
    if (!c.input(i).fully_defined()) c.fail("All input shapes must be fully defined.");
    if (c.input(i).rank() < 1 || c.input(i).dim(0) != 1) {
      c.fail("Size of first dimension must be 1.");
    }
    std::vector<std::int64_t> dims = whole.dims();
    dims[0] = 1;
    (void)c.merge_shapes(Shape(dims), c.input(i));
  }
  c.set_output(0, whole);
}

}  // namespace

void register_array_roll(OpRegistry& registry) {
  const OpRow rows[] = {
      {"EnsureShape", {ensured_shape, unchanged_gradient}},
      {"GuaranteeConst", {shape_fn::unchanged}},
      {"ParallelConcat", {parallel_concat_shape}},
      {"Roll", {roll_shape, roll_gradient}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
