"""Where numbers lie: in sorted rows, among intervals, in a tensor."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = ["histogram_fixed_width", "searchsorted", "unravel_index"]


def _shape_of(x: Any) -> Any:
    with tf.name_scope(None, "Shape", [x]) as scope:
        x = tf.convert_to_tensor(x)
        if x.shape.is_fully_defined():
            return tf.convert_to_tensor(x.shape)
        return raw.output("Shape", [x], scope, out_type=tf.int32)


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = None,
                 name: str | None = None) -> Any:
    """Where values would go in sorted rows.

    Args:
      sorted_sequence: [..., n], each row sorted.
      values: [..., m], of as many rows.
      side: before ("left") or behind ("right") equal elements.
      out_type: int32 or int64; int32.
      name: of the operation that searches.

    Returns:
      A tensor of `values`' shape: numbers from 0 to n.

    Raises:
      ValueError: for another `side`. Running it raises InvalidArgumentError for another number of
        rows.
    """
    size = _shape_of(sorted_sequence)[-1]
    count = _shape_of(values)[-1]
    rows = tf.reshape(sorted_sequence, [-1, size])
    sought = tf.reshape(values, [-1, count])
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = "
                         f"'{side}'.")
    found = raw.output("UpperBound" if side == "right" else "LowerBound", [rows, sought], name,
                       out_type=tf.as_dtype(out_type or tf.int32))
    return tf.reshape(found, _shape_of(values))


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    """The coordinates of elements that are counted through.

    Args:
      indices: int32 or int64, a scalar or [n].
      dims: the shape of what is counted through.
      name: of the operation.

    Returns:
      [rank], or [rank, n]. Running it raises InvalidArgumentError for a number out of range.
    """
    return raw.output("UnravelIndex", [indices, dims], name)


def histogram_fixed_width(values: Any, value_range: Any, nbins: Any = 100, dtype: Any = None,
                          name: str | None = None) -> Any:
    """How many values lie in each of equally wide intervals.

    Args:
      values: numbers, of any shape.
      value_range: [2], of the same type: where the intervals begin and end. What is outside counts
        in the first or last.
      nbins: how many intervals.
      dtype: int32 or int64; int32.
      name: of the operation's scope.

    Returns:
      [nbins]. Running it raises InvalidArgumentError for an empty range.
    """
    with tf.name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as scope:
        return raw.output("HistogramFixedWidth", [values, value_range, nbins], scope,
                          dtype=tf.as_dtype(dtype or tf.int32))
