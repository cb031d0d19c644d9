"""Convolutions of each channel by itself, whose results are mixed pixel by pixel."""

from __future__ import annotations

from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._layers import options
from tensorkeep._layers.convolutional import ConvolutionLayer

__all__ = ["SeparableConv1D", "SeparableConv2D", "separable_conv1d", "separable_conv2d"]


class _Separable(ConvolutionLayer):
    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str = "channels_last", dilation_rate: Any = 1,
                 depth_multiplier: int = 1, activation: Any = None, use_bias: bool = True,
                 depthwise_initializer: Any = None, pointwise_initializer: Any = None,
                 bias_initializer: Any = "zeros", depthwise_regularizer: Callable | None = None,
                 pointwise_regularizer: Callable | None = None,
                 bias_regularizer: Callable | None = None,
                 activity_regularizer: Callable | None = None,
                 depthwise_constraint: Callable | None = None,
                 pointwise_constraint: Callable | None = None,
                 bias_constraint: Callable | None = None, trainable: bool = True,
                 name: Any = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate,
                         activation, use_bias, None, bias_initializer, None, bias_regularizer,
                         activity_regularizer, None, bias_constraint, trainable, name, **kwargs)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = options.initializer(depthwise_initializer)
        self.pointwise_initializer = options.initializer(pointwise_initializer)
        self.depthwise_regularizer = depthwise_regularizer
        self.pointwise_regularizer = pointwise_regularizer
        self.depthwise_constraint = depthwise_constraint
        self.pointwise_constraint = pointwise_constraint
        self.depthwise_kernel: Any = None
        self.pointwise_kernel: Any = None

    def build(self, input_shape: Any) -> None:
        channels = self._input_channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", self.kernel_size + (channels, self.depth_multiplier),
            initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint, trainable=True)
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            (1,) * self._spatial + (channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer, regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint, trainable=True)
        self._add_bias()
        self.built = True


class SeparableConv1D(_Separable):
    """`SeparableConv2D` of sequences, [batch, length, channels]; padding may be "causal", too."""

    _spatial = 1
    _paddings = ("valid", "same", "causal")

    def call(self, inputs: Any) -> Any:
        if self.padding == "causal":
            before = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
            middle = [[0, 0], before] if self._channels_first else [before, [0, 0]]
            inputs = tf.pad(inputs, [[0, 0], *middle])
        if self._channels_first:
            strides, height = (1, 1) + self.strides * 2, 2
        else:
            strides, height = (1,) + self.strides * 2 + (1,), 1
        images = tf.expand_dims(inputs, height)
        depthwise = tf.expand_dims(self.depthwise_kernel, 0)
        pointwise = tf.expand_dims(self.pointwise_kernel, 0)
        outputs = tf.nn.separable_conv2d(
            images, depthwise, pointwise, strides=strides, rate=(1,) + self.dilation_rate,
            padding="VALID" if self.padding == "causal" else self.padding.upper(),
            data_format="NCHW" if self._channels_first else "NHWC")
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias,
                                     data_format="NCHW" if self._channels_first else "NHWC")
        outputs = tf.squeeze(outputs, [height])
        return outputs if self.activation is None else self.activation(outputs)


class SeparableConv2D(_Separable):
    """A convolution of each channel of images by itself, then one of 1 x 1 pixels over all.

    Variables: `depthwise_kernel` [height, width, channels, depth_multiplier], `pointwise_kernel`
    [1, 1, channels * depth_multiplier, filters] and `bias` [filters].

    Args:
      depth_multiplier: how many outputs the first has for each channel.
      depthwise_..., pointwise_...: initializers, regularizers and constraints of the two kernels.

    The other arguments are those of `Conv2D`.
    """

    def call(self, inputs: Any) -> Any:
        strides = (1, 1) + self.strides if self._channels_first else (1,) + self.strides + (1,)
        return self._finish(tf.nn.separable_conv2d(
            inputs, self.depthwise_kernel, self.pointwise_kernel, strides=strides,
            padding=self.padding.upper(), rate=self.dilation_rate, data_format=self._format))


def separable_conv1d(inputs: Any, filters: int, kernel_size: Any, strides: Any = 1,
                     padding: str = "valid", data_format: str = "channels_last",
                     dilation_rate: Any = 1, depth_multiplier: int = 1, activation: Any = None,
                     use_bias: bool = True, depthwise_initializer: Any = None,
                     pointwise_initializer: Any = None, bias_initializer: Any = "zeros",
                     depthwise_regularizer: Callable | None = None,
                     pointwise_regularizer: Callable | None = None,
                     bias_regularizer: Callable | None = None,
                     activity_regularizer: Callable | None = None,
                     depthwise_constraint: Callable | None = None,
                     pointwise_constraint: Callable | None = None,
                     bias_constraint: Callable | None = None, trainable: bool = True,
                     name: Any = None, reuse: bool | None = None) -> Any:
    """Each channel of sequences convolved by itself, then mixed; see `SeparableConv1D`."""
    return SeparableConv1D(
        filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
        activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
        depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
        depthwise_constraint, pointwise_constraint, bias_constraint, trainable, name, _scope=name,
        _reuse=reuse)(inputs)


def separable_conv2d(inputs: Any, filters: int, kernel_size: Any, strides: Any = (1, 1),
                     padding: str = "valid", data_format: str = "channels_last",
                     dilation_rate: Any = (1, 1), depth_multiplier: int = 1,
                     activation: Any = None, use_bias: bool = True,
                     depthwise_initializer: Any = None, pointwise_initializer: Any = None,
                     bias_initializer: Any = "zeros",
                     depthwise_regularizer: Callable | None = None,
                     pointwise_regularizer: Callable | None = None,
                     bias_regularizer: Callable | None = None,
                     activity_regularizer: Callable | None = None,
                     depthwise_constraint: Callable | None = None,
                     pointwise_constraint: Callable | None = None,
                     bias_constraint: Callable | None = None, trainable: bool = True,
                     name: Any = None, reuse: bool | None = None) -> Any:
    """Each channel of images convolved by itself, then mixed; see `SeparableConv2D`."""
    return SeparableConv2D(
        filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
        activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
        depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
        depthwise_constraint, pointwise_constraint, bias_constraint, trainable, name, _scope=name,
        _reuse=reuse)(inputs)
