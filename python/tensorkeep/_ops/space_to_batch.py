"""Dilated windows: the input is cut into parts of the batch, where they are windows without gaps.

TensorFlow 1 builds dilated convolutions and pools that way.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np
import tensorkeep as tf

__all__ = ["required_space_to_batch_paddings", "with_space_to_batch"]


def required_space_to_batch_paddings(input_shape: Any, block_shape: Any, base_paddings: Any = None,
                                     name: str | None = None) -> tuple[Any, Any]:
    """What to pad before `tf.space_to_batch_nd`, and to crop after `tf.batch_to_space_nd`.

    Args:
      input_shape: [n] sizes.
      block_shape: [n], its length known.
      base_paddings: [n, 2], what is padded anyway; 0.
      name: of the operations' scope.

    Returns:
      (paddings, crops), int32 tensors of shape [n, 2]: the sizes padded are divisible by
      `block_shape`.
    """
    with tf.name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        sizes = tf.convert_to_tensor(input_shape, dtype=tf.int32, name="input_shape")
        blocks = tf.convert_to_tensor(block_shape, dtype=tf.int32, name="block_shape")
        count = blocks.shape.as_list()[0]
        if count == 0:
            return tf.zeros([0, 2], tf.int32), tf.zeros([0, 2], tf.int32)
        sizes.shape.assert_is_compatible_with([count])
        if base_paddings is None:
            base = tf.zeros([count, 2], tf.int32)
        else:
            base = tf.convert_to_tensor(base_paddings, dtype=tf.int32, name="base_paddings")
            base.shape.assert_is_compatible_with([count, 2])
        known = [tf.get_static_value(tensor) for tensor in (sizes, blocks, base)]
        if all(value is not None for value in known):
            sizes, blocks, base = known
        start, end = base[:, 0], base[:, 1]
        whole = sizes + start + end
        excess = (blocks - whole % blocks) % blocks
        end = end + excess
        paddings = tf.stack([[start[i], end[i]] for i in range(count)], name="paddings")
        crops = tf.stack([[0, excess[i]] for i in range(count)], name="crops")
        return paddings, crops


def _same_paddings(filter_shape: Any, count: int, rate: Any) -> Any:
    """What padding "SAME" adds around the input for a dilated filter: [count, 2]."""
    total = (filter_shape[:count] - 1) * rate
    start = total // 2
    end = total - start
    return tf.stack([[start[i], end[i]] for i in range(count)])


def _for_all_dimensions(values: Any, fill: int, spatial_dims: Sequence[int]) -> Any:
    """`values` for the spatial dimensions, which follow one another, and `fill` for those from the
    first after the batch to them.
    """
    known = tf.get_static_value(values)
    before = spatial_dims[0] - 1
    filling = np.full([before] + values.shape.as_list()[1:], fill, values.dtype.as_numpy_dtype)
    if known is not None:
        return np.concatenate([filling, known])
    return tf.concat(([filling] if before else []) + [values[0:len(spatial_dims)]], 0)


class SpaceToBatch:
    """An operation on spatial dimensions, dilated.

    Args:
      rate: the dilation of each spatial dimension.
      padding: "SAME" or "VALID".
      filter_shape: the window's sizes first, as a shape, numbers or a tensor.
      spatial_dims: which dimensions of the input these are.
      make: `make(padding)` gives the operation without dilation, a function of the input.

    Raises:
      ValueError: a rate is below 1, or there is no such padding.
    """

    def __init__(self, rate: Any, padding: str, filter_shape: Any, spatial_dims: Sequence[int],
                 make: Callable[[str], Callable]) -> None:
        self._rate = tf.convert_to_tensor(rate, tf.int32, name="dilation_rate")
        known_rate = tf.get_static_value(self._rate)
        self._plain = False
        if known_rate is not None:
            if np.any(known_rate < 1):
                raise ValueError(
                    f"`dilation_rate` must be positive. Received: dilation_rate={known_rate}")
            if np.all(known_rate == 1):
                self._operation = make(padding)
                self._plain = True
                return
        count = len(spatial_dims)
        if padding == "SAME":
            filter_shape = tf.convert_to_tensor(filter_shape, name="filter_shape")
            known_shape = tf.get_static_value(filter_shape)
            self._base = _same_paddings(filter_shape if known_shape is None else known_shape, count,
                                        self._rate if known_rate is None else known_rate)
        elif padding == "VALID":
            self._base = np.zeros([count, 2], np.int32)
        else:
            raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: {padding}")
        self._spatial_dims = spatial_dims
        self._operation = make("VALID")

    def __call__(self, inputs: Any) -> Any:
        if self._plain:
            return self._operation(inputs)
        sizes: Any = None
        if inputs.shape.ndims is not None:
            known = inputs.shape.as_list()
            sizes = [known[i] for i in self._spatial_dims]
        if sizes is None or None in sizes:
            shape = tf.shape(inputs)
            sizes = tf.stack([shape[i] for i in self._spatial_dims])
        paddings, crops = required_space_to_batch_paddings(sizes, self._rate, self._base)
        block = _for_all_dimensions(self._rate, 1, self._spatial_dims)
        paddings = _for_all_dimensions(paddings, 0, self._spatial_dims)
        crops = _for_all_dimensions(crops, 0, self._spatial_dims)
        parts = tf.space_to_batch_nd(inputs, block, paddings)
        return tf.batch_to_space_nd(self._operation(parts), block, crops)


def with_space_to_batch(inputs: Any, rate: Any, padding: str, operation: Callable,
                        filter_shape: Any, spatial_dims: Sequence[int]) -> Any:
    """`operation(input, padding)`, dilated; the arguments are those of `SpaceToBatch`."""
    inputs = tf.convert_to_tensor(inputs, name="input")
    return SpaceToBatch(rate, padding, filter_shape, spatial_dims,
                        lambda pad: lambda tensor: operation(tensor, pad))(inputs)
