#include "ops/matrices.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::ops {
namespace {

Output solve_triangular(const Output& matrices, const Output& rhs, bool lower, bool adjoint) {
  return OpBuilder("MatrixTriangularSolve")
      .input(matrices)
      .input(rhs)
      .attr("lower", lower)
      .attr("adjoint", adjoint)
      .output();
}

}  // namespace

Shape without_last(const Shape& shape, int count) {
  if (!shape.rank_known()) return shape;
  return Shape(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end() - count));
}

std::int64_t smaller_dim(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return 0;
  return a < 0 || b < 0 ? None : std::min(a, b);
}

Output diag_of(const Output& diagonal) {
  return OpBuilder("MatrixDiag", "diag").input(diagonal).output();
}

Output diag_part_of(const Output& matrices) {
  return OpBuilder("MatrixDiagPart", "diag_part").input(matrices).output();
}

Output with_diagonal(const Output& matrices, const Output& diagonal) {
  return OpBuilder("MatrixSetDiag", "set_diag").input(matrices).input(diagonal).output();
}

Output identities(const Output& rows, const Output& batch_shape, DType dtype) {
  const NameScope scope(rows.graph(), "eye");
  const Output size = minimum(rows, rows);
  const Output shape = concat({batch_shape, packed({size}, "concat/values_1")}, 0);
  return diag_of(ones(shape, dtype));
}

Output matrix_transpose(const Output& matrices, bool conjugate) {
  const NameScope scope(matrices.graph(), "matrix_transpose");
  const Shape& shape = matrices.shape();
  Output transposed;
  if (shape.rank_known()) {
    std::vector<Literal> order;
    for (int i = 0; i < shape.rank() - 2; ++i) order.emplace_back(i);
    order.emplace_back(shape.rank() - 1);
    order.emplace_back(shape.rank() - 2);
    transposed = transpose(matrices, Literal(order));
  } else {
    const Output count = rank(matrices);
    const Output outer = count - 2;
    const Output leading = OpBuilder("Range").input(0).input(outer).input(1).output();
    const Output last = count - 1;
    const Output last_but_one = count - 2;
    const Output order = concat({leading, packed({last, last_but_one}, "concat/values_1")}, 0);
    transposed = transpose(matrices, order);
  }
  return conjugate ? conj(transposed) : transposed;
}

Output adjoint(const Output& matrices) {
  const NameScope scope(matrices.graph(), "adjoint");
  return matrix_transpose(matrices, true);
}

Output cholesky(const Output& matrices) {
  return OpBuilder("Cholesky").input(matrices).output();
}

Output matrix_solve(const Output& matrices, const Output& rhs, bool adjoint) {
  return OpBuilder("MatrixSolve").input(matrices).input(rhs).attr("adjoint", adjoint).output();
}

Output triangular_solve(const Output& matrices, const Output& rhs, bool lower, bool adjoint) {
  const NameScope scope(matrices.graph(), "triangular_solve");
  return solve_triangular(matrices, rhs, lower, adjoint);
}

Output cholesky_solve(const Output& chol, const Output& rhs) {
  const NameScope scope(chol.graph(), "cholesky_solve");
  const Output y = solve_triangular(chol, rhs, true, false);
  return solve_triangular(chol, y, true, true);
}

}  // namespace tensorkeep::ops
