"""The functions of `raw_ops` by the names and arguments of TensorFlow's gen_*_ops modules."""

from __future__ import annotations

from typing import Any

from tensorkeep._ops import raw_ops


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return raw_ops.names(by_place=True)
    if name.startswith("_"):
        raise AttributeError(name)
    return raw_ops.function(name, by_place=True)
