"""TensorFlow 2's switches back to TensorFlow 1, which is all that tensorkeep is."""

from __future__ import annotations

__all__ = [
    "disable_v2_behavior", "disable_eager_execution", "disable_control_flow_v2",
    "enable_control_flow_v2", "control_flow_v2_enabled", "disable_v2_tensorshape",
    "enable_v2_tensorshape", "disable_tensor_equality", "enable_tensor_equality",
    "executing_eagerly", "executing_eagerly_outside_functions",
]


def disable_v2_behavior() -> None:
    """Does nothing: graphs and sessions are all there is."""


def disable_eager_execution() -> None:
    """Does nothing: there is no eager mode."""


def disable_control_flow_v2() -> None:
    """Does nothing: `cond` and `while_loop` build Switch, Merge, Enter and Exit."""


def disable_v2_tensorshape() -> None:
    """Does nothing: a shape's items are `Dimension`s."""


def disable_tensor_equality() -> None:
    """Does nothing: `==` between tensors asks whether they are the same tensor."""


def executing_eagerly() -> bool:
    """False."""
    return False


def executing_eagerly_outside_functions() -> bool:
    """False."""
    return False


def control_flow_v2_enabled() -> bool:
    """False."""
    return False


def _refuse(what: str):
    raise NotImplementedError(f"{what} is TensorFlow 2's behaviour, which tensorkeep does not have")


def enable_control_flow_v2() -> None:
    """Raises NotImplementedError."""
    _refuse("Control flow by functions (If, While)")


def enable_v2_tensorshape() -> None:
    """Raises NotImplementedError."""
    _refuse("A TensorShape whose items are plain numbers")


def enable_tensor_equality() -> None:
    """Raises NotImplementedError."""
    _refuse("Comparing tensors by value")
