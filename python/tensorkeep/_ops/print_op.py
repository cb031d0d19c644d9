"""tf.Print, which shows tensors while the graph runs."""

from __future__ import annotations

from typing import Any, Sequence

from tensorkeep._ops import raw

__all__ = ["Print"]


def Print(input_: Any, data: Sequence[Any], message: str | None = None,
          first_n: int | None = None, summarize: int | None = None,
          name: str | None = None) -> Any:
    """`input_`; whenever it is computed, the data are written to standard error.

    Args:
      input_: what is passed on.
      data: tensors to show.
      message: what stands before them.
      first_n: how many times; always if it is negative, as it is if there is none.
      summarize: how many elements of each tensor; 3, all if it is negative.
      name: of the operation.

    Returns:
      A tensor as `input_`.
    """
    return raw.output("Print", [input_, list(data)], name, message=message or "",
                      first_n=-1 if first_n is None else first_n,
                      summarize=3 if summarize is None else summarize)
