"""Batch normalisation, which learns scale and offset and keeps moving averages."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._layers import options
from tensorkeep._layers.base import Layer
from tensorkeep._layers.input_spec import InputSpec

__all__ = ["BatchNormalization", "batch_normalization"]

_FUSED_FORMATS = {(4, 1): "NCHW", (4, 3): "NHWC"}


def _refuse(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value:
            raise tf.errors.UnimplementedError(
                None, None, f"batch normalization with `{name}` is not implemented")


class BatchNormalization(Layer):
    """(inputs - mean) / sqrt(variance + epsilon) * gamma + beta.

    Mean and variance are those of the batch in training, else the moving averages. The operations
    that move these are in UPDATE_OPS, and must be run with each training step:

        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            train_op = optimizer.minimize(loss)

    Variables, each of the size of `axis`: `gamma`, `beta`, and `moving_mean` and `moving_variance`,
    which are not trainable but are saved.

    Args:
      axis: the dimension that keeps its own mean and variance, of the channels; or several.
      momentum: of the moving averages: how much of the old stays.
      epsilon: added to the variance.
      center, scale: whether there is `beta`, whether there is `gamma`.
      beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer:
        zeros, ones, zeros and ones.
      beta_regularizer, gamma_regularizer: losses from the variables.
      beta_constraint, gamma_constraint: applied by optimizers after each step.
      fused: None or True for one operation where there is one (images with axis 1 or 3), False for
        the formula.
      trainable: whether `gamma` and `beta` go into TRAINABLE_VARIABLES.
      name: of the layer and its variables' scope.

    Raises:
      UnimplementedError: `renorm`, `virtual_batch_size` or `adjustment` is asked for.
    """

    def __init__(self, axis: Any = -1, momentum: float = 0.99, epsilon: float = 1e-3,
                 center: bool = True, scale: bool = True, beta_initializer: Any = "zeros",
                 gamma_initializer: Any = "ones", moving_mean_initializer: Any = "zeros",
                 moving_variance_initializer: Any = "ones",
                 beta_regularizer: Callable | None = None,
                 gamma_regularizer: Callable | None = None,
                 beta_constraint: Callable | None = None,
                 gamma_constraint: Callable | None = None, renorm: bool = False,
                 renorm_clipping: Any = None, renorm_momentum: float = 0.99,
                 fused: bool | None = None, trainable: bool = True,
                 virtual_batch_size: int | None = None, adjustment: Callable | None = None,
                 name: Any = None, **kwargs: Any) -> None:
        _refuse(renorm=renorm, virtual_batch_size=virtual_batch_size, adjustment=adjustment)
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = options.initializer(beta_initializer)
        self.gamma_initializer = options.initializer(gamma_initializer)
        self.moving_mean_initializer = options.initializer(moving_mean_initializer)
        self.moving_variance_initializer = options.initializer(moving_variance_initializer)
        self.beta_regularizer = beta_regularizer
        self.gamma_regularizer = gamma_regularizer
        self.beta_constraint = beta_constraint
        self.gamma_constraint = gamma_constraint
        self.fused = fused
        self.gamma: Any = None
        self.beta: Any = None
        self.moving_mean: Any = None
        self.moving_variance: Any = None

    def _axes(self, rank: int | None) -> list[int]:
        """The dimensions that are kept, from the front."""
        if rank is None:
            raise ValueError("Input has undefined rank.")
        axes = list(self.axis) if isinstance(self.axis, (list, tuple)) else [self.axis]
        for axis in axes:
            if not isinstance(axis, int) or not -rank <= axis < rank:
                raise ValueError(f"Invalid axis: {axis}")
        axes = [axis % rank for axis in axes]
        if len(set(axes)) != len(axes):
            raise ValueError(f"Duplicate axis: {axes}")
        return axes

    def _choose_fused(self, rank: int) -> None:
        usable = rank == 4 and len(self.axis) == 1 and self.dtype != tf.float64
        self.fused = self.fused is not False and usable and self.axis[0] in (1, 3)
        if self.fused:
            self._data_format = _FUSED_FORMATS[rank, self.axis[0]]

    @property
    def _param_dtype(self) -> Any:
        return tf.float32 if self.dtype in (tf.float16, tf.bfloat16) else self.dtype or tf.float32

    def build(self, input_shape: Any) -> None:
        sizes = tf.TensorShape(input_shape)
        rank = sizes.ndims
        self.axis = self._axes(rank)
        self._choose_fused(rank)
        kept = {axis: sizes.as_list()[axis] for axis in self.axis}
        if None in kept.values():
            raise ValueError(f"Input has undefined `axis` dimension. Input shape: {sizes}")
        self.input_spec = InputSpec(ndim=rank, axes=kept)
        if len(kept) == 1:
            shape = list(kept.values())
        else:
            shape = [kept.get(i, 1) for i in range(rank)]
        self._param_shape = shape
        if self.scale:
            self.gamma = self.add_weight(
                "gamma", shape, self._param_dtype, self.gamma_initializer, self.gamma_regularizer,
                constraint=self.gamma_constraint, trainable=True)
        if self.center:
            self.beta = self.add_weight(
                "beta", shape, self._param_dtype, self.beta_initializer, self.beta_regularizer,
                constraint=self.beta_constraint, trainable=True)
        self._add_moving_averages(shape)
        self.built = True

    def _add_moving_averages(self, shape: Sequence[int]) -> None:
        partitioner = self._scope.partitioner if self._scope else None
        if partitioner:
            self._scope.set_partitioner(None)  # they are never in parts
        try:
            self.moving_mean, self.moving_variance = (
                self.add_weight(name, shape, self._param_dtype, initializer, trainable=False,
                                synchronization=tf.VariableSynchronization.ON_READ,
                                aggregation=tf.VariableAggregation.MEAN)
                for name, initializer in (("moving_mean", self.moving_mean_initializer),
                                          ("moving_variance", self.moving_variance_initializer)))
        finally:
            if partitioner:
                self._scope.set_partitioner(partitioner)

    def _move(self, variable: Any, value: Any, momentum: Any) -> Any:
        """variable -= (variable - value) * (1 - momentum)"""
        with tf.name_scope("AssignMovingAvg") as scope:
            with tf.colocate_with(variable):
                decay = tf.convert_to_tensor(1.0 - momentum, name="decay")
                dtype = variable.dtype.base_dtype
                if decay.dtype != dtype:
                    decay = tf.cast(decay, dtype)
                delta = (variable - tf.cast(value, dtype)) * decay
                return tf.assign_sub(variable, delta, name=scope)

    def call(self, inputs: Any, training: Any = False) -> Any:
        if self.fused:
            return self._by_operation(inputs, training)
        return self._by_formula(inputs, training)

    def _by_operation(self, inputs: Any, training: Any) -> Any:
        beta = self.beta if self.center else tf.constant(0.0, self._param_dtype, self._param_shape)
        gamma = self.gamma if self.scale else tf.constant(1.0, self._param_dtype, self._param_shape)
        more = {"epsilon": self.epsilon, "data_format": self._data_format}

        def of_batch() -> Any:
            return tf.nn.fused_batch_norm(inputs, gamma, beta, **more)

        def of_averages() -> Any:
            return tf.nn.fused_batch_norm(inputs, gamma, beta, mean=self.moving_mean,
                                          variance=self.moving_variance, is_training=False, **more)

        outputs, mean, variance = options.choose(training, of_batch, of_averages)
        known = options.known_condition(training)
        if known is False:
            return outputs
        if known:
            momentum = tf.convert_to_tensor(self.momentum)
        else:
            momentum = options.choose(training, lambda: self.momentum, lambda: 1.0)
        self.add_update(lambda: self._move(self.moving_mean, mean, momentum))
        self.add_update(lambda: self._move(self.moving_variance, variance, momentum))
        return outputs

    def _by_formula(self, inputs: Any, training: Any) -> Any:
        dtype = inputs.dtype.base_dtype
        is_short = dtype in (tf.float16, tf.bfloat16)
        if is_short:
            inputs = tf.cast(inputs, tf.float32)
        rank = inputs.shape.ndims
        sizes = inputs.shape.as_list()
        reduced = [i for i in range(rank) if i not in self.axis]
        broadcast_shape = [1] * rank
        broadcast_shape[self.axis[0]] = sizes[self.axis[0]]

        def broadcast(value: Any) -> Any:
            if (value is None or len(value.shape.as_list()) == rank
                    or reduced == list(range(rank - 1))):
                return value
            return tf.reshape(value, broadcast_shape)

        scale, offset = broadcast(self.gamma), broadcast(self.beta)
        mean, variance = self.moving_mean, self.moving_variance
        if options.known_condition(training) is not False:
            mean, variance = self._of_batch(inputs, reduced, training)
        mean, variance = (tf.cast(value, inputs.dtype) for value in (mean, variance))
        if offset is not None:
            offset = tf.cast(offset, inputs.dtype)
        if scale is not None:
            scale = tf.cast(scale, inputs.dtype)
        outputs = tf.nn.batch_normalization(inputs, broadcast(mean), broadcast(variance), offset,
                                            scale, self.epsilon)
        if is_short:
            outputs = tf.cast(outputs, dtype)
        outputs.set_shape(inputs.shape)
        return outputs

    def _of_batch(self, inputs: Any, reduced: Sequence[int], training: Any) -> tuple[Any, Any]:
        """Mean and variance where the batch's may be wanted, and the updates."""
        of_batch = tf.nn.moments(tf.cast(inputs, self._param_dtype), reduced,
                                 keep_dims=len(self.axis) > 1)
        averages = (self.moving_mean, self.moving_variance)
        used = [options.choose(training, lambda: new, lambda: tf.convert_to_tensor(average))
                for new, average in zip(of_batch, averages)]
        for average, value in zip(averages, used):
            self.add_update(lambda: options.choose(
                training, lambda: self._move(average, value, self.momentum), lambda: average))
        return used[0], used[1]

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tf.TensorShape(input_shape)


