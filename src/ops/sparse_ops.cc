#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/operators.h"

// Tensors given by the places of their elements.
namespace tensorkeep::ops {
namespace {

void sparse_to_dense_shape(ShapeContext& c) {
  c.set_output(0, c.input_as_shape(1));
}

Gradients sparse_to_dense_gradient(Operation& op, const std::vector<Output>& grads) {
  const Output values = gather_nd(grads[0], op.input(0));
  const Output total = reduce_sum(grads[0]);
  const Output otherwise = total - reduce_sum(values);
  return {zeros_like(op.input(0)), zeros_like(op.input(1)), values, otherwise};
}

}  // namespace

void register_sparse(OpRegistry& registry) {
  registry.add("SparseToDense",
               {.shape = sparse_to_dense_shape, .gradient = sparse_to_dense_gradient});
}

}  // namespace tensorkeep::ops
