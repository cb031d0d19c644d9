"""tf.losses: what training makes small. Each loss is a scalar, and goes into a collection."""

from __future__ import annotations

from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._ops import confusion, weights_broadcast
from tensorkeep._ops.weighted_loss import (
    DEFAULT, LOSSES, Reduction, add_loss, compute_weighted_loss, count_present, get_losses,
    get_total_loss)

__all__ = [
    "Reduction", "absolute_difference", "add_loss", "compute_weighted_loss", "cosine_distance",
    "get_losses", "get_total_loss", "hinge_loss", "huber_loss", "log_loss",
    "mean_pairwise_squared_error", "mean_squared_error", "sigmoid_cross_entropy",
    "softmax_cross_entropy", "sparse_softmax_cross_entropy",
]


def _require(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"Argument `{name}` must not be None.")


def _of_float_pairs(default_name: str, labels: Any, predictions: Any, weights: Any,
                    scope: str | None, loss_collection: str | None, reduction: str,
                    losses: Callable[[Any, Any], Any]) -> Any:
    """The weighted loss of `losses(labels, predictions)`, both as float32 and of one shape."""
    with tf.name_scope(scope, default_name, (predictions, labels, weights)) as scope:
        predictions = tf.cast(predictions, dtype=tf.float32)
        labels = tf.cast(labels, dtype=tf.float32)
        predictions.shape.assert_is_compatible_with(labels.shape)
        return compute_weighted_loss(losses(labels, predictions), weights, scope, loss_collection,
                                     reduction=reduction)


def absolute_difference(labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
                        loss_collection: str | None = LOSSES, reduction: str = DEFAULT) -> Any:
    """|predictions - labels|, weighted and reduced as by `compute_weighted_loss`.

    Args:
      labels: what is right; a tensor of the shape of `predictions`.
      predictions: what was computed. Both are computed with as float32.

    The other arguments, the result and the errors are those of `compute_weighted_loss`.
    """
    _require(labels=labels, predictions=predictions)
    return _of_float_pairs("absolute_difference", labels, predictions, weights, scope,
                           loss_collection, reduction,
                           lambda right, found: tf.abs(tf.subtract(found, right)))


def mean_squared_error(labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
                       loss_collection: str | None = LOSSES, reduction: str = DEFAULT) -> Any:
    """(predictions - labels)^2; arguments and result are those of `absolute_difference`."""
    _require(labels=labels, predictions=predictions)
    return _of_float_pairs("mean_squared_error", labels, predictions, weights, scope,
                           loss_collection, reduction,
                           lambda right, found: tf.squared_difference(found, right))


def cosine_distance(labels: Any, predictions: Any, axis: int | None = None, weights: Any = 1.0,
                    scope: str | None = None, loss_collection: str | None = LOSSES,
                    reduction: str = DEFAULT, dim: int | None = None) -> Any:
    """1 - sum(labels * predictions) along `axis`, which are taken to be of length 1 there.

    `dim` is the older name of `axis`. The other arguments are those of `absolute_difference`.
    """
    if axis is not None and dim is not None:
        raise ValueError("Cannot specify both 'axis' and 'dim'.")
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify argument `axis`.")
    _require(labels=labels, predictions=predictions)
    return _of_float_pairs(
        "cosine_distance_loss", labels, predictions, weights, scope, loss_collection, reduction,
        lambda right, found: 1 - tf.reduce_sum(
            tf.multiply(found, right), axis=(axis,), keepdims=True))


def hinge_loss(labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None,
               loss_collection: str | None = LOSSES, reduction: str = DEFAULT) -> Any:
    """max(0, 1 - t * logits), where t is -1 for the label 0 and 1 for the label 1."""
    _require(labels=labels, logits=logits)

    def losses(right: Any, found: Any) -> Any:
        ones = tf.ones_like(right)
        signs = tf.subtract(2 * right, ones)
        return tf.nn.relu(tf.subtract(ones, tf.multiply(signs, found)))

    return _of_float_pairs("hinge_loss", labels, logits, weights, scope, loss_collection, reduction,
                           losses)


def huber_loss(labels: Any, predictions: Any, weights: Any = 1.0, delta: float = 1.0,
               scope: str | None = None, loss_collection: str | None = LOSSES,
               reduction: str = DEFAULT) -> Any:
    """error^2 / 2 where |error| <= delta, and delta * |error| - delta^2 / 2 beyond."""
    _require(labels=labels, predictions=predictions)

    def losses(right: Any, found: Any) -> Any:
        error = tf.abs(tf.subtract(found, right))
        quadratic = tf.minimum(error, delta)
        linear = tf.subtract(error, quadratic)
        half = tf.convert_to_tensor(0.5, dtype=quadratic.dtype)
        return tf.add(tf.multiply(half, tf.multiply(quadratic, quadratic)),
                      tf.multiply(delta, linear))

    return _of_float_pairs("huber_loss", labels, predictions, weights, scope, loss_collection,
                           reduction, losses)


def log_loss(labels: Any, predictions: Any, weights: Any = 1.0, epsilon: float = 1e-7,
             scope: str | None = None, loss_collection: str | None = LOSSES,
             reduction: str = DEFAULT) -> Any:
    """-labels * log(predictions + epsilon) - (1 - labels) * log(1 - predictions + epsilon)."""
    _require(labels=labels, predictions=predictions)
    return _of_float_pairs(
        "log_loss", labels, predictions, weights, scope, loss_collection, reduction,
        lambda right, found: -tf.multiply(right, tf.log(found + epsilon)) - tf.multiply(
            1 - right, tf.log(1 - found + epsilon)))


