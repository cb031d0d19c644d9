"""The older way of testing that variables have values: by reading them."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = ["assert_variables_initialized"]


def assert_variables_initialized(var_list: Sequence[Any] | None = None) -> Any:
    """A tensor that cannot be computed before the variables are initialized.

    Args:
      var_list: the global and local variables if there is none.

    Returns:
      A tensor whose run is a FailedPreconditionError if one of them has no value yet; None if
      there are no variables.
    """
    if var_list is None:
        var_list = tf.global_variables() + tf.local_variables()
    if not var_list:
        var_list = [op.outputs[0] for op in tf.get_default_graph().get_operations()
                    if op.type in ("Variable", "VariableV2")]
    ranks = []
    for variable in var_list:
        with tf.colocate_with(variable.op):
            ranks.append(raw.output("Rank", [variable]))
    if len(ranks) < 2:
        return ranks[0] if ranks else None
    return tf.stack(ranks)
