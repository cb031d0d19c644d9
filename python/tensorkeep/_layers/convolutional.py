"""Convolutions with a kernel and a bias, over one to three dimensions."""

from __future__ import annotations

from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._layers import options
from tensorkeep._layers.base import Layer
from tensorkeep._layers.input_spec import InputSpec
from tensorkeep._ops.convolution import Convolution

__all__ = ["Conv1D", "Conv2D", "Conv3D", "conv1d", "conv2d", "conv3d"]


class ConvolutionLayer(Layer):
    """What convolutions over `_spatial` dimensions have in common.

    Args:
      filters: how many outputs.
      kernel_size: the window: a number, or one for each dimension.
      strides: how far it moves: the same.
      padding: "valid", or "same" for outputs of the inputs' size over the strides.
      data_format: "channels_last" or "channels_first".
      dilation_rate: the distance of what the window takes, as `kernel_size`. Not both this and the
        strides may be above 1.
      activation: a function of a tensor, or its name; None for none.
      use_bias: whether there is a bias.
      kernel_initializer: as for `tf.get_variable`; that of the scope, or glorot_uniform.
      bias_initializer: zeros.
      kernel_regularizer, bias_regularizer: losses from the variables.
      activity_regularizer: a loss from the output.
      kernel_constraint, bias_constraint: applied by optimizers after each step.
      trainable: whether the variables go into TRAINABLE_VARIABLES.
      name: of the layer and its variables' scope.

    Raises:
      ValueError: for sizes, strides or names that are none.
    """

    _spatial = 2
    _paddings: tuple = ("valid", "same")

    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str = "channels_last", dilation_rate: Any = 1,
                 activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
                 bias_initializer: Any = "zeros", kernel_regularizer: Callable | None = None,
                 bias_regularizer: Callable | None = None,
                 activity_regularizer: Callable | None = None,
                 kernel_constraint: Callable | None = None,
                 bias_constraint: Callable | None = None, trainable: bool = True,
                 name: Any = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer,
                         **kwargs)
        if filters is not None and filters <= 0:
            raise ValueError("Invalid value for argument `filters`. Expected a strictly positive "
                             f"value. Received filters={filters}.")
        self.filters = filters
        self.rank = self._spatial
        self.kernel_size = options.numbers(kernel_size, self._spatial, "kernel_size")
        self.strides = options.numbers(strides, self._spatial, "strides")
        self.padding = options.padding(padding, self._paddings)
        self.data_format = data_format.lower()
        self._channels_first = options.is_channels_first(data_format)
        self.dilation_rate = options.numbers(dilation_rate, self._spatial, "dilation_rate")
        self.activation = options.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = options.initializer(kernel_initializer)
        self.bias_initializer = options.initializer(bias_initializer)
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.input_spec = InputSpec(ndim=self._spatial + 2)
        self.kernel: Any = None
        self.bias: Any = None
        self._convolution: Any = None

    @property
    def _format(self) -> str:
        return options.operations_format(self._channels_first, self._spatial)

    def _input_channels(self, input_shape: Any) -> int:
        axis = 1 if self._channels_first else -1
        channels = tf.TensorShape(input_shape).as_list()[axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self._spatial + 2, axes={axis: channels})
        return channels

    def _add_kernel(self, shape: tuple) -> None:
        self.kernel = self.add_weight(
            "kernel", shape, initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint, trainable=True)

    def _add_bias(self) -> None:
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", (self.filters,), initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint, trainable=True)

    def build(self, input_shape: Any) -> None:
        shape = self.kernel_size + (self._input_channels(input_shape), self.filters)
        self._add_kernel(shape)
        self._add_bias()
        operations_padding = "VALID" if self.padding == "causal" else self.padding.upper()
        self._convolution = Convolution(
            tf.TensorShape(input_shape), tf.TensorShape(shape), operations_padding, self.strides,
            self.dilation_rate, data_format=self._format)
        self.built = True

    def call(self, inputs: Any) -> Any:
        return self._finish(self._convolution(inputs, self.kernel))

    def _finish(self, outputs: Any) -> Any:
        """Bias and activation."""
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias,
                                     data_format="NCHW" if self._channels_first else "NHWC")
        return outputs if self.activation is None else self.activation(outputs)

    def _output_size(self, size: int | None, i: int) -> int | None:
        """The size of spatial dimension i of the output."""
        if size is None:
            return None
        if self.padding == "valid":
            size -= (self.kernel_size[i] - 1) * self.dilation_rate[i]
        return -(-size // self.strides[i])

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = tf.TensorShape(input_shape).as_list()
        first = 2 if self._channels_first else 1
        space = [self._output_size(sizes[first + i], i) for i in range(self._spatial)]
        if self._channels_first:
            return tf.TensorShape([sizes[0], self.filters] + space)
        return tf.TensorShape([sizes[0]] + space + [self.filters])


class Conv1D(ConvolutionLayer):
    __doc__ = ConvolutionLayer.__doc__.replace(
        "What convolutions over `_spatial` dimensions have in common.",
        """A convolution of sequences, [batch, length, channels]; padding may be "causal", too.

    Variables: `kernel` [width, channels, filters] and `bias` [filters].""")
    _spatial = 1
    _paddings = ("valid", "same", "causal")

    def call(self, inputs: Any) -> Any:
        if self.padding == "causal":
            before = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
            middle = [[0, 0], before] if self._channels_first else [before, [0, 0]]
            inputs = tf.pad(inputs, [[0, 0], *middle])
        return super().call(inputs)

    def _finish(self, outputs: Any) -> Any:
        if not (self.use_bias and self._channels_first):
            return super()._finish(outputs)
        outputs = outputs + tf.reshape(self.bias, (1, self.filters, 1))
        return outputs if self.activation is None else self.activation(outputs)


class Conv2D(ConvolutionLayer):
    __doc__ = ConvolutionLayer.__doc__.replace(
        "What convolutions over `_spatial` dimensions have in common.",
        """A convolution of images, [batch, height, width, channels].

    Variables: `kernel` [height, width, channels, filters] and `bias` [filters].""")


class Conv3D(ConvolutionLayer):
    __doc__ = ConvolutionLayer.__doc__.replace(
        "What convolutions over `_spatial` dimensions have in common.",
        """A convolution of volumes, [batch, depth, height, width, channels].

    Variables: `kernel` [depth, height, width, channels, filters] and `bias` [filters].""")
    _spatial = 3


def conv1d(inputs: Any, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
           data_format: str = "channels_last", dilation_rate: Any = 1, activation: Any = None,
           use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = "zeros",
           kernel_regularizer: Callable | None = None, bias_regularizer: Callable | None = None,
           activity_regularizer: Callable | None = None, kernel_constraint: Callable | None = None,
           bias_constraint: Callable | None = None, trainable: bool = True, name: Any = None,
           reuse: bool | None = None) -> Any:
    """A convolution of sequences, [batch, length, channels]; see `Conv1D`.

    `reuse` says whether the variables of the layer called `name` are used again.
    """
    return Conv1D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation,
                  use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                  bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
                  trainable, name, _scope=name, _reuse=reuse)(inputs)


