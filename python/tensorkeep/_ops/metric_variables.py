"""What tf.metrics shares: local variables, and weights, labels and predictions of one rank."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._ops import confusion


def local_variable(shape: Any, name: str, dtype: Any = None) -> Any:
    """A variable of zeros that a metric adds to; float32 without a type."""
    return tf.Variable(
        lambda: tf.zeros(shape, dtype or tf.float32), trainable=False,
        collections=[tf.GraphKeys.LOCAL_VARIABLES, tf.GraphKeys.METRIC_VARIABLES], name=name,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.SUM)


def _adjust_weights(weights: Any, values: Any) -> Any:
    """Brings `weights` to the rank of `values` where they are one off."""
    weights = tf.convert_to_tensor(weights)
    rank, values_rank = weights.shape.ndims, values.shape.ndims
    if rank == 0:
        return weights
    if rank is not None and values_rank is not None:
        if rank - values_rank == 1:
            return tf.squeeze(weights, [-1])
        return tf.expand_dims(weights, [-1]) if values_rank - rank == 1 else weights
    dynamic_rank = tf.rank(weights)
    excess = dynamic_rank - tf.rank(values)
    may_be_squeezed = rank is None or confusion.last_may_be_one(weights.shape)

    def expanded() -> Any:
        return tf.cond(tf.equal(excess, -1), lambda: tf.expand_dims(weights, [-1]), lambda: weights)

    def squeezed() -> Any:
        return tf.squeeze(weights, [-1]) if may_be_squeezed else weights

    return tf.cond(tf.equal(dynamic_rank, 0), lambda: weights,
                   lambda: tf.cond(tf.equal(excess, 1), squeezed, expanded))


def align(predictions: Any, labels: Any, weights: Any) -> tuple[Any, Any, Any]:
    """Takes last dimensions of 1 off what has a rank one too high."""
    predictions = tf.convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = confusion.remove_squeezable_dimensions(labels, predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
    if weights is not None:
        weights = _adjust_weights(weights, predictions)
    return predictions, labels, weights


def collect(tensor: Any, collections: Sequence[str] | None) -> Any:
    """The tensor, put into the collections."""
    if collections:
        tf.add_to_collections(collections, tensor)
    return tensor


def both(compute: Callable[..., Any], values: Sequence[Any], updates: Sequence[Any],
         metrics_collections: Sequence[str] | None,
         updates_collections: Sequence[str] | None) -> tuple[Any, Any]:
    """(value, update_op): compute(*values, "value") and compute(*updates, "update_op")."""
    value = collect(compute(*values, "value"), metrics_collections)
    return value, collect(compute(*updates, "update_op"), updates_collections)
