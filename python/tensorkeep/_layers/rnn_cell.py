"""tf.nn.rnn_cell: one step of a recurrent network, as layers of two arguments."""

from __future__ import annotations

import collections
from typing import Any, Callable, Sequence

import numpy as np
import tensorkeep as tf
from tensorkeep._framework import nest
from tensorkeep._layers import options
from tensorkeep._layers.base import Layer
from tensorkeep._layers.input_spec import InputSpec

__all__ = [
    "BasicLSTMCell", "BasicRNNCell", "GRUCell", "LSTMStateTuple", "MultiRNNCell", "RNNCell",
]


def _as_vector(sizes: Any) -> tuple[Any, list[int | None] | None]:
    """Sizes as a vector of the graph, if they are known to it, and as far as Python knows them."""
    if isinstance(sizes, tf.Tensor):
        known = tf.get_static_value(sizes)
        vector = tf.expand_dims(sizes, 0) if sizes.shape.ndims == 0 else sizes
        return vector, None if known is None else np.atleast_1d(known).tolist()
    shape = tf.TensorShape(sizes)
    known = None if shape.ndims is None else shape.as_list()
    is_whole = known is not None and None not in known
    return tf.constant(known, dtype=tf.int32) if is_whole else None, known


def sizes_after(batch: Any, size: Any, known: bool = False) -> Any:
    """The shape of a batch of what `size` says.

    Args:
      batch: a size, or a list of them, or a tensor.
      size: a number, a TensorShape or a tensor.
      known: whether what the graph knows of it is wanted.

    Returns:
      An int32 vector, or a TensorShape. The graph gets the parts' nodes either way, as in
      TensorFlow.
    """
    (first, known_first), (rest, known_rest) = _as_vector(batch), _as_vector(size)
    if known:
        return tf.TensorShape(known_first).concatenate(tf.TensorShape(known_rest))
    if first is None or rest is None:
        raise ValueError(f"Prefix or suffix can't be None. Received prefix = {batch} and suffix = "
                         f"{size}")
    return tf.concat((first, rest), 0)


class RNNCell(Layer):
    """A step: (output, new state) = cell(input, state). A subclass computes it in `call`.

    Properties of subclasses:
      state_size: the sizes of the state's vectors: a number, a TensorShape, or a nest of them.
      output_size: the size of the output's.
    """

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """One step.

        Args:
          inputs: [batch, size].
          state: what the step before returned: a tensor [batch, state_size], or a nest of them.
          scope: of the variables; that of the moment if there is none.

        Returns:
          (output, new state).
        """
        with tf.variable_scope(tf.get_variable_scope() if scope is None else scope) as opened:
            if scope is None:
                return super().__call__(inputs, state)
            return super().__call__(inputs, state, scope=opened)

    @property
    def state_size(self) -> Any:
        """The size of the state: an int, a TensorShape, or a nest of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of an output: an int or a TensorShape."""
        raise NotImplementedError("Abstract method")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None,
                          dtype: Any = None) -> Any:
        """`zero_state` for the batch and the type of `inputs`, or for those given.

        Raises:
          ValueError: neither says both, or they differ.
        """
        if inputs is not None:
            inputs = tf.convert_to_tensor(inputs, name="inputs")
            known = inputs.shape.as_list()[0]
            if isinstance(batch_size, int) and batch_size != known:
                raise ValueError("batch size from input tensor is different from the input param. "
                                 f"Input tensor batch: {known}, batch_size: {batch_size}")
            if dtype is not None and inputs.dtype != dtype:
                raise ValueError("dtype from input tensor is different from the input param. Input "
                                 f"tensor dtype: {inputs.dtype}, dtype: {dtype}")
            batch_size, dtype = known or tf.shape(inputs)[0], inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError("batch_size and dtype cannot be None while constructing initial "
                             f"state: batch_size={batch_size}, dtype={dtype}")
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state before the first step: zeros for a batch of `batch_size`."""
        def zeros(size: Any) -> Any:
            state = tf.zeros(sizes_after(batch_size, size), dtype=dtype)
            state.set_shape(sizes_after(batch_size, size, known=True))
            return state

        with tf.name_scope(f"{type(self).__name__}ZeroState"):
            return nest.map_structure(zeros, self.state_size)


class OfUnits(RNNCell):
    """A cell of `num_units` units, whose scope is that of a layer."""

    def __init__(self, num_units: int, activation: Any = None, reuse: bool | None = None,
                 name: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = options.activation(activation) if activation else tf.tanh

    def __call__(self, inputs: Any, state: Any, scope: Any = None, *args: Any,
                 **kwargs: Any) -> Any:
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)

    @property
    def state_size(self) -> Any:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def _depth(self, input_shape: Any) -> int:
        depth = tf.TensorShape(input_shape).as_list()[-1]
        if depth is None:
            raise ValueError("Expected inputs.shape[-1] to be known, received shape: "
                             f"{input_shape}")
        return depth

    def _linear(self, tensors: Sequence[Any], kernel: Any, bias: Any) -> Any:
        return tf.nn.bias_add(tf.matmul(tf.concat(list(tensors), 1), kernel), bias)


class BasicRNNCell(OfUnits):
    """output = state = activation([inputs, state] @ kernel + bias).

    Variables: `kernel` [size + num_units, num_units] and `bias` [num_units].

    Args:
      num_units: how many units.
      activation: a function of a tensor, or its name; tanh.
      reuse: whether the variables are there already.
      name: of the layer and its variables' scope.
      dtype: of the variables.
    """

    def build(self, input_shape: Any) -> None:
        depth = self._depth(input_shape)
        self._kernel = self.add_weight("kernel", [depth + self._num_units, self._num_units])
        self._bias = self.add_weight("bias", [self._num_units],
                                     initializer=tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        output = self._activation(self._linear([inputs, state], self._kernel, self._bias))
        return output, output


class GRUCell(OfUnits):
    """Gated recurrent units: state = u * state + (1 - u) * candidate.

    Variables: `gates/kernel`, `gates/bias`, `candidate/kernel` and `candidate/bias`.

    Args:
      kernel_initializer: that of the scope.
      bias_initializer: ones for the gates, zeros for the candidate.

    The other arguments are those of `BasicRNNCell`.
    """

    def __init__(self, num_units: int, activation: Any = None, reuse: bool | None = None,
                 kernel_initializer: Any = None, bias_initializer: Any = None, name: Any = None,
                 dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._kernel_initializer = options.initializer(kernel_initializer)
        self._bias_initializer = options.initializer(bias_initializer)

    def build(self, input_shape: Any) -> None:
        depth, units = self._depth(input_shape), self._num_units
        initializer = self._bias_initializer
        self._gate_kernel = self.add_weight("gates/kernel", [depth + units, 2 * units],
                                            initializer=self._kernel_initializer)
        self._gate_bias = self.add_weight(
            "gates/bias", [2 * units],
            initializer=initializer or tf.constant_initializer(1.0, dtype=self.dtype))
        self._candidate_kernel = self.add_weight("candidate/kernel", [depth + units, units],
                                                 initializer=self._kernel_initializer)
        self._candidate_bias = self.add_weight(
            "candidate/bias", [units],
            initializer=initializer or tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        gates = tf.sigmoid(self._linear([inputs, state], self._gate_kernel, self._gate_bias))
        reset, update = tf.split(value=gates, num_or_size_splits=2, axis=1)
        candidate = self._activation(self._linear(
            [inputs, reset * state], self._candidate_kernel, self._candidate_bias))
        state = update * state + (1 - update) * candidate
        return state, state


class LSTMStateTuple(collections.namedtuple("LSTMStateTuple", ("c", "h"))):
    """The state of LSTM cells: the memory `c` and the output `h`, or their sizes."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The type of both. TypeError if they differ."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent dtypes for internal state: {self.c.dtype} vs "
                            f"{self.h.dtype}")
        return self.c.dtype


