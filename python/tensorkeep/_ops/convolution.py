"""tf.nn.convolution: over one, two or three spatial dimensions, dilated by cutting up the batch."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import windows
from tensorkeep._ops.space_to_batch import SpaceToBatch

__all__ = ["convolution"]


def _channels_first(data_format: str | None) -> bool:
    return data_format is not None and data_format.startswith("NC")


def _plain(inputs: Any, filters: Any, strides: Sequence[int], padding: str, spatial: int,
           data_format: str | None, name: str | None) -> Any:
    """Without dilation."""
    if spatial == 1:
        return tf.nn.conv1d(inputs, filters, strides[0], padding, data_format=data_format,
                            name=name)
    channel_index = 1 if _channels_first(data_format) else spatial + 1
    strides = windows.per_dimension(list(strides), spatial, channel_index, "strides")
    function = tf.nn.conv2d if spatial == 2 else tf.nn.conv3d
    return function(inputs, filters, strides, padding, name=name,
                    data_format=data_format or {2: "NHWC", 3: "NDHWC"}[spatial])


def check_window(strides: Sequence[int], dilations: Sequence[int]) -> None:
    """Raises ValueError unless all are 1 or more, and one of the two is 1."""
    if min(dilations) < 1:
        raise ValueError("all values of `dilation_rate` must be positive. Received: "
                         f"dilation_rate={list(dilations)}")
    if min(strides) < 1:
        raise ValueError("all values of `strides` must be positive. Received: "
                         f"strides={list(strides)}")
    if max(strides) > 1 and max(dilations) > 1:
        raise ValueError("`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                         f"Received: strides={list(strides)} and dilation_rate={list(dilations)}")


class Convolution:
    """A convolution for inputs and filters of given shapes, to be called with them.

    Args:
      input_shape: of rank 3 to 5.
      filter_shape: the window's sizes, input channels, output channels.
      padding: "SAME" or "VALID".
      strides, dilations: one for each spatial dimension.
      name: of the operation.
      data_format: as of the operation.

    Raises:
      ValueError: shapes, strides and dilations do not go together.
    """

    def __init__(self, input_shape: Any, filter_shape: Any, padding: str, strides: Sequence[int],
                 dilations: Sequence[int], name: str | None = None,
                 data_format: str | None = None) -> None:
        spatial = len(filter_shape.as_list()) - 2
        first = 2 if _channels_first(data_format) else 1
        channels = input_shape.as_list()[1 if first == 2 else spatial + 1]
        wanted = filter_shape.as_list()[-2]
        if channels is not None and wanted is not None and channels % wanted != 0:
            raise ValueError("The number of input channels is not divisible by the corresponding "
                             f"number of output filters. Received: input.shape={input_shape} with "
                             f"{channels} channels and filters.shape={filter_shape} with "
                             f"{wanted} output filters.")
        check_window(strides, dilations)
        self._filters: Any = None

        def make(adjusted: str) -> Any:
            return lambda inputs: _plain(inputs, self._filters, strides, adjusted, spatial,
                                         data_format, name)

        self._operation = SpaceToBatch(dilations, padding, filter_shape,
                                       range(first, first + spatial), make)

    def __call__(self, inputs: Any, filters: Any) -> Any:
        self._filters = filters
        return self._operation(inputs)


def convolution(input: Any, filter: Any = None, padding: str = "VALID", strides: Any = None,
                dilation_rate: Any = None, name: str | None = None, data_format: str | None = None,
                filters: Any = None, dilations: Any = None) -> Any:
    """A convolution over as many spatial dimensions as the filter has.

    Args:
      input: [batch, ..., channels], or [batch, channels, ...] where `data_format` begins "NC".
      filter: [..., channels, outputs]; `filters` is its other name.
      padding: "SAME" or "VALID".
      strides: one for all or for each spatial dimension; 1.
      dilation_rate: the same; `dilations` is its other name. Not both may be above 1.
      name: of the operations' scope.
      data_format: "NWC", "NHWC" or "NDHWC", or "NCW" and so on.

    Returns:
      A tensor of the input's type.

    Raises:
      ValueError: shapes, strides and dilations do not go together.
    """
    filter = windows.renamed("filters", filters, "filter", filter)
    dilation_rate = windows.renamed("dilations", dilations, "dilation_rate", dilation_rate)
    if not isinstance(filter, (tf.Variable, tf.Tensor)):
        with tf.name_scope("convolution_internal", None, [filter, input]):
            filter = tf.convert_to_tensor(filter, name="filters")
    if not isinstance(input, tf.Tensor):
        with tf.name_scope("convolution_internal", None, [filter, input]):
            input = tf.convert_to_tensor(input, name="input")
    if filter.shape.ndims is None:
        raise ValueError("The rank of the filter must be known.")
    spatial = filter.shape.ndims - 2
    if spatial not in (1, 2, 3):
        raise ValueError("`num_spatial_dims` must be 1, 2, or 3. Received: "
                         f"num_spatial_dims={spatial}.")
    first = _channels_first(data_format)
    channel_index = 1 if first else spatial + 1
    strides = windows.per_dimension(strides, spatial, channel_index, "strides")
    dilations = windows.per_dimension(dilation_rate, spatial, channel_index, "dilations")
    of_window = slice(2, None) if first else slice(1, -1)
    with tf.name_scope(name, None if name else "convolution", [input, filter]) as scope:
        if all(dilation == 1 for dilation in dilations):
            return _plain(input, filter, strides[of_window], padding, spatial, data_format, scope)
        make = Convolution(input.shape, filter.shape, padding, strides[of_window],
                           dilations[of_window], scope, data_format)
        return make(input, filter)
