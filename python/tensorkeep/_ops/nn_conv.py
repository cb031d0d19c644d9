"""tf.nn's convolutions over one and three dimensions, and those that go the other way."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw, windows
from tensorkeep._ops.space_to_batch import with_space_to_batch

__all__ = [
    "atrous_conv2d", "conv1d", "conv1d_transpose", "conv2d_transpose",
    "conv3d", "conv3d_transpose", "conv_transpose", "separable_conv2d",
]


def _as_image_format(data_format: str | None, allowed_last: tuple, allowed_first: tuple) -> str:
    if data_format is None or data_format in allowed_last:
        return "NHWC"
    if data_format in allowed_first:
        return "NCHW"
    raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")


def conv1d(value: Any = None, filters: Any = None, stride: Any = None, padding: str | None = None,
           use_cudnn_on_gpu: bool | None = None, data_format: str | None = None,
           name: str | None = None, input: Any = None, dilations: Any = None) -> Any:
    """A convolution of sequences, as of images of height 1.

    Args:
      value: [batch, length, channels], or [batch, channels, length] for "NCW"; `input` is its other
        name.
      filters: [width, channels, outputs].
      stride: a number.
      padding: "SAME" or "VALID".
      data_format: "NWC" or "NCW".
      name: of the operations' scope.
      dilations: a number.

    Returns:
      [batch, new length, outputs], or the outputs before the length.

    Raises:
      ValueError: the shapes do not fit.
    """
    value = windows.renamed("input", input, "value", value)
    with tf.name_scope(name, "conv1d", [value, filters]) as scope:
        image_format = _as_image_format(data_format, ("NHWC", "NWC"), ("NCHW", "NCW"))
        height, channel_index = (-2, 1) if image_format == "NCHW" else (-3, 2)
        strides = [1] + windows.per_dimension(stride, 1, channel_index, "stride")
        dilations = [1] + windows.per_dimension(dilations, 1, channel_index, "dilations")
        images = tf.expand_dims(value, height)
        kernel = tf.expand_dims(filters, 0)
        result = tf.nn.conv2d(images, kernel, strides, padding, data_format=image_format,
                              dilations=dilations, name=scope)
        return tf.squeeze(result, [height])


def conv1d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any,
                     padding: str = "SAME", data_format: str | None = "NWC", dilations: Any = None,
                     name: str | None = None) -> Any:
    """The gradient of `conv1d` by its input.

    Args:
      input: [batch, length, channels], or [batch, channels, length] for "NCW".
      filters: [width, outputs, channels].
      output_shape: three numbers, or a tensor of them.
      strides, padding, data_format, dilations: of the convolution.
      name: of the operations' scope.
    """
    with tf.name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        image_format = _as_image_format(data_format, ("NWC",), ("NCW",))
        height, channel_index = (2, 1) if image_format == "NCHW" else (1, 2)
        strides = [1] + windows.per_dimension(strides, 1, channel_index, "stride")
        dilations = [1] + windows.per_dimension(dilations, 1, channel_index, "dilations")
        images = tf.expand_dims(input, height)
        kernel = tf.expand_dims(filters, 0)
        if not isinstance(output_shape, tf.Tensor):
            output_shape = list(output_shape)
        output_shape = tf.concat([output_shape[:height], [1], output_shape[height:]], 0)
        result = tf.nn.conv2d_backprop_input(
            output_shape, kernel, images, strides, padding, data_format=image_format,
            dilations=dilations, name=scope)
        return tf.squeeze(result, height)


def conv2d_transpose(value: Any = None, filter: Any = None, output_shape: Any = None,
                     strides: Any = None, padding: str = "SAME", data_format: str | None = "NHWC",
                     name: str | None = None, input: Any = None, filters: Any = None,
                     dilations: Any = None) -> Any:
    """The gradient of `conv2d` by its input: from few pixels to many.

    Args:
      value: [batch, height, width, channels]; `input` is its other name.
      filter: [height, width, outputs, channels]; `filters` is its other name.
      output_shape: four numbers, or a tensor of them.
      strides: one for all, for height and width, or for each dimension.
      padding: "SAME" or "VALID", of the convolution.
      data_format: "NHWC" or "NCHW".
      name: of the operations' scope.
      dilations: as `strides`.

    Returns:
      A tensor of shape `output_shape`.

    Raises:
      ValueError: the shapes do not fit.
    """
    value = windows.renamed("input", input, "value", value)
    filter = windows.renamed("filters", filters, "filter", filter)
    with tf.name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        data_format = data_format or "NHWC"
        channel_index = 1 if data_format.startswith("NC") else 3
        return tf.nn.conv2d_backprop_input(
            output_shape, filter, value,
            windows.per_dimension(strides, 2, channel_index, "strides"), padding,
            data_format=data_format,
            dilations=windows.per_dimension(dilations, 2, channel_index, "dilations"), name=scope)


def conv3d(input: Any, filter: Any = None, strides: Any = None, padding: str | None = None,
           data_format: str = "NDHWC", dilations: Any = (1, 1, 1, 1, 1), name: str | None = None,
           filters: Any = None) -> Any:
    """A convolution of volumes.

    Args:
      input: [batch, depth, height, width, channels], or the channels second for "NCDHW".
      filter: [depth, height, width, channels, outputs]; `filters` is its other name.
      strides: five numbers, the first and that of the channels 1.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      dilations: five numbers.
      name: of the operation.
    """
    filter = windows.renamed("filters", filters, "filter", filter)
    return raw.output("Conv3D", [input, filter], name, strides=list(strides), padding=padding,
                      data_format=data_format, dilations=list(dilations))


def conv3d_transpose(value: Any, filter: Any = None, output_shape: Any = None, strides: Any = None,
                     padding: str = "SAME", data_format: str | None = "NDHWC",
                     name: str | None = None, input: Any = None, filters: Any = None,
                     dilations: Any = None) -> Any:
    """The gradient of `conv3d` by its input; the arguments are as those of `conv2d_transpose`."""
    value = windows.renamed("input", input, "value", value)
    filter = windows.renamed("filters", filters, "filter", filter)
    with tf.name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        data_format = data_format or "NDHWC"
        channel_index = 1 if data_format.startswith("NC") else 4
        return raw.output(
            "Conv3DBackpropInputV2", [output_shape, filter, value], scope,
            strides=windows.per_dimension(strides, 3, channel_index, "strides"), padding=padding,
            data_format=data_format,
            dilations=windows.per_dimension(dilations, 3, channel_index, "dilations"))


def conv_transpose(input: Any, filters: Any, output_shape: Any, strides: Any,
                   padding: str = "SAME", data_format: str | None = None, dilations: Any = None,
                   name: str | None = None) -> Any:
    """`conv1d_transpose`, `conv2d_transpose` or `conv3d_transpose`, by the length of
    `output_shape`.
    """
    with tf.name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        if isinstance(output_shape, tf.Tensor):
            spatial = output_shape.shape.as_list()[0] - 2
        else:
            spatial = len(output_shape) - 2
        if spatial not in (1, 2, 3):
            raise ValueError("`output_shape` must be of length 3, 4 or 5. Received: "
                             f"output_shape={output_shape} of length {spatial + 2}.")
        function = (conv1d_transpose, conv2d_transpose, conv3d_transpose)[spatial - 1]
        return function(input, filters, output_shape, strides, padding=padding,
                        data_format=data_format, dilations=dilations, name=scope)


def separable_conv2d(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any,
                     padding: str, rate: Any = None, name: str | None = None,
                     data_format: str | None = None, dilations: Any = None) -> Any:
    """Each channel convolved by itself, then all of them mixed pixel by pixel.

    Args:
      input: [batch, height, width, channels].
      depthwise_filter: [height, width, channels, multiplier].
      pointwise_filter: [1, 1, channels * multiplier, outputs].
      strides: four numbers.
      padding: "SAME" or "VALID".
      rate: the dilation of height and width; `dilations` is its other name.
      name: of the operations' scope.
      data_format: "NHWC" or "NCHW".

    Returns:
      [batch, new height, new width, outputs].

    Raises:
      ValueError: the shapes do not fit.
    """
    rate = windows.renamed("dilations", dilations, "rate", rate)
    with tf.name_scope(name, "separable_conv2d",
                       [input, depthwise_filter, pointwise_filter]) as scope:
        input = tf.convert_to_tensor(input, name="tensor_in")
        depthwise = tf.convert_to_tensor(depthwise_filter, name="depthwise_filter")
        pointwise = tf.convert_to_tensor(pointwise_filter, name="pointwise_filter")
        for size in pointwise.shape.with_rank(4).as_list()[:2]:
            if size not in (None, 1):
                raise ValueError("The first two dimensions of `pointwise_filter` must be 1. "
                                 f"Received: {pointwise.shape}")
        first = 2 if data_format == "NCHW" else 1
        more = {"data_format": data_format} if data_format else {}

        def each_channel(images: Any, pad: str) -> Any:
            return tf.nn.depthwise_conv2d_native(images, depthwise, strides, pad, name="depthwise",
                                                 **more)

        channels = with_space_to_batch(input, [1, 1] if rate is None else rate, padding,
                                       each_channel, tf.shape(depthwise), [first, first + 1])
        return tf.nn.conv2d(channels, pointwise, [1, 1, 1, 1], padding="VALID", name=scope, **more)


def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str,
                  name: str | None = None) -> Any:
    """`tf.nn.convolution` of images, dilated by `rate` in height and width."""
    return tf.nn.convolution(value, filters, padding, dilation_rate=[rate, rate], name=name)
