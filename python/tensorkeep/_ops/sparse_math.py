"""Arithmetic of sparse tensors: sums, products, reductions."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._framework.sparse_tensor import SparseTensor, as_sparse_tensor, is_sparse
from tensorkeep._ops import raw, windows
from tensorkeep._ops.sparse_ops import parts

__all__ = [
    "sparse_add", "sparse_maximum", "sparse_minimum", "sparse_reduce_max",
    "sparse_reduce_max_sparse", "sparse_reduce_sum", "sparse_reduce_sum_sparse", "sparse_softmax",
    "sparse_tensor_dense_matmul",
]


def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """The sum of two SparseTensors, or of a SparseTensor and a tensor.

    Args:
      a, b: of one shape; at least one is a SparseTensor.
      threshold: a sum nearer to 0 is left out, if both are sparse; 0.
      thresh: an older name of it.

    Returns:
      A SparseTensor if both are, else a tensor.

    Raises:
      TypeError: none is a SparseTensor.
    """
    threshold = windows.renamed("threshold", threshold, "thresh", thresh)
    if not is_sparse(a) and not is_sparse(b):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not (is_sparse(a) and is_sparse(b)):
        if is_sparse(b):
            a, b = b, a
        return raw.output("SparseTensorDenseAdd", [*parts(a), b])
    a, b = as_sparse_tensor(a), as_sparse_tensor(b)
    threshold = tf.convert_to_tensor(0 if threshold is None else threshold,
                                     dtype=a.values.dtype.real_dtype.base_dtype, name="threshold")
    indices, values, shape = raw.operation(
        "SparseAdd", [*parts(a), *parts(b), threshold]).outputs
    a.shape.assert_is_compatible_with(b.shape)
    known = tf.broadcast_static_shape(a.shape, b.shape)
    return SparseTensor(indices, values, known.as_list() if known.is_fully_defined() else shape)


def sparse_tensor_dense_matmul(sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False,
                               name: str | None = None) -> Any:
    """The product of a sparse and a dense matrix, or of a dense and a sparse one.

    Args:
      sp_a: a SparseTensor of rank 2, or a matrix if `b` is sparse.
      b: a matrix.
      adjoint_a, adjoint_b: whether a side is transposed and conjugated first.
      name: of the operation.

    Returns:
      A matrix.
    """
    if is_sparse(b):
        same = adjoint_a == adjoint_b
        return tf.transpose(sparse_tensor_dense_matmul(b, sp_a, adjoint_a != same,
                                                       adjoint_b != same))
    sp_a = as_sparse_tensor(sp_a)
    with tf.name_scope(name, "SparseTensorDenseMatMul", [sp_a.indices, sp_a.values, b]):
        b = tf.convert_to_tensor(b, name="b")
        return raw.output("SparseTensorDenseMatMul", [*parts(sp_a), b], adjoint_a=adjoint_a,
                          adjoint_b=adjoint_b)


def _axes(sp_input: Any, axis: Any) -> Any:
    if axis is not None:
        return axis
    if sp_input.shape.ndims:
        return tf.constant(list(range(sp_input.shape.ndims)), dtype=tf.int32)
    return tf.range(0, tf.rank(sp_input))


def _reduced(op_type: str, sp_input: Any, axis: Any, keepdims: bool | None, reduction_axes: Any,
             keep_dims: bool | None) -> list[Any]:
    keepdims = windows.renamed("keepdims", keepdims, "keep_dims", keep_dims)
    axis = windows.renamed("axis", axis, "reduction_axes", reduction_axes)
    return raw.operation(op_type, [*parts(sp_input), _axes(sp_input, axis)],
                         keep_dims=bool(keepdims)).outputs


def sparse_reduce_sum(sp_input: Any, axis: Any = None, keepdims: bool | None = None,
                      reduction_axes: Any = None, keep_dims: bool | None = None) -> Any:
    """The sum along axes, a tensor.

    Args:
      sp_input: a SparseTensor.
      axis: a number or a list of them, all without.
      keepdims: whether these dimensions stay, of size 1.
      reduction_axes, keep_dims: older names of the two.
    """
    return _reduced("SparseReduceSum", sp_input, axis, keepdims, reduction_axes, keep_dims)[0]


def sparse_reduce_sum_sparse(sp_input: Any, axis: Any = None, keepdims: bool | None = None,
                             reduction_axes: Any = None,
                             keep_dims: bool | None = None) -> SparseTensor:
    """As `sparse_reduce_sum`, but a SparseTensor."""
    return SparseTensor(*_reduced("SparseReduceSumSparse", sp_input, axis, keepdims,
                                  reduction_axes, keep_dims))


def sparse_reduce_max(sp_input: Any, axis: Any = None, keepdims: bool | None = None,
                      reduction_axes: Any = None, keep_dims: bool | None = None) -> Any:
    """The largest of the elements that are given, 0 where there is none; as `sparse_reduce_sum`."""
    return _reduced("SparseReduceMax", sp_input, axis, keepdims, reduction_axes, keep_dims)[0]


def sparse_reduce_max_sparse(sp_input: Any, axis: Any = None, keepdims: bool | None = None,
                             reduction_axes: Any = None,
                             keep_dims: bool | None = None) -> SparseTensor:
    """As `sparse_reduce_max`, but a SparseTensor."""
    return SparseTensor(*_reduced("SparseReduceMaxSparse", sp_input, axis, keepdims,
                                  reduction_axes, keep_dims))


def sparse_softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The softmax of the given elements of each row, along the last dimension."""
    with tf.name_scope(name, "SparseSoftmax", [sp_input.indices, sp_input.values]):
        values = raw.output("SparseSoftmax", parts(sp_input))
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)


def _extremes(op_type: str, sp_a: Any, sp_b: Any, name: str | None) -> SparseTensor:
    with tf.name_scope(name, op_type,
                       [sp_a.indices, sp_a.values, sp_b.indices, sp_b.values]) as scope:
        indices, values = raw.operation(op_type, [*parts(sp_a), *parts(sp_b)], scope).outputs
    return SparseTensor(indices, values, sp_a.dense_shape)


def sparse_maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The larger of two SparseTensors of one shape, place by place; what is missing is 0."""
    return _extremes("SparseSparseMaximum", sp_a, sp_b, name)


def sparse_minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The smaller of two SparseTensors; as `sparse_maximum`."""
    return _extremes("SparseSparseMinimum", sp_a, sp_b, name)
