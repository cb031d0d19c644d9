"""tf.confusion_matrix, and how labels and predictions of neighbouring ranks are aligned."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import check_ops

__all__ = ["confusion_matrix", "remove_squeezable_dimensions"]


def last_may_be_one(shape: Any) -> bool:
    """Whether the last dimension is 1 or not known."""
    return shape.as_list()[-1] in (1, None)


def remove_squeezable_dimensions(labels: Any, predictions: Any, expected_rank_diff: int = 0,
                                 name: str | None = None) -> tuple[Any, Any]:
    """Takes a last dimension of 1 off the one whose rank is one too high.

    Args:
      expected_rank_diff: by how much the rank of `predictions` is to be above that of `labels`.

    Returns:
      (labels, predictions).
    """
    with tf.name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        predictions = tf.convert_to_tensor(predictions)
        labels = tf.convert_to_tensor(labels)
        predictions_rank, labels_rank = predictions.shape.ndims, labels.shape.ndims
        if labels_rank is not None and predictions_rank is not None:
            excess = predictions_rank - labels_rank - expected_rank_diff
            if excess == 1 and last_may_be_one(predictions.shape):
                predictions = tf.squeeze(predictions, [-1])
            elif excess == -1 and last_may_be_one(labels.shape):
                labels = tf.squeeze(labels, [-1])
            return labels, predictions
        difference = tf.rank(predictions) - tf.rank(labels)
        if predictions_rank is None or last_may_be_one(predictions.shape):
            whole_predictions = predictions
            predictions = tf.cond(tf.equal(expected_rank_diff + 1, difference),
                                  lambda: tf.squeeze(whole_predictions, [-1]),
                                  lambda: whole_predictions)
        if labels_rank is None or last_may_be_one(labels.shape):
            whole_labels = labels
            labels = tf.cond(tf.equal(expected_rank_diff - 1, difference),
                             lambda: tf.squeeze(whole_labels, [-1]), lambda: whole_labels)
        return labels, predictions


def _after(check: Any, tensor: Any) -> Any:
    from tensorkeep import _core

    return _core.with_dependencies([check], tensor)


def confusion_matrix(labels: Any, predictions: Any, num_classes: Any = None, dtype: Any = None,
                     name: str | None = None, weights: Any = None) -> Any:
    """Counts how often class j was predicted where i was right.

    Args:
      labels: [n] integers, the right classes.
      predictions: [n] integers, the predicted ones.
      num_classes: one above the largest of both if it is not given.
      dtype: of the result; int32.
      weights: [n], what each pair counts; 1.

    Returns:
      A tensor of shape [num_classes, num_classes]: row i, column j.

    Raises:
      ValueError: the shapes do not fit. Running it raises an InvalidArgumentError for classes
        that are negative or not below `num_classes`.
    """
    dtype = tf.int32 if dtype is None else dtype
    with tf.name_scope(name, "confusion_matrix", (predictions, labels, num_classes, weights)):
        labels, predictions = remove_squeezable_dimensions(
            tf.convert_to_tensor(labels, name="labels"),
            tf.convert_to_tensor(predictions, name="predictions"))
        predictions = tf.cast(predictions, tf.int64)
        labels = tf.cast(labels, tf.int64)
        labels = _after(check_ops.assert_non_negative(
            labels, message="`labels` contains negative values"), labels)
        predictions = _after(check_ops.assert_non_negative(
            predictions, message="`predictions` contains negative values"), predictions)
        if num_classes is None:
            num_classes = tf.maximum(tf.reduce_max(predictions), tf.reduce_max(labels)) + 1
        else:
            limit = tf.cast(num_classes, tf.int64)
            labels = _after(check_ops.assert_less(
                labels, limit, message="`labels` out of bound"), labels)
            predictions = _after(check_ops.assert_less(
                predictions, limit, message="`predictions` out of bound"), predictions)
        if weights is not None:
            weights = tf.convert_to_tensor(weights, name="weights")
            predictions.shape.assert_is_compatible_with(weights.shape)
            weights = tf.cast(weights, dtype)
        shape = tf.stack([num_classes, num_classes])
        indices = tf.stack([labels, predictions], axis=1)
        values = tf.ones_like(predictions, dtype) if weights is None else weights
        return tf.scatter_nd(indices=indices, updates=values, shape=tf.cast(shape, tf.int64))
