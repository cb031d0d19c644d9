"""tf.metrics: figures over many batches, kept in local variables.

Each function returns (value, update_op): running `update_op` adds a batch and gives the figure so
far, `value` gives it without adding. `tf.local_variables_initializer()` starts anew.
"""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import check_ops, check_rank, weights_broadcast
from tensorkeep._ops.metric_variables import align, both, collect, local_variable

__all__ = [
    "accuracy", "false_negatives", "false_positives", "mean", "mean_absolute_error",
    "mean_squared_error", "precision", "recall", "root_mean_squared_error", "true_negatives",
    "true_positives",
]


def mean(values: Any, weights: Any = None, metrics_collections: Sequence[str] | None = None,
         updates_collections: Sequence[str] | None = None,
         name: str | None = None) -> tuple[Any, Any]:
    """The weighted mean of all elements of all batches.

    Args:
      values: a tensor of any shape, computed with as float32.
      weights: a scalar or a tensor that can be broadcast to `values`; 1.
      metrics_collections: where the value is put.
      updates_collections: where the update is put.
      name: of the variables' scope.

    Returns:
      (value, update_op), float32 scalars; 0 before there is anything.

    Raises:
      ValueError: the shapes do not fit.
    """
    with tf.variable_scope(name, "mean", (values, weights)):
        values = tf.cast(values, tf.float32)
        total = local_variable([], "total")
        count = local_variable([], "count")
        if weights is None:
            number = tf.cast(tf.size(values), tf.float32)
        else:
            values, _, weights = align(values, None, weights)
            weights = weights_broadcast.broadcast_weights(tf.cast(weights, tf.float32), values)
            values = tf.multiply(values, weights)
            number = tf.reduce_sum(weights)
        new_total = tf.assign_add(total, tf.reduce_sum(values))
        with tf.control_dependencies([values]):
            new_count = tf.assign_add(count, number)
        value = tf.div_no_nan(total, tf.maximum(count, 0), name="value")
        collect(value, metrics_collections)
        update = tf.div_no_nan(new_total, tf.maximum(new_count, 0), name="update_op")
        return value, collect(update, updates_collections)


def accuracy(labels: Any, predictions: Any, weights: Any = None,
             metrics_collections: Sequence[str] | None = None,
             updates_collections: Sequence[str] | None = None,
             name: str | None = None) -> tuple[Any, Any]:
    """How often `predictions` are the `labels`.

    Args:
      labels: what is right, of any shape.
      predictions: of the same shape, or with a last dimension of 1 more or less.

    The other arguments, the result and the errors are those of `mean`.
    """
    predictions, labels, weights = align(predictions, labels, weights)
    if labels.dtype != predictions.dtype:
        predictions = tf.cast(predictions, labels.dtype)
    is_right = tf.cast(tf.equal(predictions, labels), tf.float32)
    return mean(is_right, weights, metrics_collections, updates_collections, name or "accuracy")


def mean_absolute_error(labels: Any, predictions: Any, weights: Any = None,
                        metrics_collections: Sequence[str] | None = None,
                        updates_collections: Sequence[str] | None = None,
                        name: str | None = None) -> tuple[Any, Any]:
    """The mean of |predictions - labels|; arguments and result are those of `accuracy`."""
    predictions, labels, weights = align(predictions, labels, weights)
    return mean(tf.abs(predictions - labels), weights, metrics_collections, updates_collections,
                name or "mean_absolute_error")


def mean_squared_error(labels: Any, predictions: Any, weights: Any = None,
                       metrics_collections: Sequence[str] | None = None,
                       updates_collections: Sequence[str] | None = None,
                       name: str | None = None) -> tuple[Any, Any]:
    """The mean of (predictions - labels)^2; arguments and result are those of `accuracy`."""
    predictions, labels, weights = align(predictions, labels, weights)
    return mean(tf.squared_difference(labels, predictions), weights, metrics_collections,
                updates_collections, name or "mean_squared_error")


def root_mean_squared_error(labels: Any, predictions: Any, weights: Any = None,
                            metrics_collections: Sequence[str] | None = None,
                            updates_collections: Sequence[str] | None = None,
                            name: str | None = None) -> tuple[Any, Any]:
    """The square root of `mean_squared_error`."""
    predictions, labels, weights = align(predictions, labels, weights)
    value, update = mean_squared_error(labels, predictions, weights, None, None,
                                       name or "root_mean_squared_error")
    value = collect(tf.sqrt(value), metrics_collections)
    return value, collect(tf.sqrt(update), updates_collections)


