"""Convolutions that go the other way: from few pixels to many."""

from __future__ import annotations

from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._layers.convolutional import ConvolutionLayer

__all__ = ["Conv2DTranspose", "Conv3DTranspose", "conv2d_transpose", "conv3d_transpose"]


class _Transposed(ConvolutionLayer):
    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str = "channels_last", activation: Any = None, use_bias: bool = True,
                 kernel_initializer: Any = None, bias_initializer: Any = "zeros",
                 kernel_regularizer: Callable | None = None,
                 bias_regularizer: Callable | None = None,
                 activity_regularizer: Callable | None = None,
                 kernel_constraint: Callable | None = None,
                 bias_constraint: Callable | None = None, trainable: bool = True,
                 name: Any = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation,
                         use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                         bias_regularizer, activity_regularizer, kernel_constraint,
                         bias_constraint, trainable, name, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._add_kernel(self.kernel_size + (self.filters, self._input_channels(input_shape)))
        self._add_bias()
        self.built = True

    def _output_size(self, size: Any, i: int) -> Any:
        if size is None:
            return None
        size = size * self.strides[i]
        if self.padding == "valid":
            size = size + max(self.kernel_size[i] - self.strides[i], 0)
        return size


class Conv2DTranspose(_Transposed):
    """The gradient of `Conv2D` by its input: [batch, height, width, channels] to more pixels.

    Variables: `kernel` [height, width, filters, channels] and `bias` [filters]. The arguments are
    those of `Conv2D` without `dilation_rate`.
    """

    def call(self, inputs: Any) -> Any:
        shape = tf.shape(inputs)
        batch = shape[0]
        first = 2 if self._channels_first else 1
        known = inputs.shape.as_list()
        space = [known[i] if known[i] is not None else shape[i] for i in (first, first + 1)]
        sizes = [self._output_size(size, i) for i, size in enumerate(space)]
        if self._channels_first:
            output_shape = tf.stack([batch, self.filters, *sizes])
            # TensorFlow's kernels for CPUs know channels last only.
            inputs = tf.transpose(inputs, (0, 2, 3, 1))
            output_shape = tf.stack([output_shape[i] for i in (0, 2, 3, 1)])
        else:
            output_shape = tf.stack([batch, *sizes, self.filters])
            _ = output_shape[0]  # TensorFlow has this slice, of which it makes nothing
        outputs = tf.nn.conv2d_transpose(inputs, self.kernel, output_shape,
                                         (1,) + self.strides + (1,), padding=self.padding.upper(),
                                         data_format="NHWC")
        if self._channels_first:
            outputs = tf.transpose(outputs, (0, 3, 1, 2))
        outputs.set_shape(self.compute_output_shape(known))
        return self._finish(outputs)


class Conv3DTranspose(_Transposed):
    """The gradient of `Conv3D` by its input.

    Variables: `kernel` [depth, height, width, filters, channels] and `bias` [filters]. The
    arguments are those of `Conv3D` without `dilation_rate`.
    """

    _spatial = 3

    def call(self, inputs: Any) -> Any:
        shape = tf.shape(inputs)
        batch = shape[0]
        first = 2 if self._channels_first else 1
        space = [shape[first + i] for i in range(3)]
        sizes = [self._output_size(size, i) for i, size in enumerate(space)]
        if self._channels_first:
            output_shape, strides = [batch, self.filters, *sizes], (1, 1) + self.strides
        else:
            output_shape, strides = [batch, *sizes, self.filters], (1,) + self.strides + (1,)
        outputs = tf.nn.conv3d_transpose(inputs, self.kernel, tf.stack(output_shape), strides,
                                         data_format=self._format, padding=self.padding.upper())
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self._finish(outputs)


def conv2d_transpose(inputs: Any, filters: int, kernel_size: Any, strides: Any = (1, 1),
                     padding: str = "valid", data_format: str = "channels_last",
                     activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
                     bias_initializer: Any = "zeros", kernel_regularizer: Callable | None = None,
                     bias_regularizer: Callable | None = None,
                     activity_regularizer: Callable | None = None,
                     kernel_constraint: Callable | None = None,
                     bias_constraint: Callable | None = None, trainable: bool = True,
                     name: Any = None, reuse: bool | None = None) -> Any:
    """From images to images of more pixels; see `Conv2DTranspose`."""
    return Conv2DTranspose(
        filters, kernel_size, strides, padding, data_format, activation, use_bias,
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
        activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _scope=name,
        _reuse=reuse)(inputs)


def conv3d_transpose(inputs: Any, filters: int, kernel_size: Any, strides: Any = (1, 1, 1),
                     padding: str = "valid", data_format: str = "channels_last",
                     activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
                     bias_initializer: Any = "zeros", kernel_regularizer: Callable | None = None,
                     bias_regularizer: Callable | None = None,
                     activity_regularizer: Callable | None = None,
                     kernel_constraint: Callable | None = None,
                     bias_constraint: Callable | None = None, trainable: bool = True,
                     name: Any = None, reuse: bool | None = None) -> Any:
    """From volumes to larger volumes; see `Conv3DTranspose`."""
    return Conv3DTranspose(
        filters, kernel_size, strides, padding, data_format, activation, use_bias,
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
        activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _scope=name,
        _reuse=reuse)(inputs)
