"""Sparse tensors cut, joined, transposed and given another shape."""

from __future__ import annotations

import math
import numbers
from typing import Any, Sequence

import numpy as np
import tensorkeep as tf
from tensorkeep import _core
from tensorkeep._framework import tensor_util
from tensorkeep._framework.sparse_tensor import SparseTensor, as_sparse_tensor
from tensorkeep._ops import check_ops, raw, sparse_ops, windows

__all__ = [
    "sparse_concat", "sparse_expand_dims", "sparse_reset_shape", "sparse_reshape", "sparse_slice",
    "sparse_split", "sparse_transpose",
]


def sparse_expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """With a new dimension of size 1 before dimension `axis`; behind the last without one."""
    rank = sp_input.dense_shape.shape[0].value
    if rank is None:
        rank = tf.shape(sp_input.dense_shape)[0]
    axis = -1 if axis is None else axis
    with tf.name_scope(name, "expand_dims", sparse_ops.parts(sp_input)):
        if isinstance(axis, numbers.Integral):
            axis = tf.convert_to_tensor(axis, name="axis", dtype=tf.int32)
        elif not isinstance(axis, tf.Tensor):
            raise TypeError("axis must be an integer value in range [-rank(sp_input) - 1, "
                            "rank(sp_input)]")
        axis = tf.where_v2(axis >= 0, axis, axis + rank + 1)
        column = tf.zeros([tf.shape(sp_input.indices)[0], 1], dtype=tf.int64)
        before = tf.slice(sp_input.indices, [0, 0], [-1, axis])
        after = tf.slice(sp_input.indices, [0, axis], [-1, -1])
        indices = tf.concat([before, column, after], axis=1)
        shape_before = tf.slice(sp_input.dense_shape, [0], [axis])
        shape_after = tf.slice(sp_input.dense_shape, [axis], [-1])
        one = tf.convert_to_tensor([1], name="new_shape", dtype=tf.int64)
        shape = tf.concat([shape_before, one, shape_after], axis=0)
        return SparseTensor(indices, sp_input.values, shape)


def _at_axis(shape: Any, largest: Any, axis: int) -> Any:
    """The largest dimensions with that of `shape` at the axis."""
    before = largest[:axis]
    if axis == -1:
        return tf.concat([before, shape[-1:], []], 0)
    own = shape[axis:axis + 1]
    return tf.concat([before, own, largest[axis + 1:]], 0)


def _joined_shape(shapes: Sequence[Any], axis: int, expand: bool) -> list[int | None]:
    if expand:
        dims = [max(tf.dimension_at_index(shape, dim) for shape in shapes)
                for dim in range(shapes[0].ndims)]
    else:
        dims = shapes[0].as_list()
    dims[axis] = sum(tf.dimension_at_index(shape, axis) for shape in shapes)
    return [tf.dimension_value(dim) for dim in dims]


