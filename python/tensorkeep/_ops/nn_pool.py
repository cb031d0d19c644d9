"""tf.nn's pools of sequences and volumes, and those that tell where the largest element is."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw, windows
from tensorkeep._ops.convolution import check_window
from tensorkeep._ops.space_to_batch import with_space_to_batch

__all__ = [
    "avg_pool1d", "avg_pool2d", "avg_pool3d", "avg_pool_v2", "max_pool1d", "max_pool2d",
    "max_pool3d", "max_pool_v2", "max_pool_with_argmax", "pool",
]


def _pool2d(function_name: str, default_name: str, input: Any, ksize: Any, strides: Any,
            padding: str, data_format: str | None, name: str | None) -> Any:
    with tf.name_scope(name, default_name, [input]) as scope:
        data_format = data_format or "NHWC"
        channel_index = 1 if data_format.startswith("NC") else 3
        return getattr(tf.nn, function_name)(
            input, windows.per_dimension(ksize, 2, channel_index, "ksize"),
            windows.per_dimension(strides, 2, channel_index, "strides"), padding,
            data_format=data_format, name=scope)


def max_pool2d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NHWC",
               name: str | None = None) -> Any:
    """The largest element of each window of images.

    Args:
      input: [batch, height, width, channels], or the channels second for "NCHW".
      ksize: the window's size: one number, one for height and width, or four.
      strides: how far it moves: the same.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: of the operations' scope.
    """
    return _pool2d("max_pool", "MaxPool2d", input, ksize, strides, padding, data_format, name)


def avg_pool2d(value: Any = None, ksize: Any = None, strides: Any = None,
               padding: str | None = None, data_format: str | None = "NHWC",
               name: str | None = None, input: Any = None) -> Any:
    """The mean of each window; as `max_pool2d`. `value` is the older name of `input`."""
    value = windows.renamed("input", input, "value", value)
    return _pool2d("avg_pool", "AvgPool", value, ksize, strides, padding, data_format, name)


def _pool1d(function_name: str, default_name: str, input: Any, ksize: Any, strides: Any,
            padding: str, data_format: str | None, name: str | None) -> Any:
    with tf.name_scope(name, default_name, [input]) as scope:
        first = (data_format or "NWC").startswith("NC")
        channel_index, height = (1, 2) if first else (2, 1)
        ksize = [1] + windows.per_dimension(ksize, 1, channel_index, "ksize")
        strides = [1] + windows.per_dimension(strides, 1, channel_index, "strides")
        images = tf.expand_dims(input, height)
        result = getattr(tf.nn, function_name)(
            images, ksize, strides, padding, data_format="NCHW" if first else "NHWC", name=scope)
        return tf.squeeze(result, height)


def max_pool1d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NWC",
               name: str | None = None) -> Any:
    """The largest element of each window of sequences [batch, length, channels]."""
    return _pool1d("max_pool", "MaxPool1d", input, ksize, strides, padding, data_format, name)


def avg_pool1d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NWC",
               name: str | None = None) -> Any:
    """The mean of each window of sequences [batch, length, channels]."""
    return _pool1d("avg_pool", "AvgPool1D", input, ksize, strides, padding, data_format, name)


def _pool3d(op_type: str, input: Any, ksize: Any, strides: Any, padding: str,
            data_format: str | None, name: str | None) -> Any:
    with tf.name_scope(name, op_type, [input]) as scope:
        data_format = data_format or "NDHWC"
        channel_index = 1 if data_format.startswith("NC") else 4
        return raw.output(op_type, [input], scope,
                          ksize=windows.per_dimension(ksize, 3, channel_index, "ksize"),
                          strides=windows.per_dimension(strides, 3, channel_index, "strides"),
                          padding=padding, data_format=data_format)


def max_pool3d(input: Any, ksize: Any, strides: Any, padding: str,
               data_format: str | None = "NDHWC", name: str | None = None) -> Any:
    """The largest element of each window of volumes [batch, depth, height, width, channels]."""
    return _pool3d("MaxPool3D", input, ksize, strides, padding, data_format, name)


def avg_pool3d(input: Any, ksize: Any, strides: Any, padding: str,
               data_format: str | None = "NDHWC", name: str | None = None) -> Any:
    """The mean of each window of volumes [batch, depth, height, width, channels]."""
    return _pool3d("AvgPool3D", input, ksize, strides, padding, data_format, name)


def _spatial_of(input: Any, data_format: str | None) -> int:
    if input.shape is None and data_format is None:
        raise ValueError("`input` must have a static shape or a data format must be given.")
    spatial = len(input.shape if input.shape is not None else data_format) - 2
    if not 1 <= spatial <= 3:
        raise ValueError("`input.shape.rank` must be 3, 4 or 5. Received: input.shape="
                         f"{input.shape} of rank {spatial + 2}.")
    return spatial


def max_pool_v2(input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = None,
                name: str | None = None) -> Any:
    """The largest element of each window of sequences, images or volumes.

    Args:
      input: a tensor of rank 3, 4 or 5.
      ksize: the window's size: one number, one for each spatial dimension, or one for each.
      strides: how far it moves: the same.
      padding: "SAME" or "VALID".
      data_format: where the channels are, as for max_pool1d, max_pool2d and max_pool3d.
      name: of the operations' scope.

    Raises:
      ValueError: for another rank.
    """
    spatial = _spatial_of(input, data_format)
    channel_index = 1 if (data_format or "").startswith("NC") else spatial + 1
    ksize = windows.per_dimension(ksize, spatial, channel_index, "ksize")
    strides = windows.per_dimension(strides, spatial, channel_index, "strides")
    if spatial == 3:
        return raw.output("MaxPool3D", [input], name, ksize=ksize, strides=strides,
                          padding=padding, data_format=data_format or "NDHWC")
    return (max_pool1d, max_pool2d)[spatial - 1](input, ksize, strides, padding, data_format, name)


def avg_pool_v2(input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = None,
                name: str | None = None) -> Any:
    """The mean of each window of sequences, images or volumes; arguments as `max_pool_v2`."""
    spatial = _spatial_of(input, data_format)
    channel_index = 1 if (data_format or "").startswith("NC") else spatial + 1
    ksize = windows.per_dimension(ksize, spatial, channel_index, "ksize")
    strides = windows.per_dimension(strides, spatial, channel_index, "strides")
    if spatial == 1:
        return avg_pool1d(input, ksize, strides, padding, data_format, name)
    op_type, default_format = ("AvgPool", "NHWC") if spatial == 2 else ("AvgPool3D", "NDHWC")
    return raw.output(op_type, [input], name, ksize=ksize, strides=strides, padding=padding,
                      data_format=data_format or default_format)


def max_pool_with_argmax(input: Any, ksize: Any, strides: Any, padding: str,
                         data_format: str = "NHWC", Targmax: Any = None, name: str | None = None,
                         output_dtype: Any = None, include_batch_in_index: bool = False) -> Any:
    """The largest element of each window of images, and where it is.

    Args:
      input: [batch, height, width, channels].
      ksize, strides, padding: as for `tf.nn.max_pool`.
      data_format: "NHWC".
      Targmax: int32 or int64, the positions' type; `output_dtype` is its other name.
      include_batch_in_index: whether positions count through the batch, or each image from 0.

    Returns:
      (output, argmax): a position is (y * width + x) * channels + channel.
    """
    if data_format != "NHWC":
        raise ValueError("`data_format` values other  than 'NHWC' are not supported. Received: "
                         f"data_format={data_format}")
    Targmax = windows.renamed("output_dtype", output_dtype, "Targmax", Targmax)
    operation = raw.operation(
        "MaxPoolWithArgmax", [input], name, ksize=list(ksize), strides=list(strides),
        padding=padding, Targmax=tf.int64 if Targmax is None else tf.as_dtype(Targmax),
        include_batch_in_index=include_batch_in_index)
    return tuple(operation.outputs)


_FUNCTIONS = {("MAX", 1): "max_pool", ("MAX", 2): "max_pool", ("MAX", 3): "max_pool3d",
              ("AVG", 1): "avg_pool", ("AVG", 2): "avg_pool", ("AVG", 3): "avg_pool3d"}


def pool(input: Any, window_shape: Any, pooling_type: str, padding: str, dilation_rate: Any = None,
         strides: Any = None, name: str | None = None, data_format: str | None = None,
         dilations: Any = None) -> Any:
    """A pool over one, two or three spatial dimensions.

    Args:
      input: [batch, ..., channels], or [batch, channels, ...] where `data_format` begins "NC".
      window_shape: one number for each spatial dimension.
      pooling_type: "MAX" or "AVG".
      padding: "SAME" or "VALID"; only the latter with a dilation.
      dilation_rate: one number for each spatial dimension; `dilations` is its other name.
      strides: the same, at most the window's sizes. Not both may be above 1.
      name: of the operations' scope.
      data_format: "NWC", "NHWC" or "NDHWC", or "NCW" and so on.

    Raises:
      ValueError: these do not go together.
    """
    dilation_rate = windows.renamed("dilations", dilations, "dilation_rate", dilation_rate)
    with tf.name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        input = tf.convert_to_tensor(input, name="input")
        spatial = len(window_shape)
        if spatial not in (1, 2, 3):
            raise ValueError("`len(window_shape)` must be 1, 2, or 3. Received: window_shape="
                             f"{window_shape} of length {spatial}")
        input.shape.with_rank(spatial + 2)
        rate = [1] * spatial if dilation_rate is None else list(dilation_rate)
        strides = [1] * spatial if strides is None else list(strides)
        check_window(strides, rate)
        if padding == "SAME" and max(rate) > 1:
            raise ValueError("pooling with 'SAME' padding is not implemented for `dilation_rate` > "
                             f"1. Received: padding={padding} and dilation_rate={rate}")
        if any(stride > size for stride, size in zip(strides, window_shape)):
            raise ValueError("`strides` > `window_shape` not supported due to inconsistency "
                             f"between CPU and GPU implementations. Received: strides={strides} "
                             f"and window_shape={window_shape}")
        if (pooling_type, spatial) not in _FUNCTIONS:
            raise ValueError(f"{spatial}-D {pooling_type} pooling is not supported.")
        first = data_format is not None and data_format.startswith("NC")
        spatial_dims = range(2 if first else 1, spatial + (2 if first else 1))
        channel_index = 1 if first else spatial + 1
        window = windows.per_dimension(list(window_shape), spatial, channel_index, "window_shape")
        steps = windows.per_dimension(strides, spatial, channel_index, "strides")
        if spatial == 1:
            window, steps = [1] + window, [1] + steps
            data_format = "NCHW" if first else "NHWC"
        function = getattr(tf.nn, _FUNCTIONS[pooling_type, spatial])

        def operation(tensor: Any, pad: str) -> Any:
            if spatial == 1:
                tensor = tf.expand_dims(tensor, spatial_dims[0])
            more = {"data_format": data_format} if data_format else {}
            result = function(tensor, window, steps, pad, name=scope, **more)
            return tf.squeeze(result, [spatial_dims[0]]) if spatial == 1 else result

        return with_space_to_batch(input, rate, padding, operation, window_shape, spatial_dims)
