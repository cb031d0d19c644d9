"""Two cells, of which one goes through the sequences from their end."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._framework import nest
from tensorkeep._ops.rnn import check_cell, dynamic_rnn, static_rnn

__all__ = ["bidirectional_dynamic_rnn", "static_bidirectional_rnn"]


def bidirectional_dynamic_rnn(
        cell_fw: Any, cell_bw: Any, inputs: Any, sequence_length: Any = None,
        initial_state_fw: Any = None, initial_state_bw: Any = None, dtype: Any = None,
        parallel_iterations: int | None = None, swap_memory: bool = False,
        time_major: bool = False, scope: Any = None) -> tuple[Any, Any]:
    """`dynamic_rnn` from the beginning, and from the end.

    Args:
      cell_fw, cell_bw: RNNCells.
      initial_state_fw, initial_state_bw: their first states.

    The other arguments are those of `dynamic_rnn`; the scopes are "bidirectional_rnn/fw" and "bw".

    Returns:
      (outputs, states), each a pair: forwards and backwards.
    """
    check_cell("cell_fw", cell_fw)
    check_cell("cell_bw", cell_bw)
    options = {"sequence_length": sequence_length, "dtype": dtype, "swap_memory": swap_memory,
               "parallel_iterations": parallel_iterations, "time_major": time_major}
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def reversed_in_time(sequences: Any) -> Any:
        if sequence_length is None:
            return tf.reverse(sequences, axis=[time_axis])
        return tf.reverse_sequence(sequences, sequence_length, seq_axis=time_axis,
                                   batch_axis=batch_axis)

    with tf.variable_scope(scope or "bidirectional_rnn"):
        with tf.variable_scope("fw") as opened:
            forwards, state_fw = dynamic_rnn(cell_fw, inputs, initial_state=initial_state_fw,
                                             scope=opened, **options)
        with tf.variable_scope("bw") as opened:
            turned = nest.map_structure(reversed_in_time, inputs)
            backwards, state_bw = dynamic_rnn(cell_bw, turned, initial_state=initial_state_bw,
                                              scope=opened, **options)
    return (forwards, reversed_in_time(backwards)), (state_fw, state_bw)


def _reversed(steps: Sequence[Any], lengths: Any) -> list[Any]:
    """The steps from the last to the first, or within the length of each sequence."""
    if lengths is None:
        return list(reversed(steps))
    results: list[list[Any]] = [[] for _ in steps]
    for sequence in zip(*(nest.flatten(step) for step in steps)):
        turned = tf.reverse_sequence(tf.stack(sequence), lengths, 0, 1)
        for result, step in zip(results, tf.unstack(turned)):
            step.set_shape([None] * sequence[0].shape.ndims)
            result.append(step)
    return [nest.pack_sequence_as(step, flat) for step, flat in zip(steps, results)]


def static_bidirectional_rnn(
        cell_fw: Any, cell_bw: Any, inputs: Sequence[Any], initial_state_fw: Any = None,
        initial_state_bw: Any = None, dtype: Any = None, sequence_length: Any = None,
        scope: Any = None) -> tuple[list[Any], Any, Any]:
    """`static_rnn` from the beginning, and from the end, side by side.

    Args:
      cell_fw, cell_bw: RNNCells.
      initial_state_fw, initial_state_bw: their first states.

    The other arguments are those of `static_rnn`; the scopes are "bidirectional_rnn/fw" and "bw".

    Returns:
      (outputs, state forwards, state backwards): the outputs are a list of [batch, both sizes].
    """
    check_cell("cell_fw", cell_fw)
    check_cell("cell_bw", cell_bw)
    if not nest.is_nested(inputs):
        raise TypeError(f"Argument `inputs` must be a sequence. Received: {inputs}")
    if not inputs:
        raise ValueError("Argument `inputs` must not be empty.")
    with tf.variable_scope(scope or "bidirectional_rnn"):
        with tf.variable_scope("fw") as opened:
            forwards, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype,
                                            sequence_length, scope=opened)
        with tf.variable_scope("bw") as opened:
            turned = _reversed(inputs, sequence_length)
            backwards, state_bw = static_rnn(cell_bw, turned, initial_state_bw, dtype,
                                             sequence_length, scope=opened)
    backwards = _reversed(backwards, sequence_length)
    joined = [tf.concat([one, other], 1)
              for one, other in zip(nest.flatten(forwards), nest.flatten(backwards))]
    return nest.pack_sequence_as(forwards, joined), state_fw, state_bw