def sparse_concat(axis: int, sp_inputs: Sequence[Any], name: str | None = None,
                  expand_nonconcat_dim: bool = False, concat_dim: int | None = None,
                  expand_nonconcat_dims: bool | None = None) -> SparseTensor:
    """SparseTensors one after the other along an axis.

    Args:
      axis: which dimension grows.
      sp_inputs: a list of SparseTensors, in order of their places.
      name: of the operation.
      expand_nonconcat_dim: whether the other dimensions may differ; they become the largest.
      concat_dim: an older name of `axis`.
      expand_nonconcat_dims: another name of `expand_nonconcat_dim`.

    Raises:
      TypeError: `sp_inputs` is no list of SparseTensors.
      InvalidArgumentError: when it runs, if dimensions differ.
    """
    expand = expand_nonconcat_dim if expand_nonconcat_dims is None else expand_nonconcat_dims
    axis = windows.renamed("axis", axis, "concat_dim", concat_dim)
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    inputs = [as_sparse_tensor(each) for each in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    shapes = [each.dense_shape for each in inputs]
    if expand:
        rows = tf.concat([tf.reshape(shape, [1, -1]) for shape in shapes], 0)
        largest = tf.reduce_max(rows, 0)
        shapes = [_at_axis(shape, largest, axis) for shape in shapes]
    indices, values, shape = raw.operation(
        "SparseConcat", [[each.indices for each in inputs], [each.values for each in inputs],
                         shapes], name, concat_dim=axis).outputs
    known = [each.shape for each in inputs]
    static = None
    if all(each.ndims is not None for each in known):
        static = _joined_shape(known, axis, expand)
    if all(each.is_fully_defined() for each in known):
        return SparseTensor(indices, values, tf.convert_to_tensor(static, dtype=tf.int64))
    result = SparseTensor(indices, values, shape)
    result.set_shape(tf.TensorShape(static))
    return result


def sparse_split(keyword_required: Any = None, sp_input: Any = None, num_split: int | None = None,
                 axis: Any = None, name: str | None = None,
                 split_dim: Any = None) -> list[SparseTensor]:
    """A SparseTensor in `num_split` parts along an axis, the first ones larger if it must be.

    Args:
      keyword_required: nothing; the others are given by name.
      sp_input: a SparseTensor.
      num_split: how many parts.
      axis: which dimension is cut.
      name: of the operation.
      split_dim: an older name of `axis`.

    Raises:
      ValueError: an argument is missing or not given by name.
    """
    if keyword_required is not None:
        raise ValueError("Keyword arguments are required for this function.")
    for given, argument in ((sp_input, "sp_input"), (num_split, "num_split"), (axis, "axis")):
        if given is None:
            raise ValueError(f"{argument} is required")
    axis = windows.renamed("axis", axis, "split_dim", split_dim)
    outputs = raw.operation("SparseSplit", [axis, *sparse_ops.parts(as_sparse_tensor(sp_input))],
                            name, num_split=num_split).outputs
    return [SparseTensor(*outputs[part::num_split]) for part in range(num_split)]


def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """The box of `size` elements from `start`, both int64 [rank]; what goes beyond is not there."""
    sp_input = as_sparse_tensor(sp_input)
    start = tf.convert_to_tensor(start, tf.int64)
    size = tf.convert_to_tensor(size, tf.int64)
    with tf.name_scope(name, "SparseSlice", sparse_ops.parts(sp_input)) as scope:
        return SparseTensor(*raw.operation(
            "SparseSlice", [*sparse_ops.parts(sp_input), start, size], scope).outputs)


def _known_new_shape(old: Any, shape: Any) -> list[int] | None:
    """What `shape` makes of the fully known shape `old`; None where it cannot be told.

    Raises:
      ValueError: there are several -1, or the numbers of elements differ.
    """
    known = tensor_util.constant_value_as_shape(shape)
    if known.ndims is None or not old.is_fully_defined():
        return None
    given = tf.get_static_value(shape)
    if given is not None and sum(dim == -1 for dim in given) > 1:
        raise ValueError(f"At most one dimension can be inferred (-1). Found: {given}")
    asked = known.as_list()
    dims = list(asked)
    count = math.prod(old.as_list())
    unknown = sum(dim is None for dim in dims)
    if unknown > 1 or unknown and 0 in dims:
        return None
    if unknown:
        dims[dims.index(None)] = count // math.prod(dim for dim in dims if dim is not None)
    if math.prod(dims) != count:
        raise ValueError(f"Cannot reshape a tensor with {count} elements to shape {asked} "
                         f"({math.prod(dims)} elements).")
    return dims


def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """The elements of a SparseTensor at the places of another shape, of which one may be -1.

    Raises:
      ValueError: the graph tells that the numbers of elements differ.
      InvalidArgumentError: the same, when it runs.
    """
    sp_input = as_sparse_tensor(sp_input)
    shape = tf.cast(shape, dtype=tf.int64)
    with tf.name_scope(name, "SparseReshape", sparse_ops.parts(sp_input)) as scope:
        indices, new_shape = raw.operation(
            "SparseReshape", [sp_input.indices, sp_input.dense_shape, shape], scope).outputs
        known = _known_new_shape(sp_input.shape, shape)
        if known is not None:
            new_shape = tf.constant(known, dtype=tf.int64)
        return SparseTensor(indices, tf.identity(sp_input.values), new_shape)


def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """The same elements in a larger shape, or in the smallest that holds them.

    Raises:
      ValueError: the graph tells that a dimension would be smaller.
      InvalidArgumentError: the same, when it runs.
    """
    sp_input = as_sparse_tensor(sp_input)
    indices = tf.identity(sp_input.indices)
    values = tf.identity(sp_input.values)
    old = tf.identity(sp_input.dense_shape)
    if new_shape is None:
        last = tf.reduce_max(indices, axis=0)
        smallest = tf.maximum(tf.constant(0, dtype=tf.int64), tf.add(last, tf.ones_like(old)))
        return SparseTensor(indices, values, smallest)
    shape = tf.convert_to_tensor(new_shape)
    shape.shape.assert_has_rank(1)
    shape = tf.cast(shape, tf.int64)
    shape.shape.dims[0].assert_is_compatible_with(old.shape.dims[0])
    known = tf.get_static_value(shape)
    if known is not None and sp_input.shape.is_fully_defined():
        before = np.array(sp_input.shape.as_list())
        if not np.all(before <= known):
            raise ValueError("Requested new_shape should have dimension sizes >= sp_input.shape.  "
                             f"Found new_shape ({before}), sp_input.shape ({known}).")
        return SparseTensor(indices, values, known)
    same_rank = check_ops.assert_equal(tf.shape(old), tf.shape(shape))
    shape = _core.with_dependencies([same_rank], shape)
    shape = _core.with_dependencies([check_ops.assert_less_equal(old, shape)], shape)
    return SparseTensor(indices, values, shape)


def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """With the dimensions in the order `perm`; turned around without one."""
    with tf.name_scope(name, "SparseTranspose", sparse_ops.parts(sp_input)):
        if perm is None and sp_input.shape.ndims is not None:
            perm = sp_input.shape.ndims - 1 - np.arange(0, sp_input.shape.ndims, 1)
        elif perm is None:
            rank = tf.rank(sp_input)
            perm = (rank - 1) - tf.range(0, rank, 1)
        columns = tf.gather(tf.transpose(sp_input.indices), perm)
        indices = tf.transpose(columns)
        known = tf.get_static_value(tf.convert_to_tensor(perm))
        if known is not None and sp_input.shape.is_fully_defined():
            old = sp_input.shape.as_list()
            shape = [old[axis] for axis in known]
        else:
            shape = tf.gather(sp_input.dense_shape, perm)
        return sparse_ops.sparse_reorder(SparseTensor(indices, sp_input.values, shape))
