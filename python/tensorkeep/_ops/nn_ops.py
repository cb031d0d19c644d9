"""What of tf.nn is composed of other operations: moments, losses, activations."""

from __future__ import annotations

import math
from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = [
    "batch_norm_with_global_normalization", "crelu", "local_response_normalization",
    "log_poisson_loss", "normalize_moments", "relu_layer", "sufficient_statistics", "swish",
    "weighted_cross_entropy_with_logits", "weighted_moments",
]


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Any:
    """relu(features) and relu(-features), side by side along `axis`."""
    with tf.name_scope(name, "CRelu", [features]) as scope:
        features = tf.convert_to_tensor(features, name="features")
        return tf.nn.relu(tf.concat([features, -features], axis, name=scope))


def local_response_normalization(input: Any, depth_radius: int = 5, bias: float = 1,
                                 alpha: float = 1, beta: float = 0.5,
                                 name: str | None = None) -> Any:
    """Every element divided by what is active at the same place in the channels near its own.

    Args:
      input: floats [batch, height, width, channels].
      depth_radius: how many channels on either side count.
      bias, alpha, beta: of the divisor (bias + alpha * sum of squares) ** beta.
      name: of the operation.

    Returns:
      A tensor as `input`.
    """
    return raw.output("LRN", [input], name, depth_radius=depth_radius, bias=bias, alpha=alpha,
                      beta=beta)


def swish(features: Any) -> Any:
    """features * sigmoid(features)"""
    features = tf.convert_to_tensor(features, name="features")
    return features * tf.sigmoid(features)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Any:
    """relu(x @ weights + biases)"""
    with tf.name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        weights = tf.convert_to_tensor(weights, name="weights")
        biases = tf.convert_to_tensor(biases, name="biases")
        return tf.nn.relu(tf.nn.bias_add(tf.matmul(x, weights), biases), name=scope)


def _same_shape(first: Any, second: Any, names: str) -> None:
    if not first.shape.is_compatible_with(second.shape):
        raise ValueError(f"{names} must have the same shape, received ({second.shape} vs "
                         f"{first.shape}).")


def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False,
                     name: str | None = None) -> Any:
    """exp(log_input) - log_input * targets, the loss of a Poisson distribution.

    Args:
      targets: counts.
      log_input: of the same shape and type.
      compute_full_loss: whether Stirling's approximation of log(targets!) is added.
      name: of the operations' scope.
    """
    with tf.name_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = tf.convert_to_tensor(log_input, name="log_input")
        targets = tf.convert_to_tensor(targets, name="targets")
        _same_shape(targets, log_input, "`log_input` and `targets`")
        result = tf.exp(log_input) - log_input * targets
        if compute_full_loss:
            half = tf.constant(0.5, dtype=targets.dtype)
            two_pi = tf.constant(2 * math.pi, dtype=targets.dtype)
            stirling = targets * tf.log(targets) - targets + half * tf.log(two_pi * targets)
            zeros, ones = tf.zeros_like(targets), tf.ones_like(targets)
            is_small = tf.logical_and(targets >= zeros, targets <= ones)
            result = result + tf.where(is_small, zeros, stirling)
        return result


def weighted_cross_entropy_with_logits(labels: Any = None, logits: Any = None,
                                       pos_weight: Any = None, name: str | None = None,
                                       targets: Any = None) -> Any:
    """`sigmoid_cross_entropy_with_logits` in which the label 1 counts `pos_weight` times.

    Args:
      labels: between 0 and 1; `targets` is their older name.
      logits: of the same shape and type.
      pos_weight: a number, or a tensor to be broadcast.
      name: of the operations' scope.

    Raises:
      ValueError: the shapes differ.
    """
    labels = windows.renamed("labels", labels, "targets", targets)
    with tf.name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = tf.convert_to_tensor(logits, name="logits")
        labels = tf.convert_to_tensor(labels, name="labels")
        _same_shape(labels, logits, "`logits` and `labels`")
        weight = 1 + (pos_weight - 1) * labels
        return tf.add(
            (1 - labels) * logits,
            weight * (tf.log1p(tf.exp(-tf.abs(logits))) + tf.nn.relu(-logits)), name=scope)


