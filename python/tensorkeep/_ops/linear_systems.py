"""Determinants, Cholesky factors, and what solves systems of linear equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import op_functions, raw

__all__ = [
    "cholesky", "cholesky_solve", "logdet", "matrix_determinant", "matrix_solve",
    "matrix_solve_ls", "matrix_triangular_solve", "matvec", "slogdet",
]

# Where a batch of matrices is larger than this, one operation is faster than its parts.
_CACHE_BYTES = 256000


def cholesky(input: Any, name: str | None = None) -> Any:
    """The lower triangular factors of positive definite matrices [..., n, n].

    Only the lower triangles are read. A matrix that is not positive definite has a factor of NaN.
    """
    return raw.output("Cholesky", [input], name)


def matrix_determinant(input: Any, name: str | None = None) -> Any:
    """The determinants [...] of square matrices [..., n, n]."""
    return raw.output("MatrixDeterminant", [input], name)


def slogdet(input: Any, name: str | None = None) -> Any:
    """The determinants of square matrices [..., n, n] as their sign and logarithm.

    Returns:
      A named tuple (sign, log_abs_determinant) of tensors [...].
    """
    return op_functions.function("log_matrix_determinant", by_place=True)(input, name)


def logdet(matrix: Any, name: str | None = None) -> Any:
    """The logarithms of the determinants of positive definite matrices [..., n, n]."""
    with tf.name_scope(name, "logdet", [matrix]):
        diagonal = tf.matrix_diag_part(cholesky(matrix))
        return 2.0 * tf.reduce_sum(tf.log(tf.real(diagonal)), axis=[-1])


def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """x of matrix x = rhs.

    Args:
      matrix: square matrices [..., n, n].
      rhs: [..., n, k], of the same batch.
      adjoint: solve with the adjoint of the matrices.
      name: of the operation.

    Returns:
      [..., n, k].
    """
    return raw.output("MatrixSolve", [matrix, rhs], name, adjoint=adjoint)


def matrix_triangular_solve(matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False,
                            name: str | None = None) -> Any:
    """x of matrix x = rhs for triangular matrices.

    Args:
      matrix: [..., n, n]; the other triangle is not read.
      rhs: [..., n, k]; the batches are broadcast.
      lower: which triangle.
      adjoint: solve with the adjoint of the matrices.
      name: of the operations' scope.

    Returns:
      [..., n, k].
    """
    with tf.name_scope(name, "triangular_solve", [matrix, rhs]):
        return _solve_triangular(matrix, rhs, lower, adjoint)


def _solve_triangular(matrix: Any, rhs: Any, lower: bool, adjoint: bool) -> Any:
    return raw.output("MatrixTriangularSolve", [matrix, rhs], lower=lower, adjoint=adjoint)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Any:
    """x of A x = rhs, given the Cholesky factors of A.

    Args:
      chol: [..., n, n], as `cholesky` gives them.
      rhs: [..., n, k].
      name: of the operations' scope.

    Returns:
      [..., n, k].
    """
    with tf.name_scope(name, "cholesky_solve", [chol, rhs]):
        y = _solve_triangular(chol, rhs, True, False)
        return _solve_triangular(chol, y, True, True)


def _regularized_cholesky(matrix: Any, l2_regularizer: Any, first_kind: bool) -> Any:
    """The factor of A'A + l2 I if `first_kind`, else of AA' + l2 I."""
    product = tf.matmul(matrix, matrix, adjoint_a=first_kind, adjoint_b=not first_kind)
    if isinstance(l2_regularizer, tf.Tensor) or l2_regularizer != 0:
        sizes = tf.shape(matrix)
        batch_shape, small = sizes[:-2], sizes[-1 if first_kind else -2]
        identity = tf.eye(small, batch_shape=batch_shape, dtype=matrix.dtype)
        size = matrix.shape[-1 if first_kind else -2]
        identity.set_shape(matrix.shape[:-2].concatenate([size, size]))
        product += l2_regularizer * identity
    return cholesky(product)


def _overdetermined(matrix: Any, rhs: Any, l2_regularizer: Any) -> Any:
    factor = _regularized_cholesky(matrix, l2_regularizer, True)
    return cholesky_solve(factor, tf.matmul(matrix, rhs, adjoint_a=True))


def _underdetermined(matrix: Any, rhs: Any, l2_regularizer: Any) -> Any:
    factor = _regularized_cholesky(matrix, l2_regularizer, False)
    return tf.matmul(matrix, cholesky_solve(factor, rhs), adjoint_a=True)


def _is_composed(matrix: Any, fast: bool) -> bool:
    if fast is False:
        return False
    if not matrix.shape.is_fully_defined():
        return True
    sizes = matrix.shape.as_list()
    in_cache = int(np.prod(sizes)) * matrix.dtype.size <= _CACHE_BYTES
    return in_cache or int(np.prod(sizes[:-2])) <= min(sizes[-2:])


def matrix_solve_ls(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True,
                    name: str | None = None) -> Any:
    """x that makes |matrix x - rhs|^2 + l2_regularizer |x|^2 smallest.

    Args:
      matrix: [..., m, n].
      rhs: [..., m, k].
      l2_regularizer: a number or a scalar.
      fast: by the normal equations; otherwise by an orthogonal decomposition, which also takes
        matrices of less than full rank, but no regularizer and no gradients.
      name: of the operations' scope.

    Returns:
      [..., n, k].

    Raises:
      NotImplementedError: complex128 with a regularizer.
    """
    matrix = tf.convert_to_tensor(matrix, name="matrix")
    if matrix.dtype == tf.complex128 and l2_regularizer != 0:
        raise NotImplementedError("matrix_solve_ls is currently disabled for complex128 and "
                                  "l2_regularizer != 0 due to poor accuracy.")
    if not _is_composed(matrix, fast):
        return raw.output("MatrixSolveLs", [matrix, rhs, l2_regularizer], name, fast=fast)
    with tf.name_scope(name, "matrix_solve_ls", [matrix, rhs, l2_regularizer]):
        shape = matrix.shape[-2:]
        if shape.is_fully_defined():
            solve = _overdetermined if shape[-2] >= shape[-1] else _underdetermined
            return solve(matrix, rhs, l2_regularizer)
        sizes = tf.shape(matrix)[-2:]
        return tf.cond(sizes[-2] >= sizes[-1],
                       lambda: _overdetermined(matrix, rhs, l2_regularizer),
                       lambda: _underdetermined(matrix, rhs, l2_regularizer))


def matvec(a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False,
           a_is_sparse: bool = False, b_is_sparse: bool = False, name: str | None = None) -> Any:
    """Products of matrices [..., m, n] with vectors [..., n].

    Args:
      a: the matrices.
      b: the vectors.
      transpose_a: multiply with the transposed matrices.
      adjoint_a: multiply with their adjoints.
      a_is_sparse: not used.
      b_is_sparse: not used.
      name: of the operations' scope.

    Returns:
      [..., m].
    """
    del a_is_sparse, b_is_sparse
    with tf.name_scope(name, "MatVec", [a, b]):
        product = tf.matmul(a, tf.expand_dims(b, axis=-1), transpose_a=transpose_a,
                            adjoint_a=adjoint_a)
        return tf.squeeze(product, axis=-1)
