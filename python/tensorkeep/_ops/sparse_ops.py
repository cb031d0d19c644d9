"""Tensors given by the places of their elements: made, made dense, reordered and merged."""

from __future__ import annotations

import collections.abc
import numbers
from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._framework import sparse_tensor, tensor_util
from tensorkeep._framework.sparse_tensor import SparseTensor, as_sparse_tensor
from tensorkeep._ops import raw

__all__ = [
    "from_dense", "sparse_eye", "sparse_fill_empty_rows", "sparse_mask", "sparse_merge",
    "sparse_placeholder", "sparse_reorder", "sparse_retain", "sparse_tensor_to_dense",
    "sparse_to_dense", "sparse_to_indicator",
]


def parts(sparse: Any) -> list[Any]:
    """The three tensors, in the order of the operations' arguments."""
    return [sparse.indices, sparse.values, sparse.dense_shape]


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A SparseTensor that is fed: with a SparseTensorValue, or (indices, values, dense_shape).

    Args:
      dtype: of the elements.
      shape: of the whole, with None for what is not known; a tensor, too.
      name: its tensors are called name/shape, name/values and name/indices.
    """
    rank = None
    if shape is None:
        dense_shape = tf.placeholder(tf.int64, [None], name=name and f"{name}/shape")
        known = tensor_util.constant_value_as_shape(dense_shape)
    else:
        if isinstance(shape, tf.Tensor):
            rank = shape.shape[0]
            known = tensor_util.constant_value_as_shape(shape)
        else:
            dims = [tf.dimension_value(dim) for dim in shape]
            rank = len(dims)
            known = tf.TensorShape([None if dim == -1 else dim for dim in dims])
            shape = tf.convert_to_tensor([-1 if dim is None else dim for dim in dims],
                                         dtype=tf.int64, name=name and f"{name}/shape_default")
        dense_shape = tf.placeholder_with_default(shape, shape.shape,
                                                  name=name and f"{name}/shape")
    values = tf.placeholder(dtype, [None], name=name and f"{name}/values")
    indices = tf.placeholder(tf.int64, [None, rank], name=name and f"{name}/indices")
    result = SparseTensor(indices, values, dense_shape)
    result.set_shape(known)
    return result


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The elements of a tensor that are not 0."""
    with tf.name_scope(name, "dense_to_sparse"):
        tensor = tf.convert_to_tensor(tensor)
        indices = tf.where_v2(tf.not_equal(tensor, tf.zeros_like(tensor)))
        values = tf.gather_nd(tensor, indices)
        return SparseTensor(indices, values, tf.shape(tensor, out_type=tf.int64))


def _int64(value: Any, name: str) -> Any:
    if isinstance(value, numbers.Integral):
        return tf.convert_to_tensor(value, name=name, dtype=tf.int64)
    if not isinstance(value, tf.Tensor):
        raise TypeError(f"{name} must be an integer value")
    return value if value.dtype == tf.int64 else tf.cast(value, tf.int64)


def sparse_eye(num_rows: Any, num_columns: Any = None, dtype: Any = None,
               name: str | None = None) -> SparseTensor:
    """A matrix of ones on the diagonal; of `num_rows` columns if nothing else is said."""
    with tf.name_scope(name, "eye", [num_rows, num_columns]):
        rows = _int64(num_rows, "num_rows")
        columns = rows if num_columns is None else _int64(num_columns, "num_columns")
        size = tf.minimum(rows, columns)
        places = tf.range(size, dtype=tf.int64)
        return SparseTensor(tf.stack([places, places], axis=1),
                            tf.ones(size, dtype=dtype or tf.float32), [rows, columns])


def sparse_to_dense(sparse_indices: Any, output_shape: Any, sparse_values: Any,
                    default_value: Any = 0, validate_indices: bool = True,
                    name: str | None = None) -> Any:
    """A tensor of one value everywhere but at some places.

    Args:
      sparse_indices: int32 or int64, [n, rank]; [n] for a vector, a scalar for one place in it.
      output_shape: a vector of the same type.
      sparse_values: [n], or one value for all places.
      default_value: what is everywhere else.
      validate_indices: whether places that are named twice or out of order are errors.
      name: of the operation.
    """
    return raw.output("SparseToDense", [sparse_indices, output_shape, sparse_values, default_value],
                      name, validate_indices=validate_indices)


