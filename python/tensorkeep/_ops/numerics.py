"""Checks for numbers that are none."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = ["add_check_numerics_ops", "check_numerics", "verify_tensor_all_finite"]


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """`tensor`; an InvalidArgumentError with `message` if an element is infinite or NaN."""
    return raw.output("CheckNumerics", [tensor], name, message=message)


def verify_tensor_all_finite(t: Any = None, msg: str | None = None, name: str | None = None,
                             x: Any = None, message: str | None = None) -> Any:
    """The same; `x` and `message` are the newer names of the arguments."""
    from tensorkeep import _core

    x = windows.renamed("x", x, "t", t)
    message = windows.renamed("message", message, "msg", msg)
    with tf.name_scope(name, "VerifyFinite", [x]):
        x = tf.convert_to_tensor(x, name="x")
        with tf.colocate_with(x):
            check = check_numerics(x, message=message)
            return _core.with_dependencies([check], x)


def add_check_numerics_ops() -> Any:
    """An operation that checks every floating tensor there is in the graph, in its order."""
    checks: list[Any] = []
    for operation in tf.get_default_graph().get_operations():
        for index, output in enumerate(operation.outputs):
            if output.dtype in (tf.float16, tf.float32, tf.float64):
                with tf.control_dependencies(checks):
                    checks = [check_numerics(output, message=f"{operation.name}:{index}")]
    return tf.group(*checks)
