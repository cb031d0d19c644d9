"""The LSTM cell with peepholes, clipping and projection."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._layers import options
from tensorkeep._layers.rnn_cell import LSTMStateTuple, OfUnits

__all__ = ["LSTMCell"]


class LSTMCell(OfUnits):
    """Long short-term memory.

    Variables: `kernel` and `bias` as of `BasicLSTMCell`; `w_f_diag`, `w_i_diag` and `w_o_diag` for
    peepholes, `projection/kernel` for a projection.

    Args:
      num_units: how many units.
      use_peepholes: whether the gates see the memory.
      cell_clip: bounds the memory.
      initializer: of the kernels and the peepholes; that of the scope.
      num_proj: how many outputs, if they are projections of the units'.
      proj_clip: bounds these.
      num_unit_shards, num_proj_shards: into how many parts the kernels are cut.
      forget_bias: added to the bias of the forget gates.
      state_is_tuple: whether the state is an LSTMStateTuple, or both as one tensor.
      activation: a function of a tensor, or its name; tanh.
      reuse: whether the variables are there already.
      name: of the layer and its variables' scope.
      dtype: of the variables.
    """

    def __init__(self, num_units: int, use_peepholes: bool = False,
                 cell_clip: float | None = None, initializer: Any = None,
                 num_proj: int | None = None, proj_clip: float | None = None,
                 num_unit_shards: int | None = None, num_proj_shards: int | None = None,
                 forget_bias: float = 1.0, state_is_tuple: bool = True, activation: Any = None,
                 reuse: bool | None = None, name: Any = None, dtype: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = options.initializer(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        sizes = self._num_units, self.output_size
        return LSTMStateTuple(*sizes) if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        return self._num_proj or self._num_units

    def _parts(self, count: int | None) -> Any:
        return None if count is None else tf.fixed_size_partitioner(count)

    def build(self, input_shape: Any) -> None:
        units = self._num_units
        self._kernel = self.add_weight(
            "kernel", [self._depth(input_shape) + self.output_size, 4 * units],
            initializer=self._initializer, partitioner=self._parts(self._num_unit_shards))
        self._bias = self.add_weight("bias", [4 * units],
                                     initializer=tf.zeros_initializer(dtype=self.dtype))
        if self._use_peepholes:
            self._w_f, self._w_i, self._w_o = (
                self.add_weight(f"w_{gate}_diag", [units], initializer=self._initializer)
                for gate in "fio")
        if self._num_proj is not None:
            self._proj_kernel = self.add_weight(
                "projection/kernel", [units, self._num_proj], initializer=self._initializer,
                partitioner=self._parts(self._num_proj_shards))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        if self._state_is_tuple:
            before, output = state
        else:
            before = tf.slice(state, [0, 0], [-1, self._num_units])
            output = tf.slice(state, [0, self._num_units], [-1, self.output_size])
        gates = self._linear([inputs, output], self._kernel, self._bias)
        i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=1)
        f = f + self._forget_bias
        if self._use_peepholes:
            kept = tf.sigmoid(f + self._w_f * before) * before
            memory = kept + tf.sigmoid(i + self._w_i * before) * self._activation(j)
        else:
            memory = tf.sigmoid(f) * before + tf.sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            memory = tf.clip_by_value(memory, -self._cell_clip, self._cell_clip)
        if self._use_peepholes:
            output = tf.sigmoid(o + self._w_o * memory) * self._activation(memory)
        else:
            output = tf.sigmoid(o) * self._activation(memory)
        if self._num_proj is not None:
            output = tf.matmul(output, self._proj_kernel)
            if self._proj_clip is not None:
                output = tf.clip_by_value(output, -self._proj_clip, self._proj_clip)
        if self._state_is_tuple:
            return output, LSTMStateTuple(memory, output)
        return output, tf.concat([memory, output], 1)