def conv2d(inputs: Any, filters: int, kernel_size: Any, strides: Any = (1, 1),
           padding: str = "valid", data_format: str = "channels_last", dilation_rate: Any = (1, 1),
           activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
           bias_initializer: Any = "zeros", kernel_regularizer: Callable | None = None,
           bias_regularizer: Callable | None = None, activity_regularizer: Callable | None = None,
           kernel_constraint: Callable | None = None, bias_constraint: Callable | None = None,
           trainable: bool = True, name: Any = None, reuse: bool | None = None) -> Any:
    """A convolution of images, [batch, height, width, channels]; see `Conv2D`.

    `reuse` says whether the variables of the layer called `name` are used again.

    Raises:
      ValueError: the channels are not known, or variables are there already (or are not), as by
        `tf.get_variable`.
    """
    return Conv2D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation,
                  use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                  bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
                  trainable, name, _scope=name, _reuse=reuse)(inputs)


def conv3d(inputs: Any, filters: int, kernel_size: Any, strides: Any = (1, 1, 1),
           padding: str = "valid", data_format: str = "channels_last",
           dilation_rate: Any = (1, 1, 1), activation: Any = None, use_bias: bool = True,
           kernel_initializer: Any = None, bias_initializer: Any = "zeros",
           kernel_regularizer: Callable | None = None, bias_regularizer: Callable | None = None,
           activity_regularizer: Callable | None = None, kernel_constraint: Callable | None = None,
           bias_constraint: Callable | None = None, trainable: bool = True, name: Any = None,
           reuse: bool | None = None) -> Any:
    """A convolution of volumes, [batch, depth, height, width, channels]; see `Conv3D`.

    `reuse` says whether the variables of the layer called `name` are used again.
    """
    return Conv3D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation,
                  use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                  bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
                  trainable, name, _scope=name, _reuse=reuse)(inputs)
