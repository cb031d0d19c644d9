"""Initializers that are composed of other operations."""

from __future__ import annotations

import math
from typing import Any

import tensorkeep as tf
from tensorkeep._ops import matrix_factors

__all__ = ["Identity", "Orthogonal"]


def _floating_point(dtype: Any) -> Any:
    made = tf.as_dtype(dtype)
    if not made.is_floating:
        raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {dtype}.")
    return made


class Identity:
    """Makes identity matrices, or a part of one.

    Args:
      gain: what is on the diagonal.
      dtype: a floating point type, where the call names none.
    """

    def __init__(self, gain: float = 1.0, dtype: Any = "float32") -> None:
        self.gain = gain
        self.dtype = _floating_point(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """The matrix of `shape`, or those of its rows and columns that `partition_info` says.

        Raises:
          ValueError: it is no matrix.
        """
        whole = tf.TensorShape(
            shape if partition_info is None else partition_info.full_shape).as_list()
        if len(whole) != 2:
            raise ValueError("The tensor to initialize, specified by argument `shape` must be at "
                             f"least two-dimensional. Received shape={shape}")
        matrix = tf.eye(*whole, dtype=self.dtype if dtype is None else dtype)
        if partition_info is not None:
            matrix = tf.slice(matrix, partition_info.var_offset, shape)
        return self.gain * matrix

    def get_config(self) -> dict[str, Any]:
        """A dict of the arguments it was made with."""
        return {"gain": self.gain, "dtype": self.dtype.name}


class Orthogonal:
    """Makes random orthogonal matrices: columns, or rows where there are fewer, are orthonormal.

    Args:
      gain: what the matrix is multiplied by.
      seed: of its random numbers.
      dtype: a floating point type, where the call names none.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = "float32") -> None:
        self.gain = gain
        self.dtype = _floating_point(dtype)
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """A tensor of `shape`, whose dimensions but the last are one.

        Raises:
          ValueError: it has less than two dimensions.
        """
        if len(shape) < 2:
            raise ValueError("The tensor to initialize, specified by argument `shape` must be at "
                             f"least two-dimensional. Received shape={shape}")
        rows, columns = math.prod(int(size) for size in shape[:-1]), int(shape[-1])
        long, short = max(rows, columns), min(rows, columns)
        normal = tf.random_normal((long, short), seed=self.seed,
                                  dtype=self.dtype if dtype is None else dtype)
        q, r = matrix_factors.qr(normal, full_matrices=False)
        # Which signs the factors have depends on how they are computed; this makes them uniform.
        q *= tf.sign(tf.diag_part(r))
        if rows < columns:
            q = tf.matrix_transpose(q)
        return self.gain * tf.reshape(q, shape)

    def get_config(self) -> dict[str, Any]:
        """A dict of the arguments it was made with."""
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}
