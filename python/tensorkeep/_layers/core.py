"""Dense, Dropout and Flatten, and their functions."""

from __future__ import annotations

import functools
import operator
from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._layers import options
from tensorkeep._layers.base import Layer
from tensorkeep._layers.input_spec import InputSpec

__all__ = ["Dense", "Dropout", "Flatten", "dense", "dropout", "flatten"]


class Dense(Layer):
    """activation(inputs @ kernel + bias), along the inputs' last dimension.

    Variables: `kernel` [size of the last dimension, units] and `bias` [units].

    Args:
      units: how many outputs.
      activation: a function of a tensor, or its name; None for none.
      use_bias: whether there is a bias.
      kernel_initializer: as for `tf.get_variable`; that of the scope, or glorot_uniform.
      bias_initializer: zeros.
      kernel_regularizer, bias_regularizer: losses from the variables.
      activity_regularizer: a loss from the output.
      kernel_constraint, bias_constraint: applied by optimizers after each step.
      trainable: whether the variables go into TRAINABLE_VARIABLES.
      name: of the layer and its variables' scope.
    """

    def __init__(self, units: int, activation: Any = None, use_bias: bool = True,
                 kernel_initializer: Any = None, bias_initializer: Any = "zeros",
                 kernel_regularizer: Callable | None = None,
                 bias_regularizer: Callable | None = None,
                 activity_regularizer: Callable | None = None,
                 kernel_constraint: Callable | None = None,
                 bias_constraint: Callable | None = None, trainable: bool = True,
                 name: Any = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer,
                         **kwargs)
        self.units = int(units)
        self.activation = options.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = options.initializer(kernel_initializer)
        self.bias_initializer = options.initializer(bias_initializer)
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.input_spec = InputSpec(min_ndim=2)
        self.kernel: Any = None
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        dtype = tf.as_dtype(self.dtype or tf.float32)
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError("Unable to build `Dense` layer with non-floating point dtype "
                            f"{dtype!r}")
        size = tf.TensorShape(input_shape).as_list()[-1]
        if size is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found "
                             "`None`.")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: size})
        self.kernel = self.add_weight(
            "kernel", [size, self.units], initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint, trainable=True)
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [self.units], initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint, trainable=True)
        self.built = True

    def call(self, inputs: Any) -> Any:
        rank = inputs.shape.ndims
        if rank == 2:
            outputs = tf.matmul(inputs, self.kernel)
        else:
            outputs = tf.tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape(self.compute_output_shape(inputs.shape))
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = tf.TensorShape(input_shape).with_rank_at_least(2).as_list()
        if sizes[-1] is None:
            raise ValueError("The innermost dimension of input_shape must be defined, but saw: "
                             f"{input_shape}")
        return tf.TensorShape(sizes[:-1] + [self.units])


def dense(inputs: Any, units: int, activation: Any = None, use_bias: bool = True,
          kernel_initializer: Any = None, bias_initializer: Any = "zeros",
          kernel_regularizer: Callable | None = None, bias_regularizer: Callable | None = None,
          activity_regularizer: Callable | None = None, kernel_constraint: Callable | None = None,
          bias_constraint: Callable | None = None, trainable: bool = True, name: Any = None,
          reuse: bool | None = None) -> Any:
    """activation(inputs @ kernel + bias), along the last dimension of `inputs`.

    Args:
      inputs: [..., size], the size known.
      reuse: whether the variables of the layer called `name` are used again.

    The other arguments are those of `Dense`.

    Returns:
      A tensor of shape [..., units].

    Raises:
      ValueError: the last dimension is not known, or variables are there already (or are not), as
        by `tf.get_variable`.
    """
    layer = Dense(units, activation, use_bias, kernel_initializer, bias_initializer,
                  kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint,
                  bias_constraint, trainable, name, _scope=name, _reuse=reuse)
    return layer(inputs)


class Dropout(Layer):
    """In training, zeroes elements with probability `rate` and scales the others by 1 / (1 - rate).

    Args:
      rate: a number in [0, 1), or a scalar tensor.
      noise_shape: of what is drawn, broadcast to the inputs; None in it is the inputs' size.
      seed: of what is drawn.
      name: of the layer.
    """

    def __init__(self, rate: Any = 0.5, noise_shape: Sequence[Any] | None = None,
                 seed: int | None = None, name: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def _noise_shape_of(self, inputs: Any) -> Any:
        if self.noise_shape is None or not isinstance(self.noise_shape, (list, tuple)):
            return self.noise_shape
        sizes = tf.shape(inputs)
        return tf.convert_to_tensor(
            [sizes[i] if size is None else size for i, size in enumerate(self.noise_shape)])

    def call(self, inputs: Any, training: Any = False) -> Any:
        def dropped() -> Any:
            return tf.nn.dropout(inputs, noise_shape=self._noise_shape_of(inputs), seed=self.seed,
                                 rate=self.rate)

        return options.choose(training, dropped, lambda: tf.identity(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tf.TensorShape(input_shape)


def dropout(inputs: Any, rate: Any = 0.5, noise_shape: Sequence[Any] | None = None,
            seed: int | None = None, training: Any = False, name: Any = None) -> Any:
    """In training, zeroes elements with probability `rate` and scales the others by 1 / (1 - rate).

    Args:
      inputs: a tensor.
      training: a bool, or a boolean scalar tensor; without training this is the identity.

    The other arguments are those of `Dropout`.
    """
    return Dropout(rate, noise_shape, seed, name)(inputs, training=training)


class Flatten(Layer):
    """Everything but the first dimension as one.

    Args:
      data_format: "channels_last", or "channels_first" for inputs that are brought into the other
        order first.
    """

    def __init__(self, data_format: str = "channels_last", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._channels_first = options.is_channels_first(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Any:
        rank = inputs.shape.ndims
        if self._channels_first and rank > 1:
            inputs = tf.transpose(inputs, perm=[0, *range(2, rank), 1])
        if rank == 1:
            return tf.expand_dims(inputs, axis=1)
        batch, *sizes = inputs.shape.as_list()
        if None not in sizes:
            return tf.reshape(inputs, tf.constant([-1, functools.reduce(operator.mul, sizes)]))
        if batch is not None:
            return tf.reshape(inputs, tf.constant([batch, -1]))
        return tf.reshape(inputs, [tf.shape(inputs)[0], -1])

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, *sizes = tf.TensorShape(input_shape).as_list()
        size = None if None in sizes else functools.reduce(operator.mul, sizes, 1)
        return tf.TensorShape([batch, size])


def flatten(inputs: Any, name: Any = None, data_format: str = "channels_last") -> Any:
    """[batch, ...] as [batch, product of the other sizes]."""
    return Flatten(name=name, data_format=data_format)(inputs)
