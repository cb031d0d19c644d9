#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/op_builder.h"

// Local response normalisation.
namespace tensorkeep::ops {
namespace {

void image_shape(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(0, 4));
}

void gradient_shape(ShapeContext& c) {
  Shape shape = c.input_with_rank(0, 4);
  for (int i = 1; i < 3; ++i) shape = c.merge_shapes(shape, c.input_with_rank(i, 4));
  c.set_output(0, shape);
}

Gradients lrn_gradient(Operation& op, const std::vector<Output>& grads) {
  OpBuilder builder("LRNGrad");
  builder.input(grads[0]).input(op.input(0)).input(op.output(0));
  for (const char* name : {"depth_radius", "bias", "alpha", "beta"}) {
    builder.attr(name, op.attr(name));
  }
  return {builder.output()};
}

}  // namespace

void register_nn_lrn(OpRegistry& registry) {
  registry.add("LRN", {.shape = image_shape, .gradient = lrn_gradient});
  registry.add("LRNGrad", {.shape = gradient_shape});
}

}  // namespace tensorkeep::ops
