"""tf.nn.dynamic_rnn and static_rnn: a cell applied to every step of sequences."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._framework import nest
from tensorkeep._layers.rnn_cell import sizes_after
from tensorkeep._ops.loop_variables import cache_reads
from tensorkeep._ops.tensor_array import TensorArray

__all__ = ["dynamic_rnn", "static_rnn"]


def check_cell(argument: str, cell: Any) -> None:
    """TypeError unless `cell` is like an RNNCell."""
    wanted = ("output_size", "state_size", "zero_state")
    missing = [name for name in wanted if not hasattr(type(cell), name)
               and not hasattr(cell, name)]
    if missing or not callable(cell):
        problems = [f"'{name}' property is missing" for name in missing]
        if not callable(cell):
            problems.append("is not callable")
        raise TypeError(f"The argument {argument!r} ({cell}) is not an RNNCell: "
                        f"{', '.join(problems)}.")


def _is_in_loop() -> bool:
    context = getattr(tf.get_default_graph(), "_get_control_flow_context", lambda: None)()
    while context is not None:
        if context.IsWhileContext():
            return True
        context = context.outer_context
    return False


def _swap_batch_and_time(x: Any) -> Any:
    """[a, b, ...] as [b, a, ...]."""
    shape = x.shape
    if shape.ndims is not None and shape.ndims < 2:
        return x
    order = tf.concat(([1, 0], tf.range(2, tf.rank(x))), axis=0)
    swapped = tf.transpose(x, order)
    sizes = shape.as_list()
    swapped.set_shape([sizes[1], sizes[0]] + sizes[2:])
    return swapped


def _batch_size(inputs: Sequence[Any]) -> Any:
    """Of inputs [time, batch, ...]: a number where the graph knows it."""
    for tensor in inputs:
        if tensor.shape.ndims is None:
            continue
        if tensor.shape.ndims < 2:
            raise ValueError(f"Input tensor should have rank >= 2. Received input={tensor} of rank "
                             f"{tensor.shape.ndims}")
        size = tensor.shape.as_list()[1]
        if size is not None:
            return size
    return tf.shape(inputs[0])[1]


def _first_state(cell: Any, initial_state: Any, batch_size: Any, dtype: Any) -> Any:
    if initial_state is not None:
        return initial_state
    if not dtype:
        raise ValueError("If no initial_state is provided, argument `dtype` must be specified")
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def _state_dtype(dtype: Any, state: Any) -> Any:
    """The given type, or the one of all tensors of the state."""
    if dtype is not None:
        return dtype
    found = [each.dtype for each in nest.flatten(state)]
    if not found:
        raise ValueError(f"Unable to infer dtype from argument state={state}.")
    if any(each != found[0] for each in found):
        raise ValueError(f"Argument state={state} has tensors of different inferred dtypes. Unable "
                         "to infer a single representative dtype. Dtypes received: "
                         f"{found}")
    return found[0]


class _Lengths:
    """Steps of sequences of different lengths: behind its end a sequence gives zeros, and keeps its
    state.
    """

    def __init__(self, lengths: Any, zero_output: Any) -> None:
        self._lengths = lengths
        self._zeros = nest.flatten(zero_output)
        self._structure = zero_output
        self._shortest = tf.reduce_min(lengths)
        self.longest = tf.reduce_max(lengths)

    def step(self, time: Any, state: Any, call: Callable, always: bool) -> tuple[Any, Any]:
        """(output, new state) of `call()`. `always` computes it even where no sequence goes on."""
        old = nest.flatten(state)
        is_over = time >= self._lengths

        def chosen(before: Any, after: Any) -> Any:
            if before.shape.ndims == 0:
                return after
            with tf.colocate_with(after):
                return tf.where(is_over, before, after)

        def some(output: Sequence[Any], new: Sequence[Any]) -> list[Any]:
            return [chosen(a, b) for a, b in zip(self._zeros + old, [*output, *new])]

        def called() -> tuple[list[Any], list[Any]]:
            output, new = call()
            nest.assert_same_structure(self._structure, output)
            nest.assert_same_structure(state, new)
            return nest.flatten(output), nest.flatten(new)

        def maybe_all() -> Any:
            output, new = called()
            return tf.cond(time < self._shortest, lambda: output + new, lambda: some(output, new))

        if always:
            output, new = called()
            result = some(output, new)
        else:
            result = tf.cond(time >= self.longest, lambda: self._zeros + old, maybe_all)
        for tensor, like in zip(result, self._zeros + old):
            tensor.set_shape(like.shape)
        count = len(self._zeros)
        return (nest.pack_sequence_as(self._structure, list(result[:count])),
                nest.pack_sequence_as(state, list(result[count:])))


def _zero_output(cell: Any, batch_size: Any, dtype: Any,
                 known_batch: list[int | None] | None = None) -> Any:
    def zeros(size: Any) -> Any:
        output = tf.zeros(tf.stack(sizes_after(batch_size, size)), dtype)
        if known_batch is not None:
            output.set_shape(sizes_after(known_batch[0], size, known=True))
        return output

    return nest.pack_sequence_as(cell.output_size,
                                 [zeros(size) for size in nest.flatten(cell.output_size)])


def _checked_lengths(lengths: Any, batch_size: Any) -> Any:
    """The lengths, once it is sure that there is one for each sequence."""
    shape, wanted = tf.shape(lengths), tf.stack([batch_size])
    fits = tf.Assert(tf.reduce_all(tf.equal(shape, wanted)),
                     [f"Expected shape for Tensor {lengths.name} is ", wanted,
                      " but saw shape: ", shape])
    with tf.control_dependencies([fits]):
        return tf.identity(lengths, name="CheckSeqLen")


def dynamic_rnn(cell: Any, inputs: Any, sequence_length: Any = None, initial_state: Any = None,
                dtype: Any = None, parallel_iterations: int | None = None,
                swap_memory: bool = False, time_major: bool = False,
                scope: Any = None) -> tuple[Any, Any]:
    """A cell applied to every step of sequences, in a while_loop.

    Args:
      cell: an RNNCell.
      inputs: [batch, time, size], or a nest of such.
      sequence_length: [batch] lengths; behind its end a sequence gives zeros, and keeps its state.
      initial_state: a state of the cell; zeros of `dtype` if there is none.
      dtype: of the outputs and the first state.
      parallel_iterations, swap_memory: as of `tf.while_loop`.
      time_major: whether inputs and outputs are [time, batch, size].
      scope: of the variables; "rnn".

    Returns:
      (outputs, state): the outputs of all steps [batch, time, output_size], and the last state.

    Raises:
      TypeError: `cell` is no RNNCell.
      ValueError: a size is not known that must be, or there is neither state nor type.
    """
    check_cell("cell", cell)
    with tf.variable_scope(scope or "rnn") as opened:
        if not _is_in_loop():
            cache_reads(opened)
        flat = nest.flatten(inputs)
        if not time_major:
            flat = [tf.convert_to_tensor(tensor) for tensor in flat]
            flat = [_swap_batch_and_time(tensor) for tensor in flat]
        lengths = None
        if sequence_length is not None:
            lengths = tf.cast(sequence_length, tf.int32)
            if lengths.shape.ndims not in (None, 1):
                raise ValueError("Argument sequence_length must be a vector of length batch_size. "
                                 f"Received sequence_length={lengths} of shape: {lengths.shape}")
            lengths = tf.identity(lengths, name="sequence_length")
        batch_size = _batch_size(flat)
        state = _first_state(cell, initial_state, batch_size, dtype)
        if lengths is not None:
            lengths = _checked_lengths(lengths, batch_size)
        outputs, state = _loop(cell, inputs, flat, state, parallel_iterations or 32, swap_memory,
                               lengths, dtype)
        if not time_major:
            outputs = nest.map_structure(_swap_batch_and_time, outputs)
        return outputs, state


def _check_steps(flat: Sequence[Any]) -> list[Any]:
    """The known sizes of the inputs, which must agree."""
    sizes = [tensor.shape.with_rank_at_least(3).as_list() for tensor in flat]
    for tensor, each in zip(flat, sizes):
        if None in each[2:]:
            raise ValueError("Input size (depth of inputs) must be accessible via shape inference, "
                             f"but saw value None for input={tensor}.")
        if each[0] != sizes[0][0]:
            raise ValueError("Time steps is not the same for all the elements in the input in a "
                             f"batch. Received time steps={each[0]} for input={tensor}.")
        if each[1] != sizes[0][1]:
            raise ValueError("Batch_size is not the same for all the elements in the input. "
                             f"Received batch size={each[1]} for input={tensor}.")
    return sizes


def _loop(cell: Any, structure: Any, flat: Sequence[Any], state: Any, parallel_iterations: int,
          swap_memory: bool, lengths: Any, dtype: Any) -> tuple[Any, Any]:
    steps = tf.shape(flat[0])[0]
    batch_size = _batch_size(flat)
    sizes = _check_steps(flat)
    known_steps, known_batch = sizes[0][:2]
    output_sizes = nest.flatten(cell.output_size)
    output_dtype = _state_dtype(dtype, state)
    zero_output = _zero_output(cell, batch_size, output_dtype)
    of_length = None if lengths is None else _Lengths(lengths, zero_output)
    longest = steps if of_length is None else of_length.longest
    time = tf.constant(0, dtype=tf.int32, name="time")
    with tf.name_scope("dynamic_rnn") as base:
        pass

    def array(name: str, shape: Any, dtype: Any) -> TensorArray:
        return TensorArray(dtype, size=steps, element_shape=shape, tensor_array_name=base + name)

    results = tuple(array(f"output_{i}", [known_batch] + tf.TensorShape(size).as_list(),
                          output_dtype) for i, size in enumerate(output_sizes))
    rows = tuple(array(f"input_{i}", tensor.shape.as_list()[1:], tensor.dtype)
                 for i, tensor in enumerate(flat))
    rows = tuple(row.unstack(tensor) for row, tensor in zip(rows, flat))

    def step(time: Any, results: Any, state: Any) -> Any:
        inputs = [row.read(time) for row in rows]
        for tensor, each in zip(inputs, sizes):
            tensor.set_shape(each[1:])
        packed = nest.pack_sequence_as(structure, inputs)

        def call() -> Any:
            return cell(packed, state)

        if of_length is None:
            output, new = call()
        else:
            output, new = of_length.step(time, state, call, always=True)
        written = tuple(result.write(time, each)
                        for result, each in zip(results, nest.flatten(output)))
        return time + 1, written, new

    bound = tf.minimum(steps, tf.maximum(1, longest))
    _, results, state = tf.while_loop(
        cond=lambda time, *_: time < bound, body=step, loop_vars=(time, results, state),
        parallel_iterations=parallel_iterations, maximum_iterations=steps,
        swap_memory=swap_memory)
    outputs = [result.stack() for result in results]
    for output, size in zip(outputs, output_sizes):
        output.set_shape(sizes_after([known_steps, known_batch], size, known=True))
    return nest.pack_sequence_as(cell.output_size, outputs), state


def static_rnn(cell: Any, inputs: Sequence[Any], initial_state: Any = None, dtype: Any = None,
               sequence_length: Any = None, scope: Any = None) -> tuple[list[Any], Any]:
    """A cell applied to every step of sequences, one after the other in the graph.

    Args:
      cell: an RNNCell.
      inputs: a list of [batch, size], one for each step.
      initial_state: a state of the cell; zeros of `dtype` if there is none.
      dtype: of the outputs and the first state.
      sequence_length: [batch] lengths; behind its end a sequence gives zeros, and keeps its state.
      scope: of the variables; "rnn".

    Returns:
      (outputs, state): a list of [batch, output_size], and the last state.

    Raises:
      TypeError: `cell` is no RNNCell, or `inputs` is no list.
      ValueError: there are no steps, a size is not known, or there is neither state nor type.
    """
    check_cell("cell", cell)
    if not nest.is_nested(inputs):
        raise TypeError(f"Argument `inputs` must be a sequence. Received: {inputs}")
    if not inputs:
        raise ValueError("Argument `inputs` must not be empty.")
    with tf.variable_scope(scope or "rnn") as opened:
        if not _is_in_loop():
            cache_reads(opened)
        flat = nest.flatten(inputs)
        for tensor in flat:
            sizes = tensor.shape.with_rank_at_least(2).as_list()
            if None in sizes[1:]:
                raise ValueError("Input size (dimension "
                                 f"{sizes[1:].index(None)} of input {tensor}) must be accessible "
                                 "via shape inference, but saw value None.")
        known_batch = flat[0].shape.as_list()[0]
        batch_size = known_batch or tf.shape(flat[0])[0]
        state = _first_state(cell, initial_state, batch_size, dtype)
        of_length = None
        if sequence_length is not None:
            lengths = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if lengths.shape.ndims not in (None, 1):
                raise ValueError(f"Argument `sequence_length` must be a vector of length "
                                 f"{batch_size}. Received sequence_length={lengths}.")
            zeros = _zero_output(cell, batch_size, _state_dtype(dtype, state), [known_batch])
            of_length = _Lengths(tf.cast(lengths, tf.int32), zeros)
        outputs = []
        for time, step in enumerate(inputs):
            if time > 0:
                opened.reuse_variables()
            if of_length is None:
                output, state = cell(step, state)
            else:
                output, state = of_length.step(time, state, lambda: cell(step, state), False)
            outputs.append(output)
        return outputs, state
