"""Strings: numbers as text, and strings joined."""

from __future__ import annotations

from typing import Any

from tensorkeep._ops import raw

__all__ = ["as_string", "string_join"]


def as_string(input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False,
              width: int = -1, fill: str = "", name: str | None = None) -> Any:
    """Numbers as text.

    Args:
      input: numbers, bools or strings.
      precision: how many digits follow the point; 6.
      scientific: whether there is an exponent.
      shortest: whether the shorter notation of a number is taken.
      width: how long a text is at least.
      fill: what fills it: a blank, "0", or "-" to fill from the right; "+" writes the sign.
      name: of the operation.

    Returns:
      Strings of the shape of `input`.

    Raises:
      InvalidArgumentError: when it runs, if an argument does not go with the type of `input`.
    """
    return raw.output("AsString", [input], name, precision=precision, scientific=scientific,
                      shortest=shortest, width=width, fill=fill)


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Any:
    """Strings one after the other, element by element; a scalar goes with every element."""
    return raw.output("StringJoin", [list(inputs)], name, separator=separator)
