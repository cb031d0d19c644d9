"""gen_math_ops and the like: a function for every operation by its name in small letters."""

from __future__ import annotations

from typing import Any

from tensorkeep._ops import op_functions


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return op_functions.names(by_place=True)
    if name.startswith("_"):
        raise AttributeError(name)
    return op_functions.function(name, by_place=True)
