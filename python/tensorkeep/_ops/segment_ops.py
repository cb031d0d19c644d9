"""Sums, means and the like of the rows that share a segment id."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = [
    "segment_max", "segment_mean", "segment_min", "segment_prod", "sparse_segment_mean",
    "sparse_segment_sqrt_n", "sparse_segment_sum", "unsorted_segment_max", "unsorted_segment_mean", "unsorted_segment_min",
    "unsorted_segment_prod", "unsorted_segment_sqrt_n",
]


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The largest of the rows of `data` [n, ...] of each id; `segment_ids` [n] is sorted."""
    return raw.output("SegmentMax", [data, segment_ids], name)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The mean of the rows of each id; the ids are sorted."""
    return raw.output("SegmentMean", [data, segment_ids], name)


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The smallest of the rows of each id; the ids are sorted."""
    return raw.output("SegmentMin", [data, segment_ids], name)


def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The product of the rows of each id; the ids are sorted."""
    return raw.output("SegmentProd", [data, segment_ids], name)


def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any,
                         name: str | None = None) -> Any:
    """The largest of the rows of each id below `num_segments`; negative ids are left out.

    Without a row it is the type's smallest number.
    """
    return raw.output("UnsortedSegmentMax", [data, segment_ids, num_segments], name)


def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any,
                         name: str | None = None) -> Any:
    """The smallest of the rows of each id; without a row the type's largest number."""
    return raw.output("UnsortedSegmentMin", [data, segment_ids, num_segments], name)


def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any,
                          name: str | None = None) -> Any:
    """The product of the rows of each id; without a row 1."""
    return raw.output("UnsortedSegmentProd", [data, segment_ids, num_segments], name)


def _counts(data: Any, segment_ids: Any, num_segments: Any) -> Any:
    """How many rows each id has, 1 if none, to be broadcast to the sums."""
    num_segments = tf.convert_to_tensor(num_segments)
    ones = tf.ones(tf.shape(segment_ids), dtype=data.dtype)
    counts = tf.unsorted_segment_sum(ones, segment_ids, num_segments)
    sizes = tf.concat(
        [num_segments[tf.newaxis],
         tf.ones([tf.rank(data) - tf.rank(segment_ids)], dtype=num_segments.dtype)], axis=0)
    return tf.maximum(tf.reshape(counts, sizes), 1)


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any,
                          name: str | None = None) -> Any:
    """The mean of the rows of each id below `num_segments`; without a row 0."""
    with tf.name_scope(name, "UnsortedSegmentMean"):
        data = tf.convert_to_tensor(data)
        segment_ids = tf.convert_to_tensor(segment_ids)
        counts = _counts(data, segment_ids, num_segments)
        return tf.unsorted_segment_sum(data, segment_ids, num_segments) / counts


def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any,
                            name: str | None = None) -> Any:
    """The sum of the rows of each id over the square root of their number."""
    with tf.name_scope(name, "UnsortedSegmentSqrtN"):
        data = tf.convert_to_tensor(data)
        segment_ids = tf.convert_to_tensor(segment_ids)
        counts = _counts(data, segment_ids, num_segments)
        total = tf.unsorted_segment_sum(data, segment_ids, num_segments)
        return total / tf.sqrt(counts)


def _of_chosen_rows(op_type: str, data: Any, indices: Any, segment_ids: Any, name: str | None,
                    num_segments: Any, sparse_gradient: bool) -> Any:
    inputs = [data, indices, segment_ids]
    if num_segments is not None:
        op_type += "WithNumSegments"
        inputs.append(num_segments)
    return raw.output(op_type, inputs, name, sparse_gradient=sparse_gradient)


def sparse_segment_sum(data: Any, indices: Any, segment_ids: Any, name: str | None = None,
                       num_segments: Any = None, sparse_gradient: bool = False) -> Any:
    """The sum of the rows of each segment, where rows are chosen by number.

    Args:
      data: [rows, ...].
      indices: [n], which rows.
      segment_ids: [n], sorted: the segment of each.
      name: of the operation.
      num_segments: how many segments there are; one more than the last id.
      sparse_gradient: whether the gradient is IndexedSlices.

    Returns:
      [segments, ...]; a segment without rows is 0.

    Raises:
      InvalidArgumentError: when it runs, for rows that are not there and ids out of order.
    """
    return _of_chosen_rows("SparseSegmentSum", data, indices, segment_ids, name, num_segments,
                           sparse_gradient)


def sparse_segment_mean(data: Any, indices: Any, segment_ids: Any, name: str | None = None,
                        num_segments: Any = None, sparse_gradient: bool = False) -> Any:
    """The mean of the rows of each segment; as `sparse_segment_sum`."""
    return _of_chosen_rows("SparseSegmentMean", data, indices, segment_ids, name, num_segments,
                           sparse_gradient)


def sparse_segment_sqrt_n(data: Any, indices: Any, segment_ids: Any, name: str | None = None,
                          num_segments: Any = None, sparse_gradient: bool = False) -> Any:
    """The sum of each segment's rows over the square root of their number."""
    return _of_chosen_rows("SparseSegmentSqrtN", data, indices, segment_ids, name, num_segments,
                           sparse_gradient)
