"""Losses over many classes, of which only the true ones and some others are looked at."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import candidate_sampling, raw

__all__ = ["nce_loss", "sampled_softmax_loss"]


def _row_sums(x: Any) -> Any:
    """As a product with a column of ones, of which the gradient is faster than a sum's."""
    column = tf.ones(tf.stack([tf.shape(x)[1], 1]), x.dtype)
    return tf.reshape(tf.matmul(x, column), [-1])


def _rows(params: Any, ids: Any, strategy: str, dtype: Any) -> Any:
    found = tf.nn.embedding_lookup(params, ids, partition_strategy=strategy)
    return found if found.dtype == dtype else tf.cast(found, dtype)


def _true_logits(weights: Any, biases: Any, inputs: Any, num_true: int) -> Any:
    size = tf.shape(weights)[1:2]
    shape = tf.concat([[-1, num_true], size], 0)
    products = tf.multiply(tf.expand_dims(inputs, 1), tf.reshape(weights, shape))
    products = tf.reshape(products, tf.concat([[-1], size], 0))
    logits = tf.reshape(_row_sums(products), [-1, num_true])
    return logits, tf.reshape(biases, [-1, num_true])


def _hit_logits(labels: Any, sampled: Any, num_sampled: int, num_true: int, dtype: Any) -> Any:
    """The lowest number where a drawn class is a true one; zeros elsewhere."""
    rows, columns, low = candidate_sampling.compute_accidental_hits(labels, sampled, num_true)
    rows = tf.reshape(rows, [-1, 1])
    columns = tf.reshape(tf.cast(columns, tf.int32), [-1, 1])
    indices = tf.concat([rows, columns], 1, "sparse_indices")
    shape = tf.concat([tf.shape(labels)[:1], tf.expand_dims(num_sampled, 0)], 0)
    if low.dtype != dtype:
        low = tf.cast(low, dtype)
    return raw.output("SparseToDense", [indices, shape, low, 0.0], validate_indices=False)


def _sampled_logits(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int,
                    num_classes: int, num_true: int, sampled_values: Any,
                    remove_accidental_hits: bool, partition_strategy: str, name: str | None,
                    seed: int | None = None) -> tuple[Any, Any]:
    """The logits of the true and the drawn classes, and their labels."""
    if isinstance(weights, tf.python.ops.variables.PartitionedVariable):
        weights = list(weights)
    if not isinstance(weights, list):
        weights = [weights]
    with tf.name_scope(name, "compute_sampled_logits", [*weights, biases, inputs, labels]):
        if labels.dtype != tf.int64:
            labels = tf.cast(labels, tf.int64)
        flat = tf.reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = candidate_sampling.log_uniform_candidate_sampler(
                labels, num_true, num_sampled, True, num_classes, seed=seed)
        sampled, true_count, sampled_count = (tf.stop_gradient(each) for each in sampled_values)
        sampled = tf.cast(sampled, tf.int64)
        ids = tf.concat([flat, sampled], 0)
        rows = _rows(weights, ids, partition_strategy, inputs.dtype)
        true_weights = tf.slice(rows, [0, 0], tf.stack([tf.shape(flat)[0], -1]))
        sampled_weights = tf.slice(rows, tf.stack([tf.shape(flat)[0], 0]), [-1, -1])
        sampled_logits = tf.matmul(inputs, sampled_weights, transpose_b=True)
        rows = _rows(biases, ids, partition_strategy, inputs.dtype)
        true_biases = tf.slice(rows, [0], tf.shape(flat))
        sampled_biases = tf.slice(rows, tf.shape(flat), [-1])
        true_logits, true_biases = _true_logits(true_weights, true_biases, inputs, num_true)
        true_logits += true_biases
        sampled_logits += sampled_biases
        if remove_accidental_hits:
            sampled_logits += _hit_logits(labels, sampled, num_sampled, num_true,
                                          sampled_logits.dtype)
        true_logits -= tf.log(true_count)
        sampled_logits -= tf.log(sampled_count)
        logits = tf.concat([true_logits, sampled_logits], 1)
        expected = tf.concat([tf.ones_like(true_logits) / num_true, tf.zeros_like(sampled_logits)],
                             1)
        return logits, expected


def nce_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int,
             num_classes: int, num_true: int = 1, sampled_values: Any = None,
             remove_accidental_hits: bool = False, partition_strategy: str = "mod",
             name: str | None = "nce_loss") -> Any:
    """The losses of noise-contrastive estimation.

    Args:
      weights: [num_classes, size], or a list of its parts.
      biases: [num_classes].
      labels: int64 [batch, num_true]: the true classes.
      inputs: [batch, size].
      num_sampled: how many classes to draw for the whole batch.
      num_classes: how many there are.
      num_true: how many true classes a row has.
      sampled_values: what a sampler gave; by default that of log_uniform_candidate_sampler.
      remove_accidental_hits: leave out drawn classes where they are true ones.
      partition_strategy: how the parts of the weights make one, "mod" or "div".
      name: of the operations' scope.

    Returns:
      [batch].
    """
    logits, labels = _sampled_logits(weights, biases, labels, inputs, num_sampled, num_classes,
                                     num_true, sampled_values, remove_accidental_hits,
                                     partition_strategy, name)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits,
                                                     name="sampled_losses")
    return _row_sums(losses)


def sampled_softmax_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int,
                         num_classes: int, num_true: int = 1, sampled_values: Any = None,
                         remove_accidental_hits: bool = True, partition_strategy: str = "mod",
                         name: str | None = "sampled_softmax_loss", seed: int | None = None
                         ) -> Any:
    """The cross entropy of softmax over the true and the drawn classes only.

    The arguments are those of `nce_loss`; `seed` is the sampler's.

    Returns:
      [batch].
    """
    logits, labels = _sampled_logits(weights, biases, labels, inputs, num_sampled, num_classes,
                                     num_true, sampled_values, remove_accidental_hits,
                                     partition_strategy, name, seed)
    labels = tf.stop_gradient(labels, name="labels_stop_gradient")
    return tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
