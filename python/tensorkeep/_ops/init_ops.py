"""Initializers that are composed of other operations."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf

__all__ = ["Identity"]


class Identity:
    """Makes identity matrices, or a part of one.

    Args:
      gain: what is on the diagonal.
      dtype: a floating point type, where the call names none.
    """

    def __init__(self, gain: float = 1.0, dtype: Any = "float32") -> None:
        self.gain = gain
        self.dtype = tf.as_dtype(dtype)
        if not self.dtype.is_floating:
            raise ValueError("Argument `dtype` is expected to be floating point. Received: "
                             f"{dtype}.")

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
