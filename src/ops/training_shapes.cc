#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"

// Shapes of the optimizers' updates.
namespace tensorkeep::ops {
namespace {

const Shape variable_shape(ShapeContext& c, int index) {
  if (c.op().input(index).dtype() != resource) return c.input(index);
  return c.input_handle(index).value_or(HandleData()).shape;
}

// `slots` variables of one shape first, then `scalars`, and a gradient among what follows.
template <int kSlots, int kGradient>
void apply(ShapeContext& c) {
  Shape shape = variable_shape(c, 0);
  for (int i = 1; i < kSlots; ++i) shape = c.merge_shapes(shape, variable_shape(c, i));
  for (int i = kSlots; i < c.num_inputs(); ++i) {
    if (i == kGradient) {
      shape = c.merge_shapes(shape, c.input(i));
    } else {
      (void)c.input_with_rank(i, 0);
    }
  }
  if (c.op().num_outputs() > 0) c.set_output(0, shape);
}

// Inputs: var, accum, lr, grad, indices, momentum.
void sparse_momentum(ShapeContext& c) {
  const Shape shape = c.merge_shapes(variable_shape(c, 0), variable_shape(c, 1));
  (void)c.input_with_rank(2, 0);
  (void)c.input_with_rank(4, 1);
  (void)c.input_with_rank(5, 0);
  if (c.op().num_outputs() > 0) c.set_output(0, shape);
}

struct Row {
  const char* name;
  ShapeFn shape;
};
constexpr Row kRows[] = {
    {"ApplyGradientDescent", apply<1, 2>},
    {"ApplyMomentum", apply<2, 3>},
    {"ApplyAdam", apply<3, 9>},
    {"SparseApplyMomentum", sparse_momentum},
};

}  // namespace

void register_training(OpRegistry& registry) {
  for (const Row& row : kRows) {
    registry.add(row.name, {.shape = row.shape});
    registry.add(std::string("Resource") + row.name, {.shape = row.shape});
  }
}

}  // namespace tensorkeep::ops
