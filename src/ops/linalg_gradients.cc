#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/matrices.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// The gradients of inverses, determinants and solutions.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

Gradients matrix_inverse_gradient(Operation& op, const Grads& grads) {
  const Output inverse = op.output(0);
  const bool adjoint = op.attr_bool("adjoint");
  const Output right = matmul(grads[0], inverse, {.adjoint_a = adjoint, .adjoint_b = !adjoint});
  return {-matmul(inverse, right, {.adjoint_a = !adjoint})};
}

Output adjoint_inverse(const Output& matrices) {
  return OpBuilder("MatrixInverse").input(matrices).attr("adjoint", true).output();
}

// A number for each matrix, as matrices of one element.
Output as_matrices(const Output& numbers, const Output& like) {
  const Output sizes = concat({shape(like), Literal{1, 1}}, 0);
  return reshape(numbers, sizes);
}

Gradients determinant_gradient(Operation& op, const Grads& grads) {
  const Output inverse = adjoint_inverse(op.input(0));
  const Output scaled = grads[0] * op.output(0);
  return {as_matrices(scaled, op.output(0)) * inverse};
}

Gradients log_determinant_gradient(Operation& op, const Grads& grads) {
  const Output inverse = adjoint_inverse(op.input(0));
  return {as_matrices(grads[1], op.output(1)) * inverse};
}

Gradients cholesky_gradient(Operation& op, const Grads& grads) {
  const Output factor = op.output(0);
  const Output rows = getitem(shape(factor), {-1});
  const Output batch_shape = getitem(shape(factor), {Span{.end = -2}});
  const Output inverse =
      triangular_solve(factor, identities(rows, batch_shape, factor.dtype()), true, false);
  Output middle = matmul(factor, grads[0], {.adjoint_a = true});
  const Output half = 0.5 * diag_part_of(middle);
  middle = matrix_band_part(with_diagonal(middle, half), -1, 0);
  const Output left = matmul(inverse, middle, {.adjoint_a = true});
  const Output grad = matmul(left, inverse);
  return {(grad + adjoint(grad)) * 0.5};
}

// Of the matrix, given the right side's.
Output grad_of_matrix(const Operation& op, const Output& grad_of_rhs) {
  const Output x = op.output(0);
  if (op.attr_bool("adjoint")) return -matmul(x, grad_of_rhs, {.adjoint_b = true});
  return -matmul(grad_of_rhs, x, {.adjoint_b = true});
}

Gradients matrix_solve_gradient(Operation& op, const Grads& grads) {
  const Output rhs = matrix_solve(op.input(0), grads[0], !op.attr_bool("adjoint"));
  return {grad_of_matrix(op, rhs), rhs};
}

Gradients triangular_solve_gradient(Operation& op, const Grads& grads) {
  const Output a = op.input(0);
  const Output b = op.input(1);
  const bool lower = op.attr_bool("lower");
  Output rhs = triangular_solve(a, grads[0], lower, !op.attr_bool("adjoint"));
  Output matrix = grad_of_matrix(op, rhs);
  matrix = lower ? matrix_band_part(matrix, -1, 0) : matrix_band_part(matrix, 0, -1);
  if (a.shape().fully_defined() && b.shape().fully_defined() &&
      without_last(a.shape(), 2) == without_last(b.shape(), 2)) {
    return {matrix, rhs};
  }
  // Sum over the batch dimensions that were broadcast.
  const Output a_shape = shape(a);
  const Output b_shape = shape(b);
  const Output a_batch = getitem(a_shape, {Span{.end = -2}});
  const Output b_batch = getitem(b_shape, {Span{.end = -2}});
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(a_batch).input(b_batch).build();
  matrix = reshape(reduce_sum(matrix, axes->output(0)), a_shape);
  rhs = reshape(reduce_sum(rhs, axes->output(1)), b_shape);
  return {matrix, rhs};
}

// The factor of A'A + l2 I (or AA' + l2 I), which the normal equations are solved with.
Output regularized_cholesky(const Output& matrices, const Output& l2_regularizer, bool first_kind) {
  const Output product =
      matmul(matrices, matrices, {.adjoint_a = first_kind, .adjoint_b = !first_kind});
  const Output sizes = shape(matrices);
  const Output batch_shape = getitem(sizes, {Span{.end = -2}});
  const Output small = getitem(sizes, {first_kind ? -1 : -2});
  const Output identity = identities(small, batch_shape, matrices.dtype());
  return cholesky(product + l2_regularizer * identity);
}

// Two gradients: of the matrices and of the right sides.
std::vector<Output> overdetermined(const Operation& op, const Output& grad) {
  const Output a = op.input(0);
  const Output b = op.input(1);
  const Output l2_regularizer = cast(op.input(2), base_dtype(a.dtype()));
  const Output chol = regularized_cholesky(a, l2_regularizer, true);
  const Output z = cholesky_solve(chol, grad);
  const Output xz = matmul(op.output(0), z, {.adjoint_b = true});
  const Output symmetric = xz + matrix_transpose(xz);
  const Output first = -matmul(a, symmetric);
  const Output second = matmul(b, z, {.adjoint_b = true});
  const Output of_matrix = first + second;
  return {of_matrix, matmul(a, z)};
}

std::vector<Output> underdetermined(const Operation& op, const Output& grad) {
  const Output a = op.input(0);
  const Output l2_regularizer = cast(op.input(2), base_dtype(a.dtype()));
  const Output chol = regularized_cholesky(a, l2_regularizer, false);
  const Output of_rhs = cholesky_solve(chol, matmul(a, grad));
  const Output solved = cholesky_solve(chol, op.input(1));
  const Output inner = matmul(solved, a, {.adjoint_a = true});
  const Output first = -matmul(of_rhs, inner);
  const Output rest = grad - matmul(a, of_rhs, {.adjoint_a = true});
  const Output second = matmul(solved, rest, {.adjoint_b = true});
  return {first + second, of_rhs};
}

Gradients solve_ls_gradient(Operation& op, const Grads& grads) {
  if (!op.attr_bool("fast")) errors::raise_value_error("Gradient not defined for fast=False");
  const Shape& a = op.input(0).shape();
  const Output& grad = grads[0];
  std::vector<Output> found;
  if (a.rank_known() && a.dim(-2) >= 0 && a.dim(-1) >= 0) {
    found = a.dim(-2) >= a.dim(-1) ? overdetermined(op, grad) : underdetermined(op, grad);
  } else {
    const Output sizes = getitem(shape(op.input(0)), {Span{.begin = -2}});
    const Output rows = getitem(sizes, {-2});
    const Output columns = getitem(sizes, {-1});
    found = cond(
        greater_equal(rows, columns), [&] { return Returned(overdetermined(op, grad)); },
        [&] { return Returned(underdetermined(op, grad)); });
  }
  return {found[0], found[1], Gradient()};
}

}  // namespace

void register_linalg_gradients(OpRegistry& registry) {
  const GradientRow rows[] = {
      {"MatrixInverse", matrix_inverse_gradient},
      {"MatrixDeterminant", determinant_gradient},
      {"LogMatrixDeterminant", log_determinant_gradient},
      {"Cholesky", cholesky_gradient},
      {"MatrixSolve", matrix_solve_gradient},
      {"MatrixTriangularSolve", triangular_solve_gradient},
      {"MatrixSolveLs", solve_ls_gradient},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
