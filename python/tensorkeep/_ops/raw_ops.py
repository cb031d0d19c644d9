"""tf.raw_ops: a function for every operation by its own name."""

from __future__ import annotations

import typing

from tensorkeep._ops import op_functions


def __getattr__(name: str) -> typing.Any:  # no other capital may stand here: Any is an operation
    if name == "__all__":
        return op_functions.names(by_place=False)
    if name.startswith("_"):
        raise AttributeError(name)
    return op_functions.function(name, by_place=False)
