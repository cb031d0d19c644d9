"""Questions about operations and variables that inner paths of TensorFlow answer."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf

__all__ = ["assert_global_step", "is_constant", "is_resource_variable", "is_symbolic_tensor"]


def is_constant(tensor_or_op: Any) -> bool:
    """Whether it is a Const, or the output of one."""
    return getattr(tensor_or_op, "op", tensor_or_op).type == "Const"


def is_resource_variable(var: Any) -> bool:
    """Whether it is a variable that lives outside of its graph."""
    return isinstance(var, tf.Variable) and var.op.type == "VarHandleOp"


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of a graph; a variable is none."""
    return isinstance(tensor, tf.Tensor)


def assert_global_step(global_step_tensor: Any) -> None:
    """Raises TypeError unless it is a variable or tensor of one integer."""
    name = "Existing \"global_step\""
    if not isinstance(global_step_tensor, (tf.Variable, tf.Tensor)):
        raise TypeError(f"{name} must be a Variable or Tensor: {global_step_tensor}.")
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f"{name} does not have integer type: {global_step_tensor.dtype}")
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f"{name} is not scalar: {shape}")
