"""What a SavedModel's load may run after the variables are restored."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf

__all__ = ["main_op", "main_op_with_restore"]


def main_op() -> Any:
    """An operation that initializes all variables, local variables and tables."""
    variables = tf.global_variables_initializer()
    local_variables = tf.local_variables_initializer()
    return tf.group(variables, local_variables, tf.tables_initializer())


def main_op_with_restore(restore_op_name: Any) -> Any:
    """The same, and after it the operation `restore_op_name`, which restores the variables."""
    with tf.control_dependencies([main_op()]):
        return tf.group(restore_op_name)
