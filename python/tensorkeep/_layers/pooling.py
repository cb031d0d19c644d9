"""Pools: the largest element or the mean of each window, as classes and functions."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._layers import options
from tensorkeep._layers.base import Layer
from tensorkeep._layers.input_spec import InputSpec

__all__ = [
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "MaxPooling1D", "MaxPooling2D",
    "MaxPooling3D", "average_pooling1d", "average_pooling2d", "average_pooling3d", "max_pooling1d",
    "max_pooling2d", "max_pooling3d",
]


class _Pooling(Layer):
    """A pool over `_spatial` dimensions.

    Args:
      pool_size: the window: a number, or one for each dimension.
      strides: how far it moves: the same.
      padding: "valid", or "same" for outputs of the inputs' size over the strides.
      data_format: "channels_last" or "channels_first".
      name: of the layer.
    """

    _spatial = 2
    _operation = ""  # of tf.nn

    def __init__(self, pool_size: Any, strides: Any, padding: str = "valid",
                 data_format: str = "channels_last", name: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.pool_size = options.numbers(pool_size, self._spatial, "pool_size")
        self.strides = options.numbers(pool_size if strides is None else strides, self._spatial,
                                       "strides")
        self.padding = options.padding(padding)
        self.data_format = data_format.lower()
        self._channels_first = options.is_channels_first(data_format)
        self.input_spec = InputSpec(ndim=self._spatial + 2)

    def _pool(self, inputs: Any, window: tuple, strides: tuple, **more: Any) -> Any:
        return getattr(tf.nn, self._operation)(
            inputs, ksize=window, strides=strides, padding=self.padding.upper(), **more)

    def call(self, inputs: Any) -> Any:
        start, end = ((1, 1), ()) if self._channels_first else ((1,), (1,))
        return self._pool(
            inputs, start + self.pool_size + end, start + self.strides + end,
            data_format=options.operations_format(self._channels_first, self._spatial))


class _Pooling1D(_Pooling):
    """A pool over images of height or width 1, which is how TensorFlow pools sequences."""

    _spatial = 1

    def call(self, inputs: Any) -> Any:
        if self._channels_first:  # no kernel of TensorFlow's for CPUs pools these
            images = tf.transpose(tf.expand_dims(inputs, 3), (0, 2, 3, 1))
        else:
            images = tf.expand_dims(inputs, 2)
        outputs = self._pool(images, (1,) + self.pool_size + (1, 1), (1,) + self.strides + (1, 1),
                             data_format="NHWC")
        if self._channels_first:
            return tf.squeeze(tf.transpose(outputs, (0, 3, 1, 2)), 3)
        return tf.squeeze(outputs, 2)


class _Pooling3D(_Pooling):
    _spatial = 3

    def call(self, inputs: Any) -> Any:
        if self._channels_first:
            inputs = tf.transpose(inputs, (0, 2, 3, 4, 1))
        outputs = self._pool(inputs, (1,) + self.pool_size + (1,), (1,) + self.strides + (1,))
        if self._channels_first:
            outputs = tf.transpose(outputs, (0, 4, 1, 2, 3))
        return outputs


class MaxPooling1D(_Pooling1D):
    __doc__ = _Pooling.__doc__.replace("A pool over `_spatial` dimensions", "Maxima of sequences")
    _operation = "max_pool"


class AveragePooling1D(_Pooling1D):
    __doc__ = _Pooling.__doc__.replace("A pool over `_spatial` dimensions", "Means of sequences")
    _operation = "avg_pool"


class MaxPooling2D(_Pooling):
    __doc__ = _Pooling.__doc__.replace("A pool over `_spatial` dimensions", "Maxima of images")
    _operation = "max_pool"


class AveragePooling2D(_Pooling):
    __doc__ = _Pooling.__doc__.replace("A pool over `_spatial` dimensions", "Means of images")
    _operation = "avg_pool"


class MaxPooling3D(_Pooling3D):
    __doc__ = _Pooling.__doc__.replace("A pool over `_spatial` dimensions", "Maxima of volumes")
    _operation = "max_pool3d"


class AveragePooling3D(_Pooling3D):
    __doc__ = _Pooling.__doc__.replace("A pool over `_spatial` dimensions", "Means of volumes")
    _operation = "avg_pool3d"


def max_pooling1d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                  data_format: str = "channels_last", name: Any = None) -> Any:
    """The largest element of each window of `inputs`, [batch, length, channels]."""
    return MaxPooling1D(pool_size, strides, padding, data_format, name)(inputs)


def max_pooling2d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                  data_format: str = "channels_last", name: Any = None) -> Any:
    """The largest element of each window of `inputs`, [batch, height, width, channels].

    The arguments are those of `MaxPooling2D`. Raises ValueError for inputs of another rank.
    """
    return MaxPooling2D(pool_size, strides, padding, data_format, name)(inputs)


def max_pooling3d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                  data_format: str = "channels_last", name: Any = None) -> Any:
    """The largest element of each window of `inputs`, [batch, depth, height, width, channels]."""
    return MaxPooling3D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling1d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                      data_format: str = "channels_last", name: Any = None) -> Any:
    """The mean of each window of `inputs`, [batch, length, channels]."""
    return AveragePooling1D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling2d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                      data_format: str = "channels_last", name: Any = None) -> Any:
    """The mean of each window of `inputs`, [batch, height, width, channels].

    The arguments are those of `AveragePooling2D`. Raises ValueError for inputs of another rank.
    """
    return AveragePooling2D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling3d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                      data_format: str = "channels_last", name: Any = None) -> Any:
    """The mean of each window of `inputs`, [batch, depth, height, width, channels]."""
    return AveragePooling3D(pool_size, strides, padding, data_format, name)(inputs)