class BasicLSTMCell(OfUnits):
    """Long short-term memory, without peepholes and projections.

    Variables: `kernel` [size + num_units, 4 * num_units] and `bias` [4 * num_units], for input, new
    memory, forget and output gates.

    Args:
      forget_bias: added to the bias of the forget gates.
      state_is_tuple: whether the state is an LSTMStateTuple, or both as one tensor.

    The other arguments are those of `BasicRNNCell`.
    """

    def __init__(self, num_units: int, forget_bias: float = 1.0, state_is_tuple: bool = True,
                 activation: Any = None, reuse: bool | None = None, name: Any = None,
                 dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    def build(self, input_shape: Any) -> None:
        depth, units = self._depth(input_shape), self._num_units
        self._kernel = self.add_weight("kernel", [depth + units, 4 * units])
        self._bias = self.add_weight("bias", [4 * units],
                                     initializer=tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        axis = tf.constant(1, dtype=tf.int32)
        memory, output = (state if self._state_is_tuple
                          else tf.split(value=state, num_or_size_splits=2, axis=axis))
        gates = self._linear([inputs, output], self._kernel, self._bias)
        i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=axis)
        forget_bias = tf.constant(self._forget_bias, dtype=f.dtype)
        kept = tf.multiply(memory, tf.sigmoid(tf.add(f, forget_bias)))
        memory = tf.add(kept, tf.multiply(tf.sigmoid(i), self._activation(j)))
        output = tf.multiply(self._activation(memory), tf.sigmoid(o))
        if self._state_is_tuple:
            return output, LSTMStateTuple(memory, output)
        return output, tf.concat([memory, output], 1)


class MultiRNNCell(RNNCell):
    """Several cells, each of which gets the output of the one before.

    Args:
      cells: a list of them.
      state_is_tuple: whether the state is a tuple of theirs, or all as one tensor.

    Raises:
      ValueError: there are none, or their states cannot be one tensor.
      TypeError: it is no list.
    """

    def __init__(self, cells: Sequence[Any], state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but received: {cells}.")
        self._cells = cells
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_nested(cell.state_size) for cell in cells):
            raise ValueError("Some cells return tuples of states, but the flag state_is_tuple is "
                             f"not set. State sizes are: {[c.state_size for c in cells]}")

    @property
    def state_size(self) -> Any:
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with tf.name_scope(f"{type(self).__name__}ZeroState"):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    def _weights_of(self, which: Callable[[Any], list]) -> list[Any]:
        return [weight for cell in self._cells if isinstance(cell, Layer)
                for weight in which(cell)]

    @property
    def trainable_weights(self) -> list[Any]:
        return self._weights_of(lambda cell: cell.trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        weights = self._weights_of(lambda cell: cell.non_trainable_weights)
        if self.trainable:
            return weights
        return self._weights_of(lambda cell: cell.trainable_weights) + weights

    def call(self, inputs: Any, state: Any) -> Any:
        begin = 0
        states = []
        for i, cell in enumerate(self._cells):
            with tf.variable_scope(f"cell_{i}"):
                if self._state_is_tuple:
                    if not nest.is_nested(state):
                        raise ValueError(f"Expected state to be a tuple of length "
                                         f"{len(self.state_size)}, but received: {state}")
                    own = state[i]
                else:
                    own = tf.slice(state, [0, begin], [-1, cell.state_size])
                    begin += cell.state_size
                inputs, own = cell(inputs, own)
                states.append(own)
        return inputs, tuple(states) if self._state_is_tuple else tf.concat(states, 1)