def batch_normalization(inputs: Any, axis: Any = -1, momentum: float = 0.99,
                        epsilon: float = 1e-3, center: bool = True, scale: bool = True,
                        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                        moving_mean_initializer: Any = "zeros",
                        moving_variance_initializer: Any = "ones",
                        beta_regularizer: Callable | None = None,
                        gamma_regularizer: Callable | None = None,
                        beta_constraint: Callable | None = None,
                        gamma_constraint: Callable | None = None, training: Any = False,
                        trainable: bool = True, name: Any = None, reuse: bool | None = None,
                        renorm: bool = False, renorm_clipping: Any = None,
                        renorm_momentum: float = 0.99, fused: bool | None = None,
                        virtual_batch_size: int | None = None,
                        adjustment: Callable | None = None) -> Any:
    """(inputs - mean) / sqrt(variance + epsilon) * gamma + beta; see `BatchNormalization`.

    Args:
      inputs: a tensor whose size along `axis` is known.
      training: a bool, or a boolean scalar tensor: whether mean and variance are the batch's.
      reuse: whether the variables of the layer called `name` are used again.

    The other arguments are those of `BatchNormalization`.
    """
    layer = BatchNormalization(
        axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer,
        moving_mean_initializer, moving_variance_initializer, beta_regularizer, gamma_regularizer,
        beta_constraint, gamma_constraint, renorm, renorm_clipping, renorm_momentum, fused,
        trainable, virtual_batch_size, adjustment, name, _scope=name, _reuse=reuse)
    return layer(inputs, training=training)