def sparse_tensor_to_dense(sp_input: Any, default_value: Any = None, validate_indices: bool = True,
                           name: str | None = None) -> Any:
    """A SparseTensor as a tensor.

    Args:
      sp_input: a SparseTensor.
      default_value: what is where it has no element; 0, or "".
      validate_indices: whether places that are named twice or out of order are errors.
      name: of the operation.
    """
    sp_input = as_sparse_tensor(sp_input)
    if default_value is None:
        default_value = tf.zeros([], dtype=sp_input.dtype)
    return sparse_to_dense(sp_input.indices, sp_input.dense_shape, sp_input.values, default_value,
                           validate_indices, name)


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The elements in the order of their places."""
    sp_input = as_sparse_tensor(sp_input)
    indices, values = raw.operation("SparseReorder", parts(sp_input), name).outputs
    if sp_input.shape.is_fully_defined():
        return SparseTensor(indices, values, sp_input.shape.as_list())
    result = SparseTensor(indices, values, tf.identity(sp_input.dense_shape))
    result.set_shape(sp_input.shape)
    return result


def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """The elements for which `to_retain` [n] is true."""
    sp_input = as_sparse_tensor(sp_input)
    to_retain = tf.convert_to_tensor(to_retain)
    to_retain.shape.assert_has_rank(1)
    if sp_input.values.shape.dims is not None:
        sp_input.values.shape.dims[0].assert_is_compatible_with(to_retain.shape.dims[0])
    chosen = tf.reshape(tf.where_v2(to_retain), [-1])
    return SparseTensor(tf.gather(sp_input.indices, chosen), tf.gather(sp_input.values, chosen),
                        tf.identity(sp_input.dense_shape))


def sparse_fill_empty_rows(sp_input: Any, default_value: Any,
                           name: str | None = None) -> tuple[SparseTensor, Any]:
    """Gives every row without an element one in its first column.

    Args:
      sp_input: a SparseTensor [rows, ...].
      default_value: the new elements' value.
      name: of the operations' scope.

    Returns:
      (the SparseTensor, whose rows are in order; a bool [rows] that is true where there was none).
    """
    sp_input = as_sparse_tensor(sp_input)
    with tf.name_scope(name, "SparseFillEmptyRows", parts(sp_input)):
        default_value = tf.convert_to_tensor(default_value, dtype=sp_input.values.dtype)
        indices, values, is_empty, _ = raw.operation(
            "SparseFillEmptyRows", [*parts(sp_input), default_value]).outputs
        return SparseTensor(indices, values, sp_input.dense_shape), is_empty


def sparse_mask(a: Any, mask_indices: Any, name: str | None = None) -> Any:
    """IndexedSlices without the rows that `mask_indices` names."""
    with tf.name_scope(name, "sparse_mask", [a, mask_indices]) as scope:
        indices, which = raw.operation("ListDiff", [a.indices, mask_indices]).outputs
        return tf.IndexedSlices(tf.gather(a.values, which, name=scope), indices, a.dense_shape)


def _is_size(value: Any) -> bool:
    return isinstance(value, (tf.Tensor, numbers.Integral))


def _ids_and_sizes(sp_ids: Any, vocab_size: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    if sparse_tensor.is_sparse(sp_ids):
        if not _is_size(vocab_size):
            raise TypeError("vocab_size has to be a Tensor or Python int. Found "
                            f"{type(vocab_size)}")
        return [sp_ids], [vocab_size]
    if not isinstance(sp_ids, collections.abc.Iterable):
        raise TypeError(f"sp_ids has to be a SparseTensor or list thereof. Found {type(sp_ids)}")
    if not isinstance(vocab_size, collections.abc.Iterable):
        raise TypeError("vocab_size has to be a list of Tensors or Python ints. Found "
                        f"{type(vocab_size)}")
    for each in vocab_size:
        if not _is_size(each):
            raise TypeError("vocab_size has to be a list of Tensors or Python ints. Found "
                            f"{type(each)}")
    if len(sp_ids) != len(vocab_size):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    return sp_ids, vocab_size


def sparse_merge(sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None,
                 already_sorted: bool = False) -> SparseTensor:
    """Values at the columns that ids name.

    Args:
      sp_ids: a SparseTensor of ids, whose last dimension does not count; or a list of them, each
        giving one coordinate.
      sp_values: a SparseTensor of values at the same places.
      vocab_size: how many ids there are; a list for a list.
      name: of the operations' scope.
      already_sorted: whether the places come out in order, so that they need not be sorted.

    Returns:
      A SparseTensor of the values, with the ids in place of the last coordinate.
    """
    sp_ids, sizes = _ids_and_sizes(sp_ids, vocab_size)
    with tf.name_scope(name, "SparseMerge"):
        sp_ids = [as_sparse_tensor(each) for each in sp_ids]
        sp_values = as_sparse_tensor(sp_values)
        ids = []
        for each in sp_ids:
            own = each.values if each.dtype == tf.int64 else tf.cast(each.values, tf.int64)
            ids.append(tf.expand_dims(own, axis=1))
        sizes = [tf.cast(each, tf.int64) for each in sizes]
        indices = tf.concat([sp_ids[0].indices[:, :-1], *ids], 1)
        shape = tf.concat([sp_ids[0].dense_shape[:-1], sizes], 0)
        result = SparseTensor(indices, sp_values.values, shape)
        if already_sorted:
            return result
        in_order = sparse_reorder(result)
        return SparseTensor(in_order.indices, in_order.values, shape)


def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Any:
    """Which ids each row has.

    Args:
      sp_input: a SparseTensor of ids [d0, ..., dn].
      vocab_size: how many ids there are.
      name: of the operations' scope.

    Returns:
      bool [d0, ..., dn-1, vocab_size].
    """
    sp_input = as_sparse_tensor(sp_input)
    with tf.name_scope(name, "SparseToIndicator", parts(sp_input)) as scope:
        count = tf.shape(sp_input.indices)[0]
        true = SparseTensor(sp_input.indices, tf.fill(tf.expand_dims(count, 0), True),
                            sp_input.dense_shape)
        merged = sparse_merge(sp_input, true, vocab_size, scope)
        return sparse_tensor_to_dense(merged, False, validate_indices=False, name=scope)
