"""tf.nn's greyscale dilation and erosion of images."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = ["dilation2d", "erosion2d"]


def dilation2d(input: Any, filter: Any = None, strides: Sequence[int] | None = None,
               rates: Sequence[int] | None = None, padding: str | None = None,
               name: str | None = None, filters: Any = None,
               dilations: Sequence[int] | None = None) -> Any:
    """The largest sum of each window's pixels and a filter's elements.

    Args:
      input: [batch, height, width, channels], floating.
      filter: [rows, columns, channels]; `filters` is its other name.
      strides: [1, down, right, 1], how far the window moves.
      rates: [1, down, right, 1], how far its pixels are from each other; `dilations` is its other
        name.
      padding: "SAME" or "VALID".
      name: of the operation.

    Returns:
      [batch, new height, new width, channels].

    Raises:
      ValueError: the shapes do not fit.
    """
    filter = windows.renamed("filters", filters, "filter", filter)
    rates = windows.renamed("dilations", dilations, "rates", rates)
    return raw.output("Dilation2D", [input, filter], name, strides=list(strides or ()),
                      rates=list(rates or ()), padding=padding)


def erosion2d(value: Any, kernel: Any, strides: Sequence[int], rates: Sequence[int], padding: str,
              name: str | None = None) -> Any:
    """The smallest difference of each window's pixels and a kernel's elements, which is turned
    around; arguments as dilation2d's."""
    with tf.name_scope(name, "erosion2d", [value, kernel]) as scope:
        return tf.negative(raw.output(
            "Dilation2D", [tf.negative(value), tf.reverse_v2(kernel, [0, 1])], scope,
            strides=list(strides), rates=list(rates), padding=padding))
