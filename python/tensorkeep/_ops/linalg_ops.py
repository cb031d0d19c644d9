"""Matrices and tensors as linear algebra has them: tensordot, norm, eye, trace, diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = [
    "adjoint", "eye", "matrix_diag", "matrix_diag_part", "matrix_inverse", "matrix_set_diag",
    "matrix_transpose", "norm", "normalize", "tensordot", "trace",
]


def matrix_diag(diagonal: Any, name: str | None = "diag") -> Any:
    """[..., n] as matrices [..., n, n] with it on the diagonal."""
    return raw.output("MatrixDiag", [diagonal], name)


def matrix_diag_part(input: Any, name: str | None = "diag_part") -> Any:
    """The diagonals of matrices [..., m, n]: [..., min(m, n)]."""
    return raw.output("MatrixDiagPart", [input], name)


def matrix_inverse(input: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """The inverses of square matrices [..., n, n], or those of their adjoints."""
    return raw.output("MatrixInverse", [input], name, adjoint=adjoint)


def matrix_set_diag(input: Any, diagonal: Any, name: str | None = "set_diag") -> Any:
    """The matrices [..., m, n] with `diagonal` [..., min(m, n)] instead of their own."""
    return raw.output("MatrixSetDiag", [input, diagonal], name)


def matrix_transpose(a: Any, name: str | None = "matrix_transpose",
                     conjugate: bool = False) -> Any:
    """The matrices [..., m, n] as [..., n, m]; `conjugate` conjugates complex numbers, too."""
    with tf.name_scope(name, values=[a]):
        a = tf.convert_to_tensor(a, name="a")
        rank = a.shape.ndims
        if rank is None:
            dynamic = tf.rank(a)
            leading = raw.output("Range", [0, dynamic - 2, 1])
            order = tf.concat((leading, [dynamic - 1, dynamic - 2]), 0)
        elif rank < 2:
            raise ValueError("Argument `a` should be a (batch) matrix with rank >= 2.  Received "
                             f"`a` = {a} with shape: {a.shape}")
        else:
            order = [*range(rank - 2), rank - 1, rank - 2]
        transposed = tf.transpose(a, perm=order)
        return tf.conj(transposed) if conjugate and a.dtype.is_complex else transposed


def adjoint(matrix: Any, name: str | None = None) -> Any:
    """The matrices [..., m, n], transposed and conjugated."""
    with tf.name_scope(name, "adjoint", [matrix]):
        matrix = tf.convert_to_tensor(matrix, name="matrix")
        return matrix_transpose(matrix, conjugate=True)


def trace(x: Any, name: str | None = None) -> Any:
    """The sums of the diagonals of matrices [..., m, n]: [...]."""
    with tf.name_scope(name, "Trace", [x]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        return tf.reduce_sum(matrix_diag_part(x), [-1], name=scope)


def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = None,
        name: str | None = None) -> Any:
    """Matrices of ones on the diagonal and zeros elsewhere.

    Args:
      num_rows: a number or an int32 scalar.
      num_columns: the same; `num_rows` if there is none.
      batch_shape: of the leading dimensions; a list or an int32 vector.
      dtype: float32.
      name: of the operations' scope.

    Returns:
      A tensor of shape batch_shape + [num_rows, num_columns].
    """
    dtype = tf.float32 if dtype is None else dtype
    with tf.name_scope(name, default_name="eye", values=[num_rows, num_columns, batch_shape]):
        is_square = num_columns is None
        columns = num_rows if is_square else num_columns
        if isinstance(num_rows, tf.Tensor) or isinstance(columns, tf.Tensor):
            size = tf.minimum(num_rows, columns)
        else:
            if not all(isinstance(each, (int, np.integer)) for each in (num_rows, columns)):
                raise TypeError("Arguments `num_rows` and `num_columns` must be positive integer "
                                f"values. Received: num_rows={num_rows}, num_columns={columns}")
            is_square, size = num_rows == columns, min(num_rows, columns)
        batch = [] if batch_shape is None else batch_shape
        if isinstance(batch, tf.Tensor) or isinstance(size, tf.Tensor):
            batch = tf.convert_to_tensor(batch, name="shape", dtype=tf.int32)
            diagonal_shape = tf.concat((batch, [size]), axis=0)
            shape = None if is_square else tf.concat((batch, [num_rows, columns]), axis=0)
        else:
            diagonal_shape = [*batch, size]
            shape = [*batch, num_rows, columns]
        ones = tf.ones(diagonal_shape, dtype=dtype)
        if is_square:
            return matrix_diag(ones)
        return matrix_set_diag(tf.zeros(shape, dtype=dtype), ones)


def _check_norm(order: Any, axis: Any) -> bool:
    """Whether it is one of matrices. Raises ValueError for an order or axes that are none."""
    if isinstance(axis, (tuple, list)) and len(axis) == 2:
        if not all(isinstance(each, int) for each in axis) or axis[0] == axis[1]:
            raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers, "
                             f"got {tuple(axis)}")
        supported: list[Any] = ["euclidean", "fro", 1, 2, np.inf]
        if order not in supported:
            raise ValueError(f"'ord' must be a supported matrix norm in {supported}, got {order}")
        return True
    if axis is not None and not isinstance(axis, int):
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers, got "
                         f"{axis}")
    if isinstance(order, str) and order != "euclidean" or not isinstance(order, str) and order <= 0:
        raise ValueError(f"'ord' must be a supported vector norm, got {order}")
    return False


def _spectral_norm(tensor: Any, axes: tuple[int, int]) -> Any:
    """The largest singular values; `axes` stay, of size 1."""
    rank = tf.rank(tensor)
    positive = tf.map_fn(lambda i: tf.cond(i >= 0, lambda: i, lambda: i + rank),
                         tf.convert_to_tensor(axes))
    all_axes = tf.range(rank)
    others = raw.operation("ListDiff", [all_axes, positive], out_idx=tf.int32).outputs[0]
    order = tf.concat([others, positive], axis=0)
    back = tf.map_fn(
        lambda i: tf.cast(tf.squeeze(tf.where_v2(tf.equal(order, i))), dtype=tf.int32), all_axes)
    matrices = tf.transpose(tensor, perm=order)
    values = raw.operation("Svd", [matrices], compute_uv=False).outputs[0]
    largest = tf.expand_dims(tf.reduce_max(tf.abs(values), axis=-1, keepdims=True), axis=-1)
    return tf.transpose(largest, perm=back)


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool | None = None,
         name: str | None = None, keep_dims: bool | None = None) -> Any:
    """The norm of vectors or matrices.

    Args:
      tensor: real or complex.
      ord: "euclidean" (or "fro" of matrices), 1, 2, numpy.inf, or of vectors any number above 0.
        Of matrices 2 is the largest singular value.
      axis: None for one vector of all elements, a dimension for vectors along it, a pair of
        dimensions for matrices.
      keepdims: whether these stay, of size 1; `keep_dims` is its older name.
      name: of the operations' scope.

    Raises:
      ValueError: there is no such norm.
    """
    keepdims = bool(windows.renamed("keepdims", keepdims, "keep_dims", keep_dims))
    of_matrices = _check_norm(ord, axis)
    axes: Any = None if axis is None else tuple(axis) if of_matrices else (axis,)
    with tf.name_scope(name, "norm", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        if of_matrices and ord == 2:
            result = _spectral_norm(tensor, axes)
        elif ord in ("fro", "euclidean", 2):
            result = tf.sqrt(tf.reduce_sum(tensor * tf.conj(tensor), axes, keepdims=True))
        else:
            result = tf.abs(tensor)
            if ord == 1:
                result = tf.reduce_sum(result, axes and axes[0], keepdims=True)
                if of_matrices:
                    result = tf.reduce_max(result, axes[1], keepdims=True)
            elif ord == np.inf:
                if of_matrices:
                    result = tf.reduce_sum(result, axes[1], keepdims=True)
                result = tf.reduce_max(result, axes and axes[0], keepdims=True)
            else:
                total = tf.reduce_sum(tf.pow(result, ord), axes, keepdims=True)
                result = tf.pow(total, 1.0 / ord)
        return result if keepdims else tf.squeeze(result, axes)


def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None,
              name: str | None = None) -> tuple[Any, Any]:
    """`tensor` divided by its norms, and these; the arguments are those of `norm`."""
    with tf.name_scope(name, "normalize", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        norms = tf.cast(norm(tensor, ord, axis, keepdims=True), tensor.dtype)
        return tensor / norms, norms


def _contracted(a: Any, axes: Any) -> tuple[Any, Any]:
    """The dimensions of both tensors that go, from what `axes` may be."""
    if isinstance(axes, (int, np.integer)):
        if axes < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        rank = a.shape.ndims
        if rank is None:
            dynamic = tf.rank(a)
            return (tf.range(dynamic - axes, dynamic, dtype=tf.int32),
                    tf.range(axes, dtype=tf.int32))
        if axes > rank:
            raise ValueError("`axes` must not be larger than the number of dimensions of tensor "
                             f"{a}.  Received {axes}, vs tensor dimensions {rank}.")
        return list(range(rank - axes, rank)), list(range(axes))
    if not isinstance(axes, (list, tuple)):
        axes = tf.convert_to_tensor(axes, name="axes", dtype=tf.int32)
        return axes[0], axes[1]
    if len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    of_a, of_b = ([each] if isinstance(each, (int, np.integer)) else each for each in axes)
    if len(of_a) != len(of_b):
        raise ValueError("Different number of contraction axes `a` and `b`, "
                         f"{len(of_a)} != {len(of_b)}.")
    return of_a, of_b


def _as_matrix(a: Any, axes: Any, flipped: bool) -> tuple[Any, Any, list[int | None] | None]:
    """`a` with the dimensions `axes` as columns, or as rows if `flipped`.

    Returns:
      The matrix, the rest's sizes as a list or a vector, and what the graph knows of them.
    """
    rank = a.shape.ndims
    if rank is not None and isinstance(axes, (list, tuple)):
        axes = [axis + rank if axis < 0 else axis for axis in axes]
        free = [i for i in range(rank) if i not in axes]
        sizes = a.shape.as_list()
        known: Any = [sizes[i] for i in free]
        if None not in sizes:
            order = [*axes, *free] if flipped else [*free, *axes]
            rows, columns = (int(np.prod([sizes[i] for i in part])) for part in (free, axes))
            shape = [columns, rows] if flipped else [rows, columns]
            if order != list(range(rank)):
                a = tf.transpose(a, order)
            return (a if a.shape.as_list() == shape else tf.reshape(a, shape)), known, known
        axes = tf.convert_to_tensor(axes, dtype=tf.int32, name="axes")
        free = tf.convert_to_tensor(free, dtype=tf.int32, name="free")
        shape_of_a = tf.shape(a)
    else:
        known = None
        shape_of_a = tf.shape(a)
        dynamic = tf.rank(a)
        axes = tf.convert_to_tensor(axes, dtype=tf.int32, name="axes")
        axes = tf.where(axes >= 0, axes, axes + dynamic)
        free = raw.operation("ListDiff", [tf.range(dynamic), axes], out_idx=tf.int32).outputs[0]
    free_sizes, summed_sizes = tf.gather(shape_of_a, free), tf.gather(shape_of_a, axes)
    rows, columns = tf.reduce_prod(free_sizes), tf.reduce_prod(summed_sizes)
    order = tf.concat([axes, free] if flipped else [free, axes], 0)
    shape = tf.stack([columns, rows] if flipped else [rows, columns])
    return tf.reshape(tf.transpose(a, order), shape), free_sizes, known


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """The sum of products along dimensions of `a` and `b`, which are then gone.

    Args:
      a: a tensor.
      b: a tensor of the same type.
      axes: n for the last n of `a` and the first n of `b`, or a pair of lists: which of `a`, which
        of `b`.
      name: of the operations' scope.

    Returns:
      A tensor of the dimensions of `a` that are left, and then those of `b`.

    Raises:
      ValueError: the lists differ in length, or do not fit.
    """
    with tf.name_scope(name, "Tensordot", [a, b, axes]) as scope:
        a = tf.convert_to_tensor(a, name="a")
        b = tf.convert_to_tensor(b, name="b")
        of_a, of_b = _contracted(a, axes)
        left, left_sizes, left_known = _as_matrix(a, of_a, False)
        right, right_sizes, right_known = _as_matrix(b, of_b, True)
        product = tf.matmul(left, right)
        if isinstance(left_sizes, list) and isinstance(right_sizes, list):
            sizes = left_sizes + right_sizes
            if product.shape.is_fully_defined() and product.shape.as_list() == sizes:
                return product
            return tf.reshape(product, sizes, name=scope)
        left_sizes = tf.convert_to_tensor(left_sizes, dtype=tf.int32)
        right_sizes = tf.convert_to_tensor(right_sizes, dtype=tf.int32)
        result = tf.reshape(product, tf.concat([left_sizes, right_sizes], 0), name=scope)
        if left_known is not None and right_known is not None:
            result.set_shape(left_known + right_known)
        return result