def sufficient_statistics(x: Any, axes: Sequence[int], shift: Any = None,
                          keep_dims: bool | None = None, name: str | None = None,
                          keepdims: bool | None = None) -> tuple[Any, Any, Any, Any]:
    """What `normalize_moments` makes mean and variance of, which adds up over batches.

    Args:
      x: numbers.
      axes: dimensions that are summed over.
      shift: what is taken off first, close to the mean; None for nothing.
      keep_dims: whether these stay, of size 1; `keepdims` is its other name.
      name: of the operations' scope.

    Returns:
      (count, sum, sum of squares, shift).
    """
    axes = list(set(axes))
    keep = bool(windows.renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with tf.name_scope(name, "sufficient_statistics", [x, shift]):
        x = tf.convert_to_tensor(x, name="x")
        sizes = None if x.shape.ndims is None else x.shape.as_list()
        if sizes is not None and all(sizes[axis] is not None for axis in axes):
            count = tf.constant(math.prod(sizes[axis] for axis in axes), dtype=x.dtype)
        else:
            rank = tf.rank(x)
            positive = [axis + rank if axis < 0 else axis for axis in axes]
            summed = tf.gather(tf.cast(tf.shape(x), x.dtype), positive)
            count = tf.reduce_prod(summed, name="count")
        if shift is None:
            values, squares = x, tf.square(x)
        else:
            shift = tf.convert_to_tensor(shift, name="shift")
            values, squares = tf.subtract(x, shift), tf.squared_difference(x, shift)
        total = tf.reduce_sum(values, axes, keepdims=keep, name="mean_ss")
        total_squares = tf.reduce_sum(squares, axes, keepdims=keep, name="var_ss")
        return count, total, total_squares, shift


def normalize_moments(counts: Any, mean_ss: Any, variance_ss: Any, shift: Any,
                      name: str | None = None) -> tuple[Any, Any]:
    """Mean and variance of what `sufficient_statistics` gives."""
    with tf.name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = tf.reciprocal(counts, name="divisor")
        if shift is None:
            mean = of_shifted = tf.multiply(mean_ss, divisor, name="mean")
        else:
            of_shifted = tf.multiply(mean_ss, divisor, name="shifted_mean")
            mean = tf.add(of_shifted, shift, name="mean")
        variance = tf.subtract(tf.multiply(variance_ss, divisor), tf.square(of_shifted),
                               name="variance")
        return mean, variance


def weighted_moments(x: Any, axes: Any, frequency_weights: Any, name: str | None = None,
                     keep_dims: bool | None = None,
                     keepdims: bool | None = None) -> tuple[Any, Any]:
    """Mean and variance of weighted numbers.

    Args:
      x: numbers.
      axes: dimensions that are summed over.
      frequency_weights: to be broadcast to `x`.
      name: of the operations' scope.
      keep_dims: whether the dimensions stay, of size 1; `keepdims` is its other name.
    """
    keep = bool(windows.renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with tf.name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = tf.convert_to_tensor(x, name="x")
        weights = tf.convert_to_tensor(frequency_weights, name="frequency_weights")
        is_half = x.dtype == tf.float16
        if is_half:
            x = tf.cast(x, tf.float32)
        if weights.dtype != x.dtype:
            weights = tf.cast(weights, x.dtype)
        total = tf.reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        of_each = weights + tf.zeros_like(x)
        weight = tf.reduce_sum(of_each, axes, name="sum_of_weights", keepdims=True)
        mean = tf.div_no_nan(total, weight)
        squares = tf.reduce_sum(weights * tf.squared_difference(x, mean), axes,
                                name="weighted_distsq", keepdims=True)
        variance = tf.div_no_nan(squares, weight)
        if not keep:
            mean, variance = tf.squeeze(mean, axes), tf.squeeze(variance, axes)
        if is_half:
            mean, variance = tf.cast(mean, tf.float16), tf.cast(variance, tf.float16)
        return mean, variance


def batch_norm_with_global_normalization(
        t: Any = None, m: Any = None, v: Any = None, beta: Any = None, gamma: Any = None,
        variance_epsilon: Any = None, scale_after_normalization: bool | None = None,
        name: str | None = None, input: Any = None, mean: Any = None, variance: Any = None) -> Any:
    """`tf.nn.batch_normalization`; `gamma` counts only if `scale_after_normalization`."""
    return tf.nn.batch_normalization(
        windows.renamed("input", input, "t", t), windows.renamed("mean", mean, "m", m),
        windows.renamed("variance", variance, "v", v), beta,
        gamma if scale_after_normalization else None, variance_epsilon, name)
