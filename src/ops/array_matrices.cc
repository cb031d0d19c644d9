#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/matrices.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// The diagonals of batches of matrices.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

Shape diagonals_of(const Shape& matrices) {
  const int rank = matrices.rank();
  return without_last(matrices, 2)
      .concatenate(Shape{smaller_dim(matrices.dim(rank - 2), matrices.dim(rank - 1))});
}

void matrix_diag_shape(ShapeContext& c) {
  const Shape diagonal = c.input_with_rank_at_least(0, 1);
  if (!diagonal.rank_known()) return c.set_output(0, diagonal);
  c.set_output(0, diagonal.concatenate(Shape{diagonal.dim(diagonal.rank() - 1)}));
}

void matrix_diag_part_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  c.set_output(0, input.rank_known() ? diagonals_of(input) : input);
}

void matrix_set_diag_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  const Shape diagonal = c.input_with_rank_at_least(1, 1);
  if (!input.rank_known()) {
    return c.set_output(
        0, diagonal.rank_known() ? Shape::unknown_of_rank(diagonal.rank() + 1) : input);
  }
  const Shape wanted = diagonals_of(input);
  const Shape merged = c.merge_shapes(wanted, diagonal);
  const int rank = input.rank();
  c.set_output(
      0, without_last(merged, 1).concatenate(Shape{input.dim(rank - 2), input.dim(rank - 1)}));
}

Gradients matrix_diag_gradient(Operation&, const Grads& grads) {
  return {diag_part_of(grads[0])};
}

Gradients matrix_diag_part_gradient(Operation& op, const Grads& grads) {
  const Shape& shape = op.input(0).shape();
  const int rank = shape.rank_known() ? shape.rank() : 0;
  const bool is_square =
      rank >= 2 && shape.dim(rank - 1) >= 0 && shape.dim(rank - 1) == shape.dim(rank - 2);
  if (is_square) return {diag_of(grads[0])};
  return {with_diagonal(zeros_like(op.input(0)), grads[0])};
}

// The diagonal's shape, from that of the gradient where the graph does not tell.
Output zero_diagonal(const Operation& op, const Output& grad) {
  const Shape& input = op.input(0).shape();
  if (input.fully_defined()) {
    return zeros(shape_to_tensor(diagonals_of(input)), base_dtype(grad.dtype()));
  }
  Output sizes;
  {
    const ColocationScope beside(grad.graph(), &grad.op());
    const Output whole = shape(grad);
    const Output rank_of_grad = rank(grad);
    const Output batch = slice(whole, {0}, packed({rank_of_grad - 2}, "Slice/size"));
    const Output matrix = slice(whole, packed({rank_of_grad - 2}, "Slice/begin"), {2});
    sizes = concat({batch, packed({reduce_min(matrix)}, "values_1")}, 0);
  }
  return zeros(sizes, base_dtype(grad.dtype()));
}

Gradients matrix_set_diag_gradient(Operation& op, const Grads& grads) {
  const Output input = with_diagonal(grads[0], zero_diagonal(op, grads[0]));
  return {input, diag_part_of(grads[0])};
}

}  // namespace

void register_array_matrices(OpRegistry& registry) {
  registry.add("MatrixDiag", {.shape = matrix_diag_shape, .gradient = matrix_diag_gradient});
  registry.add("MatrixDiagPart",
               {.shape = matrix_diag_part_shape, .gradient = matrix_diag_part_gradient});
  registry.add("MatrixSetDiag",
               {.shape = matrix_set_diag_shape, .gradient = matrix_set_diag_gradient});
}

}  // namespace tensorkeep::ops
