#pragma once

#include "graph/shape_inference.h"
#include "tensorkeep/graph.h"

// What the families of matrices share: shapes, and the nodes of their gradients.
namespace tensorkeep::ops {

// The shape without its last `count` dimensions.
Shape without_last(const Shape& shape, int count);
// The smaller of two dimensions, None where the graph does not tell.
std::int64_t smaller_dim(std::int64_t a, std::int64_t b);

Output diag_of(const Output& diagonal);
Output diag_part_of(const Output& matrices);
Output with_diagonal(const Output& matrices, const Output& diagonal);

// Identity matrices of shape batch_shape + [rows, rows].
Output identities(const Output& rows, const Output& batch_shape, DType dtype);
Output matrix_transpose(const Output& matrices, bool conjugate = false);
// Transposed and conjugated.
Output adjoint(const Output& matrices);

Output cholesky(const Output& matrices);
Output matrix_solve(const Output& matrices, const Output& rhs, bool adjoint);
Output triangular_solve(const Output& matrices, const Output& rhs, bool lower, bool adjoint);
// Solves with the matrices of which `chol` are the factors.
Output cholesky_solve(const Output& chol, const Output& rhs);

}  // namespace tensorkeep::ops
