"""Cells around cells: dropout, and what goes past a cell."""

from __future__ import annotations

import hashlib
from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._framework import nest
from tensorkeep._layers.rnn_cell import LSTMStateTuple, RNNCell

__all__ = ["DeviceWrapper", "DropoutWrapper", "ResidualWrapper"]


class _Wrapper(RNNCell):
    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cell = cell

    @property
    def state_size(self) -> Any:
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        return self.cell.output_size

    @property
    def trainable_weights(self) -> list[Any]:
        return self.cell.trainable_weights if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        return self.cell.non_trainable_weights

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with tf.name_scope(f"{type(self).__name__}ZeroState"):
            return self.cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        return self._around(inputs, state, scope)

    def _around(self, inputs: Any, state: Any, scope: Any) -> Any:
        """What the wrapper makes of a step of its cell."""
        raise NotImplementedError


def _is_dropped(state: Any) -> list[bool]:
    """For each tensor of a state whether it is dropped: an LSTM's memory is not."""
    if isinstance(state, LSTMStateTuple):
        return [False, True]
    if nest.is_nested(state):
        items = [state[key] for key in sorted(state)] if isinstance(state, dict) else state
        return [each for item in items for each in _is_dropped(item)]
    return [True]


class DropoutWrapper(_Wrapper):
    """Dropout of a cell's inputs, outputs and states.

    Args:
      cell: an RNNCell.
      input_keep_prob, output_keep_prob, state_keep_prob: which share stays; numbers or scalars.
      dtype: of nothing here.
      seed: of what is drawn.
      dropout_state_filter_visitor: says of a state which tensors are dropped, as a nest of bools;
        all but an LSTM's memory.

    Raises:
      ValueError: a share is not between 0 and 1.
      UnimplementedError: `variational_recurrent` is asked for.
    """

    def __init__(self, cell: Any, input_keep_prob: Any = 1.0, output_keep_prob: Any = 1.0,
                 state_keep_prob: Any = 1.0, variational_recurrent: bool = False,
                 input_size: Any = None, dtype: Any = None, seed: int | None = None,
                 dropout_state_filter_visitor: Callable | None = None, **kwargs: Any) -> None:
        if variational_recurrent:
            raise tf.errors.UnimplementedError(
                None, None, "dropout with `variational_recurrent` is not implemented")
        super().__init__(cell, dtype=dtype, **kwargs)
        self._seed = seed
        self._state_filter = dropout_state_filter_visitor
        with tf.name_scope("DropoutWrapperInit"):
            self._input_keep_prob = self._share(input_keep_prob, "input_keep_prob")
            self._state_keep_prob = self._share(state_keep_prob, "state_keep_prob")
            self._output_keep_prob = self._share(output_keep_prob, "output_keep_prob")

    @staticmethod
    def _share(value: Any, name: str) -> Any:
        tensor = tf.convert_to_tensor(value)
        known = tf.get_static_value(tensor)
        if known is None:
            return tensor
        if not 0 <= known <= 1:
            raise ValueError(f"Parameter {name} must be between 0 and 1. Received {known}")
        return float(known)

    @property
    def wrapped_cell(self) -> Any:
        """The cell inside."""
        return self.cell

    def _seed_of(self, what: str, index: int) -> int | None:
        if self._seed is None:
            return None
        digest = hashlib.md5(f"{self._seed}{what}_{index}".encode()).hexdigest()
        return int(digest[:8], 16) & 0x7FFFFFFF

    def _drop(self, values: Any, what: str, share: Any, chosen: list[bool] | None = None) -> Any:
        if isinstance(share, float) and share >= 1:
            return values
        flat = nest.flatten(values)
        dropped = [
            tf.nn.dropout(value, rate=1.0 - share, seed=self._seed_of(what, i)) if wanted else value
            for i, (value, wanted) in enumerate(zip(flat, chosen or [True] * len(flat)))
        ]
        return nest.pack_sequence_as(values, dropped)

    def _around(self, inputs: Any, state: Any, scope: Any) -> Any:
        inputs = self._drop(inputs, "input", self._input_keep_prob)
        output, state = self.cell(inputs, state, scope=scope)
        chosen = (nest.flatten(self._state_filter(state)) if self._state_filter
                  else _is_dropped(state))
        state = self._drop(state, "state", self._state_keep_prob, chosen)
        return self._drop(output, "output", self._output_keep_prob), state


class ResidualWrapper(_Wrapper):
    """A cell's outputs with its inputs added.

    Args:
      cell: an RNNCell.
      residual_fn: a function of inputs and outputs instead of the sum.
    """

    def __init__(self, cell: Any, residual_fn: Callable | None = None, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _around(self, inputs: Any, state: Any, scope: Any) -> Any:
        outputs, state = self.cell(inputs, state, scope=scope)
        if self._residual_fn:
            return self._residual_fn(inputs, outputs), state
        nest.assert_same_structure(inputs, outputs)
        for one, other in zip(nest.flatten(inputs), nest.flatten(outputs)):
            one.shape.assert_is_compatible_with(other.shape)
        return nest.map_structure(lambda one, other: one + other, inputs, outputs), state


class DeviceWrapper(_Wrapper):
    """A cell on a device of its own."""

    def __init__(self, cell: Any, device: str, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with tf.name_scope(f"{type(self).__name__}ZeroState"), tf.device(self._device):
            return self.cell.zero_state(batch_size, dtype)

    def _around(self, inputs: Any, state: Any, scope: Any) -> Any:
        with tf.device(self._device):
            return self.cell(inputs, state, scope=scope)
