"""The largest elements, and all of them in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import raw
from tensorkeep._ops.results import TopKV2

__all__ = ["argsort", "sort", "top_k"]


def top_k(input: Any, k: Any = 1, sorted: bool = True, index_type: Any = None,
          name: str | None = None) -> TopKV2:
    """The largest elements of every row, the largest first; among equals the first wins.

    Args:
      input: numbers [..., n].
      k: how many, at most n.
      sorted: whether they must be in order; here they always are.
      index_type: of the indices, int32.
      name: of the operation.

    Returns:
      (values, indices), both [..., k]; an index counts within its row.

    Raises:
      ValueError: the graph tells that `k` is negative or above n.
      InvalidArgumentError: the same, when it runs.
    """
    return TopKV2(*raw.operation("TopKV2", [input, k], name, sorted=sorted,
                                 index_type=tf.as_dtype(index_type or tf.int32)).outputs)


def _last_first(values: Any, axis: int) -> Any:
    """The permutation that swaps `axis` with the last one."""
    rank = values.shape.ndims
    if rank is None:
        raise tf.errors.UnimplementedError(
            None, None, "sorting along another axis than the last needs values of known rank")
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} is out of range for values of shape {values.shape}")
    order = np.arange(rank, dtype=np.int64)
    order[axis], order[-1] = order[-1], order[axis]
    return tf.constant(order, name="transposition")


def _descending(values: Any, axis: int, indices: bool) -> Any:
    k = tf.shape(values)[axis]
    tf.rank(values)
    order = None
    if axis not in (-1, (values.shape.ndims or 0) - 1):
        order = _last_first(values, axis)
        values = tf.transpose(values, order)
    result = top_k(values, k)[int(indices)]
    return result if order is None else tf.transpose(result, order)


def _ascending(values: Any, axis: int, indices: bool) -> Any:
    """By what is largest where the values are smallest, without overflow."""
    dtype = values.dtype
    if not dtype.is_integer:
        def mirrored(x: Any) -> Any:
            return -x
    elif dtype.is_unsigned:
        def mirrored(x: Any) -> Any:
            return dtype.max - x
    else:
        def mirrored(x: Any) -> Any:
            return -x - 1
    result = _descending(mirrored(values), axis, indices)
    return result if indices else mirrored(result)


def _in_order(values: Any, axis: Any, direction: str, indices: bool) -> Any:
    directions = {"ASCENDING": _ascending, "DESCENDING": _descending}
    if direction not in directions:
        raise ValueError(f"Argument `direction` should be one of {', '.join(directions)}. "
                         f"Received: direction={direction}")
    axis = tf.convert_to_tensor(axis, name="axis")
    known = tf.get_static_value(axis)
    if known is None or axis.shape.ndims != 0:
        raise ValueError(f"Argument `axis` must be a constant scalar. Received: axis={axis}.")
    values = tf.convert_to_tensor(values, name="values")
    return directions[direction](values, int(known), indices)


def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING",
         name: str | None = None) -> Any:
    """The elements in order along an axis.

    Args:
      values: numbers, no scalar.
      axis: along which they are sorted.
      direction: "ASCENDING" or "DESCENDING".
      name: of the operations' scope.

    Returns:
      A tensor of the shape and type of `values`.

    Raises:
      ValueError: `axis` is no constant, or there is no such direction.
    """
    with tf.name_scope(name or "sort"):
        return _in_order(values, axis, direction, indices=False)


def argsort(values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False,
            name: str | None = None) -> Any:
    """As `sort`, but gives int32 indices of the elements; equals stay in their order."""
    with tf.name_scope(name or "argsort"):
        return _in_order(values, axis, direction, indices=True)
