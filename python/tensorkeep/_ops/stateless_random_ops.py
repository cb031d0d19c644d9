"""Random tensors that follow from a seed, which is an argument, alone."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw
from tensorkeep._ops.random_ops import class_type

__all__ = [
    "stateless_categorical", "stateless_multinomial", "stateless_random_normal",
    "stateless_random_uniform", "stateless_truncated_normal",
]

_ALGORITHMS = {"philox": 1, "auto_select": 3}


def _shape_tensor(shape: Any) -> Any:
    empty = isinstance(shape, (list, tuple)) and not shape
    return tf.convert_to_tensor(shape, dtype=tf.int32 if empty else None, name="shape")


def _draw(op_type: str, shape: Any, seed: Any, algorithm: Any, *bounds: Any,
          name: str | None = None, **attrs: Any) -> Any:
    number = _ALGORITHMS.get(algorithm, algorithm)
    if number not in _ALGORITHMS.values():
        raise ValueError(f"Argument `alg` got unsupported value {algorithm}. Supported values are "
                         "'philox' and 'auto_select'.")
    key, counter = raw.operation("StatelessRandomGetKeyCounter", [seed]).outputs
    return raw.output(op_type, [shape, key, counter, number, *bounds], name, **attrs)


def stateless_random_uniform(shape: Any, seed: Any, minval: Any = 0, maxval: Any = None,
                             dtype: Any = "float32", name: str | None = None,
                             alg: Any = "auto_select") -> Any:
    """Numbers in [minval, maxval), the same for the same seed.

    Args:
      shape: of the result.
      seed: two integers.
      minval: 0; None with integers means all numbers of the type.
      maxval: 1 for floating point; integers need one, or None for both.
      dtype: float16, bfloat16, float32, float64, int32, int64, uint32 or uint64.
      name: of the operations' scope.
      alg: "auto_select" or "philox", which are the same.

    Raises:
      ValueError: the type is none of these, or does not go with the bounds.
    """
    dtype = tf.as_dtype(dtype)
    accepted = (tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.int32, tf.int64, tf.uint32,
                tf.uint64)
    if dtype not in accepted:
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are "
                         f"{accepted}.")
    if dtype.is_integer:
        if (minval is None) != (maxval is None):
            raise ValueError(f"For integer `dtype` argument {dtype!r}, argument `minval` and "
                             "`maxval` must be both None or not None. Got "
                             f"`minval`={minval} and `maxval`={maxval}.")
        if minval is not None and dtype in (tf.uint32, tf.uint64):
            raise ValueError(f"Argument `dtype` got invalid value {dtype!r} when argument `minval` "
                             "is not None. Please don't use unsigned integers in this case.")
    elif maxval is None:
        maxval = 1
    with tf.name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        shape = _shape_tensor(shape)
        if dtype.is_integer and minval is None:
            return _draw("StatelessRandomUniformFullIntV2", shape, seed, alg, dtype=dtype,
                         name=scope)
        minval = tf.convert_to_tensor(minval, dtype=dtype, name="min")
        maxval = tf.convert_to_tensor(maxval, dtype=dtype, name="max")
        if dtype.is_integer:
            return _draw("StatelessRandomUniformIntV2", shape, seed, alg, minval, maxval,
                         name=scope)
        unit = _draw("StatelessRandomUniformV2", shape, seed, alg, dtype=dtype)
        return tf.add(unit * (maxval - minval), minval, name=scope)


def _normal(op_type: str, default_name: str, shape: Any, seed: Any, mean: Any, stddev: Any,
            dtype: Any, name: str | None, alg: Any) -> Any:
    with tf.name_scope(name, default_name, [shape, seed, mean, stddev]) as scope:
        shape = _shape_tensor(shape)
        mean = tf.convert_to_tensor(mean, dtype=dtype, name="mean")
        stddev = tf.convert_to_tensor(stddev, dtype=dtype, name="stddev")
        standard = _draw(op_type, shape, seed, alg, dtype=tf.as_dtype(dtype))
        return tf.add(standard * stddev, mean, name=scope)


def stateless_random_normal(shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0,
                            dtype: Any = "float32", name: str | None = None,
                            alg: Any = "auto_select") -> Any:
    """Normal numbers, the same for the same seed.

    Args:
      shape: of the result.
      seed: two integers.
      mean: of the distribution.
      stddev: of the distribution.
      dtype: float16, bfloat16, float32 or float64.
      name: of the operations' scope.
      alg: "auto_select" or "philox", which are the same.
    """
    return _normal("StatelessRandomNormalV2", "stateless_random_normal", shape, seed, mean, stddev,
                   dtype, name, alg)


def stateless_truncated_normal(shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0,
                               dtype: Any = "float32", name: str | None = None,
                               alg: Any = "auto_select") -> Any:
    """`stateless_random_normal` without what is more than two standard deviations off."""
    return _normal("StatelessTruncatedNormalV2", "stateless_truncated_normal", shape, seed, mean,
                   stddev, dtype, name, alg)


def _classes(logits: Any, num_samples: Any, dtype: Any, seed: Any) -> Any:
    logits = tf.convert_to_tensor(logits, name="logits")
    return raw.output("StatelessMultinomial", [logits, num_samples, seed],
                      output_dtype=class_type(dtype))


def stateless_multinomial(logits: Any, num_samples: Any, seed: Any, output_dtype: Any = "int64",
                          name: str | None = None) -> Any:
    """Classes drawn with the probabilities softmax(logits), as `stateless_categorical`."""
    with tf.name_scope(name, "stateless_multinomial", [logits, seed]):
        return _classes(logits, num_samples, output_dtype, seed)


def stateless_categorical(logits: Any, num_samples: Any, seed: Any, dtype: Any = "int64",
                          name: str | None = None) -> Any:
    """Classes drawn with the probabilities softmax(logits), the same for the same seed.

    Args:
      logits: [batch, classes].
      num_samples: how many for each row; a number or an int32 scalar.
      seed: two integers.
      dtype: int32 or int64.
      name: of the operations' scope.

    Returns:
      [batch, num_samples].
    """
    with tf.name_scope(name, "stateless_categorical", [logits, seed]):
        return _classes(logits, num_samples, dtype, seed)
