"""Operations that have no builder of their own."""

from __future__ import annotations

from typing import Any, Sequence


def operation(op_type: str, inputs: Sequence[Any], name: str | None = None, **attrs: Any) -> Any:
    """Adds an operation to the graph of its inputs, or to the default graph.

    Args:
      op_type: as in the op table.
      inputs: one entry for each argument: a tensor, a literal, or a list of them.
      name: `op_type` if there is none.
      **attrs: those that do not follow from the inputs and have no default.

    Returns:
      The operation.
    """
    from tensorkeep import _core

    return _core.apply_op(op_type, name or op_type, list(inputs), attrs)


def output(op_type: str, inputs: Sequence[Any], name: str | None = None, **attrs: Any) -> Any:
    """The same, for an operation of one output: the tensor."""
    return operation(op_type, inputs, name, **attrs).outputs[0]
