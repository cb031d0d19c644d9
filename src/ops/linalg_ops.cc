#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/operators.h"

// Square matrices.
namespace tensorkeep::ops {
namespace {

void square_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  if (!input.rank_known()) return c.set_output(0, input);
  std::vector<std::int64_t> dims = input.dims();
  std::int64_t& rows = dims[dims.size() - 2];
  rows = dims.back() = c.merge_dims(rows, dims.back());
  c.set_output(0, Shape(std::move(dims)));
}

Gradients matrix_inverse_gradient(Operation& op, const std::vector<Output>& grads) {
  const Output inverse = op.output(0);
  const bool adjoint = op.attr_bool("adjoint");
  const Output right = matmul(grads[0], inverse, {.adjoint_a = adjoint, .adjoint_b = !adjoint});
  return {-matmul(inverse, right, {.adjoint_a = !adjoint})};
}

}  // namespace

void register_linalg(OpRegistry& registry) {
  registry.add("MatrixInverse", {.shape = square_shape, .gradient = matrix_inverse_gradient});
}

}  // namespace tensorkeep::ops