def _count(condition: Any, weights: Any, metrics_collections: Sequence[str] | None,
           updates_collections: Sequence[str] | None) -> tuple[Any, Any]:
    """How often `condition` holds, each time counting as its weight."""
    check_ops.assert_type(condition, tf.bool)
    count = local_variable([], "count")
    values = tf.cast(condition, tf.float32)
    if weights is not None:
        fits = check_rank.assert_rank_in(weights, (0, tf.rank(values)))
        with tf.control_dependencies((fits,)):
            weights = tf.cast(weights, tf.float32)
            values = tf.multiply(values, weights)
    value = collect(tf.identity(count), metrics_collections)
    return value, collect(tf.assign_add(count, tf.reduce_sum(values)), updates_collections)


def _count_pairs(default_name: str, label: bool, prediction: bool, labels: Any, predictions: Any,
                 weights: Any, metrics_collections: Sequence[str] | None,
                 updates_collections: Sequence[str] | None,
                 name: str | None) -> tuple[Any, Any]:
    """How often the label is `label` where the prediction is `prediction`."""
    with tf.variable_scope(name, default_name, (predictions, labels, weights)):
        predictions, labels, weights = align(
            tf.cast(predictions, dtype=tf.bool), tf.cast(labels, dtype=tf.bool), weights)
        found = tf.logical_and(tf.equal(labels, label), tf.equal(predictions, prediction))
        return _count(found, weights, metrics_collections, updates_collections)


def true_positives(labels: Any, predictions: Any, weights: Any = None,
                   metrics_collections: Sequence[str] | None = None,
                   updates_collections: Sequence[str] | None = None,
                   name: str | None = None) -> tuple[Any, Any]:
    """How many predictions are true, and rightly so.

    Args:
      labels: what is right, of any shape; what is not 0 is true.
      predictions: of the same shape.
      weights: what each counts; a scalar, or of the rank of `labels`.

    The other arguments and the result are those of `mean`.
    """
    return _count_pairs("true_positives", True, True, labels, predictions, weights,
                        metrics_collections, updates_collections, name)


def false_positives(labels: Any, predictions: Any, weights: Any = None,
                    metrics_collections: Sequence[str] | None = None,
                    updates_collections: Sequence[str] | None = None,
                    name: str | None = None) -> tuple[Any, Any]:
    """How many predictions are true where the label is false; as `true_positives`."""
    return _count_pairs("false_positives", False, True, labels, predictions, weights,
                        metrics_collections, updates_collections, name)


def true_negatives(labels: Any, predictions: Any, weights: Any = None,
                   metrics_collections: Sequence[str] | None = None,
                   updates_collections: Sequence[str] | None = None,
                   name: str | None = None) -> tuple[Any, Any]:
    """How many predictions are false where the label is false; as `true_positives`."""
    return _count_pairs("true_negatives", False, False, labels, predictions, weights,
                        metrics_collections, updates_collections, name)


def false_negatives(labels: Any, predictions: Any, weights: Any = None,
                    metrics_collections: Sequence[str] | None = None,
                    updates_collections: Sequence[str] | None = None,
                    name: str | None = None) -> tuple[Any, Any]:
    """How many predictions are false where the label is true; as `true_positives`."""
    return _count_pairs("false_negatives", True, False, labels, predictions, weights,
                        metrics_collections, updates_collections, name)


def _share_of_hits(default_name: str, misses: Any, labels: Any, predictions: Any, weights: Any,
                   metrics_collections: Sequence[str] | None,
                   updates_collections: Sequence[str] | None,
                   name: str | None) -> tuple[Any, Any]:
    """true positives / (true positives + what `misses` counts), 0 if there are none."""
    with tf.variable_scope(name, default_name, (predictions, labels, weights)):
        predictions, labels, weights = align(
            tf.cast(predictions, dtype=tf.bool), tf.cast(labels, dtype=tf.bool), weights)
        hits, new_hits = true_positives(labels, predictions, weights)
        missed, new_missed = misses(labels, predictions, weights)

        def share(hit: Any, miss: Any, share_name: str) -> Any:
            return tf.where(tf.greater(hit + miss, 0), tf.divide(hit, hit + miss), 0, share_name)

        return both(share, (hits, missed), (new_hits, new_missed), metrics_collections,
                    updates_collections)


def precision(labels: Any, predictions: Any, weights: Any = None,
              metrics_collections: Sequence[str] | None = None,
              updates_collections: Sequence[str] | None = None,
              name: str | None = None) -> tuple[Any, Any]:
    """The share of true predictions that are right; arguments are those of `true_positives`."""
    return _share_of_hits("precision", false_positives, labels, predictions, weights,
                          metrics_collections, updates_collections, name)


def recall(labels: Any, predictions: Any, weights: Any = None,
           metrics_collections: Sequence[str] | None = None,
           updates_collections: Sequence[str] | None = None,
           name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels that were predicted; arguments are those of `true_positives`."""
    return _share_of_hits("recall", false_negatives, labels, predictions, weights,
                          metrics_collections, updates_collections, name)
