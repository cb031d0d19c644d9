"""Weighted losses: one scalar of many elements, put into a collection."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import weights_broadcast

__all__ = ["Reduction", "add_loss", "compute_weighted_loss", "get_losses", "get_total_loss"]

LOSSES = "losses"  # GraphKeys.LOSSES


class Reduction:
    """How the weighted losses of many elements become one.

    NONE leaves them as they are, SUM adds them up, MEAN divides that by the sum of the weights,
    SUM_OVER_BATCH_SIZE by the number of elements, SUM_BY_NONZERO_WEIGHTS by the number of those
    whose weight is not 0.
    """

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS  # the older name

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """Every reduction there is."""
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
                cls.SUM_BY_NONZERO_WEIGHTS)

    @classmethod
    def validate(cls, key: str) -> None:
        """ValueError if `key` is none of them."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}. Key should be one of {cls.all()}.")


DEFAULT = Reduction.SUM_BY_NONZERO_WEIGHTS


def add_loss(loss: Any, loss_collection: str | None = LOSSES) -> None:
    """Puts `loss` into the collection, if there is one."""
    if loss_collection:
        tf.add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = LOSSES) -> list[Any]:
    """The losses of a collection, those whose name `scope` matches if it is given."""
    return tf.get_collection(loss_collection, scope)


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss",
                   scope: str | None = None) -> Any:
    """The sum of all losses, with those of regularizers unless they are declined.

    Raises:
      ValueError: there are none.
    """
    losses = get_losses(scope=scope)
    if add_regularization_losses:
        losses = losses + tf.losses.get_regularization_losses(scope=scope)
    return tf.add_n(losses, name=name)


def _count_elements(losses: Any) -> Any:
    with tf.name_scope(None, "num_elements", values=[losses]) as scope:
        return tf.cast(tf.size(losses, name=scope), dtype=losses.dtype)


def count_present(losses: Any, weights: Any, per_batch: bool = False) -> Any:
    """How many elements have a weight that is not 0, in all or in each example."""
    with tf.name_scope(None, "num_present", (losses, weights)) as scope:
        weights = tf.cast(weights, dtype=tf.float32)
        present = tf.where(tf.equal(weights, 0.0), tf.zeros_like(weights), tf.ones_like(weights))
        present = weights_broadcast.broadcast_weights(present, losses)
        if per_batch:
            return tf.reduce_sum(present, axis=tf.range(1, tf.rank(present)), keepdims=True,
                                 name=scope)
        return tf.reduce_sum(present, name=scope)


def _mean(total: Any, count: Any) -> Any:
    return tf.div_no_nan(tf.reduce_sum(total), count, name="value")


def _reduce(losses: Any, weights: Any, reduction: str) -> Any:
    weighted = tf.multiply(losses, weights)
    if reduction == Reduction.NONE:
        return weighted
    total = tf.reduce_sum(weighted)
    if reduction == Reduction.MEAN:
        return _mean(total, tf.reduce_sum(tf.ones_like(losses) * weights))
    if reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
        return _mean(total, count_present(losses, weights))
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return _mean(total, _count_elements(losses))
    return total


def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: str | None = None,
                          loss_collection: str | None = LOSSES,
                          reduction: str = DEFAULT) -> Any:
    """The weighted losses of many elements as one, put into a collection.

    Args:
      losses: a tensor of any shape [d0, ...].
      weights: a scalar, or a tensor of the same rank whose dimensions are those of `losses` or 1.
      scope: the name of the operations' scope.
      loss_collection: where the loss goes; None for nowhere.
      reduction: one of `Reduction`.

    Returns:
      A scalar of the type of `losses`; with Reduction.NONE a tensor of their shape.

    Raises:
      ValueError: `weights` do not fit, or there is no such reduction. What the graph does not tell
        is an InvalidArgumentError when the loss is run.
    """
    Reduction.validate(reduction)
    with tf.name_scope(scope, "weighted_loss", (losses, weights)):
        fits = weights_broadcast.assert_broadcastable(weights, losses)
        with tf.control_dependencies((fits,)):
            losses = tf.convert_to_tensor(losses)
            dtype = losses.dtype
            loss = _reduce(tf.cast(losses, dtype=tf.float32), tf.cast(weights, dtype=tf.float32),
                           reduction)
            loss = tf.cast(loss, dtype)
            add_loss(loss, loss_collection)
            return loss
