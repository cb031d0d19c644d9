"""tf.metrics: means over elements, classes and places."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import confusion, metrics, weights_broadcast
from tensorkeep._ops.metric_variables import align, both, collect, local_variable

__all__ = [
    "mean_cosine_distance", "mean_iou", "mean_per_class_accuracy", "mean_relative_error",
    "mean_tensor", "percentage_below",
]


def mean_cosine_distance(labels: Any, predictions: Any, dim: int, weights: Any = None,
                         metrics_collections: Sequence[str] | None = None,
                         updates_collections: Sequence[str] | None = None,
                         name: str | None = None) -> tuple[Any, Any]:
    """The mean of 1 - the product of unit vectors along `dim`; else as `accuracy`."""
    predictions, labels, weights = align(predictions, labels, weights)
    products = tf.reduce_sum(tf.multiply(predictions, labels), axis=[dim], keepdims=True)
    value, update = metrics.mean(products, weights, None, None, name or "mean_cosine_distance")
    value = tf.subtract(1.0, value)
    update = tf.subtract(1.0, update)
    return collect(value, metrics_collections), collect(update, updates_collections)


def mean_relative_error(labels: Any, predictions: Any, normalizer: Any, weights: Any = None,
                        metrics_collections: Sequence[str] | None = None,
                        updates_collections: Sequence[str] | None = None,
                        name: str | None = None) -> tuple[Any, Any]:
    """The mean of |labels - predictions| / normalizer, 0 where that is 0; else as `accuracy`."""
    predictions, labels, weights = align(predictions, labels, weights)
    predictions, normalizer = confusion.remove_squeezable_dimensions(predictions, normalizer)
    predictions.shape.assert_is_compatible_with(normalizer.shape)
    is_zero = tf.equal(normalizer, 0.0)
    zeros = tf.zeros_like(labels)
    errors = tf.where(is_zero, zeros, tf.divide(tf.abs(labels - predictions), normalizer))
    return metrics.mean(errors, weights, metrics_collections, updates_collections,
                        name or "mean_relative_error")


def percentage_below(values: Any, threshold: Any, weights: Any = None,
                     metrics_collections: Sequence[str] | None = None,
                     updates_collections: Sequence[str] | None = None,
                     name: str | None = None) -> tuple[Any, Any]:
    """The share of `values` below `threshold`; else as `mean`."""
    is_below = tf.cast(tf.less(values, threshold), tf.float32)
    return metrics.mean(is_below, weights, metrics_collections, updates_collections,
                        name or "percentage_below_threshold")


def mean_tensor(values: Any, weights: Any = None,
                metrics_collections: Sequence[str] | None = None,
                updates_collections: Sequence[str] | None = None,
                name: str | None = None) -> tuple[Any, Any]:
    """As `mean`, but of each element by itself: tensors of the shape of `values`."""
    with tf.variable_scope(name, "mean", (values, weights)):
        values = tf.cast(values, tf.float32)
        total = local_variable(values.shape, "total_tensor")
        count = local_variable(values.shape, "count_tensor")
        number = tf.ones_like(values)
        if weights is not None:
            values, _, weights = align(values, None, weights)
            weights = weights_broadcast.broadcast_weights(tf.cast(weights, tf.float32), values)
            values = tf.multiply(values, weights)
            number = tf.multiply(number, weights)
        new_total = tf.assign_add(total, values)
        with tf.control_dependencies([values]):
            new_count = tf.assign_add(count, number)
        return both(_quotient, (total, count), (new_total, new_count), metrics_collections,
                    updates_collections)


def _quotient(total: Any, count: Any, name: str | None) -> Any:
    return tf.div_no_nan(total, tf.maximum(count, 0), name=name)


def _flat(tensor: Any) -> Any:
    return tf.reshape(tensor, [-1]) if tensor.shape.ndims > 1 else tensor


def mean_per_class_accuracy(labels: Any, predictions: Any, num_classes: int, weights: Any = None,
                            metrics_collections: Sequence[str] | None = None,
                            updates_collections: Sequence[str] | None = None,
                            name: str | None = None) -> tuple[Any, Any]:
    """The mean over classes of how often `predictions` are right where a class is the label.

    Args:
      labels: a tensor of numbers of classes.
      predictions: of the same shape.
      num_classes: how many classes there are.

    The other arguments are those of `accuracy`.

    Returns:
      (value, update_op): a scalar, and the accuracies of all classes.
    """
    with tf.variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels = _flat(tf.cast(labels, tf.int64))
        predictions = _flat(predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
        total = local_variable([num_classes], "total")
        count = local_variable([num_classes], "count")
        ones = tf.ones([tf.size(labels)], tf.float32)
        if labels.dtype != predictions.dtype:
            predictions = tf.cast(predictions, labels.dtype)
        is_right = tf.cast(tf.equal(predictions, labels), tf.float32)
        if weights is not None:
            weights = tf.cast(_flat(weights), tf.float32)
            is_right = is_right * weights
            ones = ones * weights
        new_total = tf.scatter_add(total, labels, ones)
        new_count = tf.scatter_add(count, labels, is_right)
        value = tf.reduce_mean(_quotient(count, total, None), name="mean_accuracy")
        collect(value, metrics_collections)
        update = _quotient(new_count, new_total, "update_op")
        return value, collect(update, updates_collections)


def _counted_pairs(labels: Any, predictions: Any, num_classes: int, weights: Any) -> Any:
    """(a variable of how often each label met each prediction, its update)."""
    total = local_variable([num_classes, num_classes], "total_confusion_matrix", tf.float64)
    predictions = tf.cast(predictions, tf.int64)
    labels = tf.cast(labels, tf.int64)
    num_classes = tf.cast(num_classes, tf.int64)
    predictions = _flat(predictions)
    labels = _flat(labels)
    if weights is not None:
        weights = _flat(weights)
    pairs = confusion.confusion_matrix(labels, predictions, num_classes, weights=weights,
                                       dtype=tf.float64)
    return total, tf.assign_add(total, pairs)


def mean_iou(labels: Any, predictions: Any, num_classes: int, weights: Any = None,
             metrics_collections: Sequence[str] | None = None,
             updates_collections: Sequence[str] | None = None,
             name: str | None = None) -> tuple[Any, Any]:
    """The mean over classes of what labels and predictions have in common, over what either has.

    Args:
      labels: a tensor of numbers of classes.
      predictions: of the same shape.
      num_classes: how many classes there are; those that never come do not count.

    The other arguments are those of `accuracy`.

    Returns:
      (value, update_op): a scalar, and the matrix of how often each label met each prediction.
    """
    with tf.variable_scope(name, "mean_iou", (predictions, labels, weights)):
        predictions.shape.assert_is_compatible_with(labels.shape)
        total, update = _counted_pairs(labels, predictions, num_classes, weights)
        of_prediction = tf.cast(tf.reduce_sum(total, 0), tf.float32)
        of_label = tf.cast(tf.reduce_sum(total, 1), tf.float32)
        common = tf.cast(tf.diag_part(total), tf.float32)
        either = of_prediction + of_label - common
        number = tf.reduce_sum(tf.cast(tf.not_equal(either, 0), dtype=tf.float32))
        is_there = tf.greater(either, 0)
        either = tf.where(is_there, either, tf.ones_like(either))
        shares = tf.divide(common, either)
        has_any = tf.greater(number, 0)
        value = tf.where(has_any, tf.reduce_sum(shares, name="mean_iou") / number, 0)
        return collect(value, metrics_collections), collect(update, updates_collections)
