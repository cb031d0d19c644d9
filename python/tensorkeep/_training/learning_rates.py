"""Schedules of learning rates that are composed of other operations."""

from __future__ import annotations

import math
from typing import Any

import tensorkeep as tf

__all__ = ["noisy_linear_cosine_decay"]


def noisy_linear_cosine_decay(learning_rate: Any, global_step: Any, decay_steps: Any,
                              initial_variance: Any = 1.0, variance_decay: Any = 0.55,
                              num_periods: Any = 0.5, alpha: Any = 0.0, beta: Any = 0.001,
                              name: str | None = None) -> Any:
    """`tf.train.linear_cosine_decay` with noise on its linear part, less of it at each step.

    Bello et al., "Neural Optimizer Search with Reinforcement Learning".

    Args:
      learning_rate: the rate at first.
      global_step: the number of steps done.
      decay_steps: after how many steps the rate stays as it is.
      initial_variance: the noise's variance at first.
      variance_decay: the variance is divided by (1 + step) to the power of this.
      num_periods: waves of the cosine in these steps.
      alpha: added to the linear part.
      beta: added to the product.
      name: of the scope; "NoisyLinearCosineDecay" if None.

    Returns:
      A tensor of the type of `learning_rate`.
    """
    with tf.name_scope(name or "NoisyLinearCosineDecay") as scope:
        rate = tf.convert_to_tensor(learning_rate, name="initial_learning_rate")
        steps, variance_at_first, power, periods, alpha, beta, step = (
            tf.cast(value, rate.dtype) for value in
            (decay_steps, initial_variance, variance_decay, num_periods, alpha, beta, global_step))
        step = tf.minimum(step, steps)
        linear = (steps - step) / steps
        deviation = tf.sqrt(variance_at_first / tf.pow(1.0 + step, power))
        noisy = linear + tf.random_normal(linear.shape, stddev=deviation)
        done = step / steps
        fraction = 2.0 * periods * done
        cosine = 0.5 * (1.0 + tf.cos(tf.constant(math.pi) * fraction))
        return tf.multiply(rate, (alpha + noisy) * cosine + beta, name=scope)
