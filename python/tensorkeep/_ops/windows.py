"""Strides, windows and dilations in the forms that convolutions and pools take."""

from __future__ import annotations

from typing import Any


def per_dimension(value: Any, spatial: int, channel_index: int, name: str) -> list[int]:
    """One number for each dimension: 1 for batch and channels.

    Args:
      value: one number, `spatial` of them, or one for every dimension; 1 for None.
      channel_index: 1 where the channels come first.
      name: of the argument, for the error.

    Raises:
      ValueError: it has another length.
    """
    if value is None:
        return [1] * (spatial + 2)
    values = [value] if isinstance(value, int) or not hasattr(value, "__len__") else list(value)
    if len(values) == spatial + 2:
        return values
    if len(values) == 1:
        values = values * spatial
    elif len(values) != spatial:
        raise ValueError(f"{name} should be of length 1, {spatial} or {spatial + 2}. Received: "
                         f"{name}={values} of length {len(values)}")
    return [1, 1] + values if channel_index == 1 else [1] + values + [1]


def renamed(new_name: str, new: Any, old_name: str, old: Any) -> Any:
    """An argument that has two names. Raises ValueError if both are given."""
    if new is None:
        return old
    if old is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return new
