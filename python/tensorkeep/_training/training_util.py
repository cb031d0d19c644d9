"""The global step as hooks read it."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf

__all__ = ["GLOBAL_STEP_READ_KEY", "get_or_create_global_step_read", "global_step_read_for"]

GLOBAL_STEP_READ_KEY = "global_step_read_op_cache"


def get_or_create_global_step_read(graph: Any = None) -> Any:
    """The tensor by which hooks read the global step: one for the graph, made when first asked for.

    It can be read before the variable is initialised, as its initial value.

    Args:
      graph: the default graph if None.

    Returns:
      A scalar integer tensor, or None if the graph has no global step.

    Raises:
      RuntimeError: the graph's collection of it has several.
    """
    graph = graph or tf.get_default_graph()
    reads = graph.get_collection(GLOBAL_STEP_READ_KEY)
    if len(reads) > 1:
        raise RuntimeError(f"There are multiple items in collection {GLOBAL_STEP_READ_KEY}. "
                           "There should be only one.")
    if reads:
        return reads[0]
    step = tf.train.get_global_step(graph)
    if step is None:
        return None
    with graph.as_default(), graph.name_scope(None), graph.name_scope(step.op.name + "/"):
        value = step
        if isinstance(step, tf.Variable):
            value = tf.cond(tf.is_variable_initialized(step), step.read_value,
                            lambda: step.initial_value)
        # The addition takes a value of its own: a reference would show later steps.
        read = value + 0
        graph.add_to_collection(GLOBAL_STEP_READ_KEY, read)
    return read


def global_step_read_for(hook: Any) -> Any:
    """`get_or_create_global_step_read()` for a hook that cannot do without.

    Raises:
      RuntimeError: the graph has no global step.
    """
    read = get_or_create_global_step_read()
    if read is None:
        raise RuntimeError(
            f"Global step should be created to use {type(hook).__name__}. Call "
            "tf.train.get_or_create_global_step() while building the graph.")
    return read
