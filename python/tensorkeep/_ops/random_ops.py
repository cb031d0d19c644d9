"""Random tensors beside the uniform and normal ones: classes, and gamma and Poisson numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = ["categorical", "multinomial", "random_gamma", "random_poisson"]


def seeds(seed: int | None) -> dict[str, int]:
    """The attributes of a random operation."""
    first, second = tf.get_seed(seed)
    return {"seed": first or 0, "seed2": second or 0}


def class_type(dtype: Any) -> Any:
    """int64 if there is none. Raises ValueError for other types than int32 and int64."""
    made = tf.as_dtype(dtype) if dtype else tf.int64
    if made not in (tf.int32, tf.int64):
        raise ValueError(f"Argument `dtype` got invalid value {made!r}. Accepted dtypes are "
                         f"{(tf.int32, tf.int64)}.")
    return made


def _classes(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Any:
    logits = tf.convert_to_tensor(logits, name="logits")
    return raw.output("Multinomial", [logits, num_samples], output_dtype=class_type(dtype),
                      **seeds(seed))


def multinomial(logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None,
                output_dtype: Any = None) -> Any:
    """Classes drawn with the probabilities softmax(logits), as `categorical`."""
    with tf.name_scope(name, "multinomial", [logits]):
        return _classes(logits, num_samples, output_dtype, seed)


def categorical(logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None,
                name: str | None = None) -> Any:
    """Classes drawn with the probabilities softmax(logits).

    Args:
      logits: [batch, classes].
      num_samples: how many for each row; a number or an int32 scalar.
      dtype: int32 or int64; int64.
      seed: of the operation.
      name: of the operations' scope.

    Returns:
      [batch, num_samples].
    """
    with tf.name_scope(name, "categorical", [logits]):
        return _classes(logits, num_samples, dtype, seed)


def random_gamma(shape: Any, alpha: Any, beta: Any = None, dtype: Any = "float32",
                 seed: int | None = None, name: str | None = None) -> Any:
    """Samples of gamma distributions; gradients reach `beta` only.

    Args:
      shape: of the samples of each distribution; int32.
      alpha: the shape parameters.
      beta: the inverse scales, broadcast with `alpha`; 1.
      dtype: float16, float32 or float64.
      seed: of the operation.
      name: of the operations' scope.

    Returns:
      A tensor of shape `shape` + that of alpha and beta.
    """
    with tf.name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = tf.convert_to_tensor(shape, name="shape", dtype=tf.int32)
        alpha = tf.convert_to_tensor(alpha, name="alpha", dtype=dtype)
        beta = tf.convert_to_tensor(1 if beta is None else beta, name="beta", dtype=dtype)
        both = tf.broadcast_dynamic_shape(tf.shape(alpha), tf.shape(beta))
        alpha = tf.broadcast_to(alpha, both)
        tiny = np.finfo(alpha.dtype.as_numpy_dtype).tiny
        return tf.maximum(tiny, raw.output("RandomGamma", [shape, alpha], **seeds(seed)) / beta)


def random_poisson(lam: Any, shape: Any, dtype: Any = "float32", seed: int | None = None,
                   name: str | None = None) -> Any:
    """Samples of Poisson distributions.

    Args:
      lam: the rates.
      shape: of the samples of each distribution; int32.
      dtype: float16, float32, float64, int32 or int64.
      seed: of the operation.
      name: of the operations' scope.

    Returns:
      A tensor of shape `shape` + that of `lam`.
    """
    with tf.name_scope(name, "random_poisson", [lam, shape]):
        shape = tf.convert_to_tensor(shape, name="shape", dtype=tf.int32)
        return raw.output("RandomPoissonV2", [shape, lam], dtype=tf.as_dtype(dtype), **seeds(seed))
