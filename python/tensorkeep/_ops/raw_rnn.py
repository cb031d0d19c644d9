"""tf.nn.raw_rnn: a cell in a loop whose steps a function makes."""

from __future__ import annotations

from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._framework import nest
from tensorkeep._layers.rnn_cell import sizes_after
from tensorkeep._ops.loop_variables import cache_reads
from tensorkeep._ops.rnn import check_cell
from tensorkeep._ops.tensor_array import TensorArray

__all__ = ["raw_rnn"]


def _static_shape(size: Any) -> Any:
    if isinstance(size, tf.Tensor):
        return tf.TensorShape(tf.get_static_value(size))
    return tf.TensorShape(size if hasattr(size, "__len__") or size is None else [size])


class _Emitted:
    """What the loop writes at each step, for all structures that it may have."""

    def __init__(self, cell: Any, structure: Any, state: list[Any], batch: Any,
                 known_batch: int | None) -> None:
        if structure is not None:
            flat = nest.flatten(structure)
            sizes = [each.shape if each.shape.is_fully_defined() else tf.shape(each)
                     for each in flat]
            dtypes = [each.dtype for each in flat]
        else:
            structure = cell.output_size
            sizes = nest.flatten(structure)
            dtypes = [state[0].dtype] * len(sizes)
        arrays = [TensorArray(dtype=dtype, dynamic_size=True, size=0, name=f"rnn_output_{i}",
                              element_shape=tf.TensorShape([known_batch]).concatenate(
                                  _static_shape(size)))
                  for i, (dtype, size) in enumerate(zip(dtypes, sizes))]
        self.arrays = nest.pack_sequence_as(structure, arrays)
        zeros = [tf.zeros(sizes_after(batch, size), dtype) for size, dtype in zip(sizes, dtypes)]
        self.zeros = nest.pack_sequence_as(structure, zeros)


def _chosen(is_over: Any, before: Any, after: Any) -> Any:
    """The new values, and the old ones in rows that are over."""
    def choose(old: Any, new: Any) -> Any:
        if isinstance(old, TensorArray) or old.shape.ndims == 0:
            return new
        with tf.colocate_with(new):
            return tf.where(is_over, old, new)

    return nest.map_structure(choose, before, after)


def _batch_of(inputs: list[Any]) -> tuple[Any, int | None]:
    known = tf.dimension_at_index(inputs[0].shape, 0)
    for each in inputs:
        known.assert_is_compatible_with(tf.dimension_at_index(each.shape, 0))
    size = tf.dimension_value(known)
    return (tf.shape(inputs[0])[0] if size is None else size), size


def raw_rnn(cell: Any, loop_fn: Callable[..., Any], parallel_iterations: int | None = None,
            swap_memory: bool = False, scope: Any = None) -> tuple[Any, Any, Any]:
    """A cell in a loop.

    Args:
      cell: an RNNCell.
      loop_fn: (time, output, state, loop_state) -> (finished, next_input, next_state, emit,
        next_loop_state). It is called before the first step with time 0 and three None: then it
        gives the first input and state, and examples of what is emitted, without the batch, or None
        if that is the cell's output. `finished` is a bool vector [batch]; what a finished row emits
        is zero, and its state stays. The loop ends when all rows are finished. `next_loop_state` is
        any nest of tensors and TensorArrays, or None.
      parallel_iterations: 32; kept, not used.
      swap_memory: kept, not used.
      scope: the variable scope, "rnn".

    Returns:
      (emitted, state, loop_state): TensorArrays in the structure of what is emitted, and the last
      values of the others.

    Raises:
      TypeError: if `cell` is no cell or `loop_fn` no function.
      ValueError: if structures or sizes of batches differ.
    """
    check_cell("cell", cell)
    if not callable(loop_fn):
        raise TypeError(f"Argument `loop_fn` must be a callable. Received: {loop_fn}.")
    with tf.variable_scope(scope or "rnn") as opened:
        cache_reads(opened)
        time = tf.constant(0, dtype=tf.int32)
        finished, first_input, state, emit, first_loop_state = loop_fn(time, None, None, None)
        loop_state = (tf.constant(0, dtype=tf.int32) if first_loop_state is None
                      else first_loop_state)
        batch, known_batch = _batch_of(nest.flatten(first_input))
        nest.assert_same_structure(state, cell.state_size)
        flat_state = [tf.convert_to_tensor(each) for each in nest.flatten(state)]
        state = nest.pack_sequence_as(state, flat_state)
        emitted = _Emitted(cell, emit, flat_state, batch, known_batch)

        def body(time: Any, finished: Any, inputs: Any, arrays: Any, state: Any,
                 loop_state: Any) -> Any:
            output, cell_state = cell(inputs, state)
            nest.assert_same_structure(state, cell_state)
            nest.assert_same_structure(cell.output_size, output)
            next_time = time + 1
            next_finished, next_input, next_state, emit, next_loop_state = loop_fn(
                next_time, output, cell_state, loop_state)
            nest.assert_same_structure(state, next_state)
            nest.assert_same_structure(inputs, next_input)
            nest.assert_same_structure(arrays, emit)
            emit = _chosen(finished, emitted.zeros, emit)
            next_state = _chosen(finished, state, next_state)
            arrays = nest.map_structure(lambda array, each: array.write(time, each), arrays, emit)
            return (next_time, tf.logical_or(finished, next_finished), next_input, arrays,
                    next_state, loop_state if next_loop_state is None else next_loop_state)

        last = tf.while_loop(
            lambda _, finished, *others: tf.logical_not(tf.reduce_all(finished)), body,
            loop_vars=[time, finished, first_input, emitted.arrays, state, loop_state],
            parallel_iterations=parallel_iterations or 32, swap_memory=swap_memory)
        arrays, state, loop_state = last[-3:]
        return arrays, state, None if first_loop_state is None else loop_state
