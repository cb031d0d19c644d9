"""tf.nn's dilated convolution the other way, and the gradients of depthwise convolutions."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = [
    "atrous_conv2d_transpose", "depthwise_conv2d_native_backprop_filter",
    "depthwise_conv2d_native_backprop_input",
]


def depthwise_conv2d_native_backprop_input(
        input_sizes: Any, filter: Any, out_backprop: Any, strides: Sequence[int], padding: str,
        data_format: str = "NHWC", dilations: Sequence[int] = (1, 1, 1, 1),
        name: str | None = None) -> Any:
    """The gradient of a depthwise convolution by its input.

    Args:
      input_sizes: [4], the input's shape.
      filter: [height, width, channels, multiplier].
      out_backprop: the gradient by the output.
      strides, padding, data_format, dilations: the convolution's.
      name: of the operation.

    Returns:
      A tensor of shape `input_sizes`.
    """
    return raw.output("DepthwiseConv2dNativeBackpropInput", [input_sizes, filter, out_backprop],
                      name, strides=list(strides), padding=padding, data_format=data_format,
                      dilations=list(dilations))


def depthwise_conv2d_native_backprop_filter(
        input: Any, filter_sizes: Any, out_backprop: Any, strides: Sequence[int], padding: str,
        data_format: str = "NHWC", dilations: Sequence[int] = (1, 1, 1, 1),
        name: str | None = None) -> Any:
    """The gradient of a depthwise convolution by its filter, of shape `filter_sizes`; the other
    arguments are those of the gradient by the input."""
    return raw.output("DepthwiseConv2dNativeBackpropFilter", [input, filter_sizes, out_backprop],
                      name, strides=list(strides), padding=padding, data_format=data_format,
                      dilations=list(dilations))


def _paddings(filters: Any, rate: int, padding: str) -> tuple[Any, Any, Any, Any]:
    """What a convolution with gaps pads: top, bottom, left, right."""
    if padding == "VALID":
        return 0, 0, 0, 0
    if padding != "SAME":
        raise ValueError(f"`padding` must be either 'VALID' or 'SAME'. Received: padding={padding}")
    known = filters.shape.is_fully_defined()
    sizes = filters.shape.as_list() if known else tf.shape(filters)
    height, width = (size + (size - 1) * (rate - 1) - 1 for size in (sizes[0], sizes[1]))
    top, left = height // 2, width // 2
    return top, height - top, left, width - left


def atrous_conv2d_transpose(value: Any, filters: Any, output_shape: Any, rate: int, padding: str,
                            name: str | None = None) -> Any:
    """The gradient of `atrous_conv2d` by its input.

    Args:
      value: [batch, height, width, channels].
      filters: [height, width, outputs, channels].
      output_shape: four numbers, or a tensor of them.
      rate: the distance of the filter's elements; 1 is a convolution without gaps.
      padding: "SAME" or "VALID", of the convolution.
      name: of the operations' scope.

    Returns:
      A tensor of shape `output_shape`.

    Raises:
      ValueError: the shapes do not fit, or `rate` is below 1.
    """
    with tf.name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]):
        value = tf.convert_to_tensor(value, name="value")
        filters = tf.convert_to_tensor(filters, name="filters")
        if not value.shape.dims[3].is_compatible_with(filters.shape[3]):
            raise ValueError("`value` channel count must be compatible with `filters` input "
                             f"channel count. Received: value.shape={value.shape} and filters.shape="
                             f"{filters.shape}.")
        if rate < 1:
            raise ValueError(f"`rate` cannot be less than one. Received: rate={rate}")
        if rate == 1:
            return tf.nn.conv2d_transpose(value, filters, output_shape, strides=[1, 1, 1, 1],
                                          padding=padding, data_format="NHWC")
        as_tensor = tf.convert_to_tensor(output_shape, name="output_shape")
        if not as_tensor.shape.is_compatible_with(tf.TensorShape([4])):
            raise ValueError("`output_shape` must have shape (4,). Received: output_shape="
                             f"{as_tensor.shape}")
        if isinstance(output_shape, tuple):
            output_shape = list(output_shape)
        if isinstance(output_shape, (list, np.ndarray)) and not (
                filters.shape.dims[2].is_compatible_with(output_shape[3])):
            raise ValueError("`output_shape` channel count must be compatible with `filters` "
                             f"output channel count. Received: output_shape={output_shape} and "
                             f"filters.shape={filters.shape}.")
        top, bottom, left, right = _paddings(filters, rate, padding)
        height = output_shape[1] + top + bottom
        width = output_shape[2] + left + right
        more_bottom = (rate - height % rate) % rate
        more_right = (rate - width % rate) % rate
        value = tf.space_to_batch(input=value, paddings=[[0, more_bottom], [0, more_right]],
                                  block_size=rate)
        sizes = [rate * rate * output_shape[0], (height + more_bottom) // rate,
                 (width + more_right) // rate, output_shape[3]]
        value = raw.output("Conv2DBackpropInput", [sizes, filters, value], strides=[1, 1, 1, 1],
                           padding="VALID", data_format="NHWC")
        crops = [[top, bottom + more_bottom], [left, right + more_right]]
        return tf.batch_to_space(input=value, crops=crops, block_size=rate)
