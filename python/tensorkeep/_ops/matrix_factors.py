"""Eigenvalues, singular values and QR factors of matrices, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import op_functions, raw

__all__ = ["matrix_rank", "pinv", "qr", "self_adjoint_eig", "self_adjoint_eigvals", "svd"]


def self_adjoint_eig(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues and eigenvectors of self-adjoint matrices [..., n, n].

    Only the lower triangles are read.

    Returns:
      (e, v): [..., n], rising, and [..., n, n] with the vectors as columns.
    """
    operation = raw.operation("SelfAdjointEigV2", [tensor], name, compute_v=True)
    return operation.outputs[0], operation.outputs[1]


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues [..., n] of self-adjoint matrices [..., n, n], rising."""
    return raw.operation("SelfAdjointEigV2", [tensor], name, compute_v=False).outputs[0]


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True,
        name: str | None = None) -> Any:
    """The singular values of matrices [..., m, n], and the vectors that belong to them.

    Args:
      tensor: the matrices.
      full_matrices: square matrices of vectors; else only those of singular values.
      compute_uv: with the vectors.
      name: of the operation.

    Returns:
      (s, u, v): [..., min(m, n)], falling, and the vectors as columns of [..., m, min(m, n)] and
      [..., n, min(m, n)], or [..., m, m] and [..., n, n]; only s without `compute_uv`.
    """
    s, u, v = raw.operation("Svd", [tensor], name, compute_uv=compute_uv,
                            full_matrices=full_matrices).outputs
    return (tf.real(s), u, v) if compute_uv else tf.real(s)


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """Matrices [..., m, n] as products of orthogonal and upper triangular ones.

    Args:
      input: the matrices.
      full_matrices: square orthogonal matrices.
      name: of the operation.

    Returns:
      A named tuple (q, r): [..., m, p] and [..., p, n], where p is min(m, n), or m for full ones.
    """
    return op_functions.function("qr", by_place=True)(input, full_matrices, name)


def _checked(a: Any, validate_args: bool) -> Any:
    """`a`, which is to be of floating point matrices; raises TypeError or ValueError if not."""
    if not a.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {a.dtype.name}).")
    message = "Input `a` must have at least 2 dimensions"
    if a.shape.ndims is not None:
        if a.shape.ndims < 2:
            raise ValueError(f"{message} (saw: {a.shape.ndims}).")
    elif validate_args:
        with tf.control_dependencies([tf.assert_rank_at_least(a, rank=2, message=f"{message}.")]):
            return tf.identity(a)
    return a


def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False,
                name: str | None = None) -> Any:
    """The number of singular values of matrices [..., m, n] above `tol`: int32 [...].

    Args:
      a: the matrices.
      tol: max(m, n) times the largest singular value times the type's epsilon.
      validate_args: check the rank when it is run, where the graph does not know it.
      name: of the operations' scope.
    """
    with tf.name_scope(name or "matrix_rank"):
        a = _checked(tf.convert_to_tensor(a, preferred_dtype=tf.float32, name="a"), validate_args)
        values = svd(a, compute_uv=False)
        if tol is None:
            if a.shape[-2:].is_fully_defined():
                largest: Any = np.max(a.shape[-2:].as_list())
            else:
                largest = tf.reduce_max(tf.shape(a)[-2:])
            epsilon = np.finfo(a.dtype.as_numpy_dtype).eps
            tol = epsilon * tf.cast(largest, a.dtype) * tf.reduce_max(values, axis=-1,
                                                                      keepdims=True)
        return tf.reduce_sum(tf.cast(values > tol, tf.int32), axis=-1)


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """Moore and Penrose's inverses [..., n, m] of matrices [..., m, n].

    Args:
      a: the matrices.
      rcond: singular values below this part of the largest count as zero; 10 max(m, n) times the
        type's epsilon.
      validate_args: check the rank when it is run, where the graph does not know it.
      name: of the operations' scope.
    """
    with tf.name_scope(name or "pinv"):
        a = _checked(tf.convert_to_tensor(a, name="a"), validate_args)
        dtype = a.dtype.as_numpy_dtype
        if rcond is None:
            known = [None, None] if a.shape.ndims is None else a.shape.as_list()[-2:]
            rows, columns = (tf.shape(a)[at] if size is None else size
                             for at, size in zip((-2, -1), known))
            if isinstance(rows, int) and isinstance(columns, int):
                largest: Any = float(max(rows, columns))
            else:
                largest = tf.cast(tf.maximum(rows, columns), dtype)
            rcond = 10.0 * largest * np.finfo(dtype).eps
        rcond = tf.convert_to_tensor(rcond, dtype=dtype, name="rcond")
        values, left, right = svd(a)
        cutoff = rcond * tf.reduce_max(values, axis=-1)
        values = tf.where_v2(values > tf.expand_dims(cutoff, -1), values, np.array(np.inf, dtype))
        inverse = tf.matmul(right / tf.expand_dims(values, -2), left, adjoint_b=True)
        if a.shape.ndims is not None:
            inverse.set_shape(a.shape[:-2].concatenate([a.shape[-1], a.shape[-2]]))
        return inverse