def mean_pairwise_squared_error(labels: Any, predictions: Any, weights: Any = 1.0,
                                scope: str | None = None,
                                loss_collection: str | None = LOSSES) -> Any:
    """How much the differences between the elements of one example differ from the labels'.

    Args:
      labels: [batch, ...].
      predictions: the same.
      weights: a scalar, [batch], or of the rank of `labels`.

    Returns:
      A scalar; the other arguments are those of `compute_weighted_loss`.
    """
    _require(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "mean_pairwise_squared_error", (predictions, labels, weights)):
        weights = tf.cast(weights, dtype=tf.float32)
        labels = tf.cast(labels, dtype=tf.float32)
        fits = weights_broadcast.assert_broadcastable(weights, labels)
        with tf.control_dependencies((fits,)):
            predictions = tf.cast(predictions, dtype=tf.float32)
            predictions.shape.assert_is_compatible_with(labels.shape)
            difference = tf.subtract(predictions, labels)
            axis = tf.range(1, tf.rank(difference))
            squares = tf.reduce_sum(tf.square(difference), axis=axis, keepdims=True)
            count = count_present(difference, weights, per_batch=True)
            of_squares = 2.0 * tf.div_no_nan(squares, tf.maximum(count - 1, 0), name="value")
            total = tf.reduce_sum(difference, axis=axis, keepdims=True)
            of_total = 2.0 * tf.div_no_nan(
                tf.square(total), tf.maximum(tf.multiply(count, count - 1), 0), name="value")
            loss = tf.reduce_sum(tf.multiply(of_squares - of_total, weights))
            mean = tf.where(tf.reduce_sum(count) > 0, loss, tf.zeros_like(loss), name="value")
            add_loss(mean, loss_collection)
            return mean


def sigmoid_cross_entropy(multi_class_labels: Any, logits: Any, weights: Any = 1.0,
                          label_smoothing: float = 0, scope: str | None = None,
                          loss_collection: str | None = LOSSES, reduction: str = DEFAULT) -> Any:
    """The cross entropy of independent yes-or-no labels and the sigmoid of the logits.

    Args:
      multi_class_labels: [batch, classes], 0 or 1.
      logits: of the same shape.
      label_smoothing: above 0, the labels are moved towards 1/2 by that share.

    The other arguments, the result and the errors are those of `compute_weighted_loss`.
    """
    _require(multi_class_labels=multi_class_labels, logits=logits)
    with tf.name_scope(scope, "sigmoid_cross_entropy_loss",
                       (logits, multi_class_labels, weights)) as scope:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(multi_class_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits,
                                                         name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction=reduction)


def softmax_cross_entropy(onehot_labels: Any, logits: Any, weights: Any = 1.0,
                          label_smoothing: float = 0, scope: str | None = None,
                          loss_collection: str | None = LOSSES, reduction: str = DEFAULT) -> Any:
    """The cross entropy of the labels and the softmax of the logits.

    Args:
      onehot_labels: [batch, classes]. Gradients do not flow into them.
      logits: of the same shape.
      weights: a scalar or [batch].
      label_smoothing: above 0, the labels are moved towards 1 / classes by that share.

    The other arguments, the result and the errors are those of `compute_weighted_loss`.
    """
    _require(onehot_labels=onehot_labels, logits=logits)
    with tf.name_scope(scope, "softmax_cross_entropy_loss",
                       (logits, onehot_labels, weights)) as scope:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(onehot_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            num_classes = tf.cast(tf.shape(labels)[-1], logits.dtype)
            of_others = label_smoothing / num_classes
            labels = labels * (1.0 - label_smoothing) + of_others
        labels = tf.stop_gradient(labels, name="labels_stop_gradient")
        losses = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits,
                                                            name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction=reduction)


def _squeeze_weights(weights: Any, labels: Any) -> Any:
    """Takes a last dimension of 1 off `weights` if their rank is one above that of `labels`."""
    weights = tf.convert_to_tensor(weights)
    rank, labels_rank = weights.shape.ndims, labels.shape.ndims
    if labels_rank is not None and rank is not None:
        return tf.squeeze(weights, [-1]) if rank - labels_rank == 1 else weights
    difference = tf.rank(weights) - tf.rank(labels)
    if rank is None or (rank > 0 and confusion.last_may_be_one(weights.shape)):
        return tf.cond(tf.equal(1, difference), lambda: tf.squeeze(weights, [-1]), lambda: weights)
    return weights


def sparse_softmax_cross_entropy(labels: Any, logits: Any, weights: Any = 1.0,
                                 scope: str | None = None, loss_collection: str | None = LOSSES,
                                 reduction: str = DEFAULT) -> Any:
    """The cross entropy of class numbers and the softmax of the logits.

    Args:
      labels: [batch] or [batch, 1], int32 or int64 in [0, classes).
      logits: [batch, classes].
      weights: a scalar, [batch] or [batch, 1].

    The other arguments, the result and the errors are those of `compute_weighted_loss`.
    """
    _require(labels=labels, logits=logits)
    with tf.name_scope(scope, "sparse_softmax_cross_entropy_loss",
                       (logits, labels, weights)) as scope:
        labels, logits = confusion.remove_squeezable_dimensions(labels, logits,
                                                                expected_rank_diff=1)
        if weights is not None:
            weights = _squeeze_weights(weights, labels)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits,
                                                                name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction=reduction)
