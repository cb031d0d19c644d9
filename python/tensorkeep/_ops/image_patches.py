"""Patches of images as channels."""

from __future__ import annotations

from typing import Any, Sequence

from tensorkeep._ops import raw, windows

__all__ = ["extract_image_patches", "extract_patches"]


def extract_image_patches(images: Any, ksizes: Sequence[int] | None = None,
                          strides: Sequence[int] | None = None, rates: Sequence[int] | None = None,
                          padding: str | None = None, name: str | None = None,
                          sizes: Sequence[int] | None = None) -> Any:
    """Patches of images, each as a row of channels. No gradient flows through it.

    Args:
      images: [batch, height, width, channels].
      ksizes: [1, rows, columns, 1], a patch's size; `sizes` is its other name.
      strides: [1, down, right, 1], how far patches are from each other.
      rates: [1, down, right, 1], how far a patch's elements are from each other.
      padding: "VALID", or "SAME", with zeros around the image.
      name: of the operation.

    Returns:
      [batch, patches down, patches right, rows * columns * channels].

    Raises:
      ValueError: the sizes do not fit.
    """
    ksizes = windows.renamed("sizes", sizes, "ksizes", ksizes)
    return raw.output("ExtractImagePatches", [images], name, ksizes=list(ksizes or ()),
                      strides=list(strides or ()), rates=list(rates or ()), padding=padding)


def extract_patches(images: Any, sizes: Sequence[int], strides: Sequence[int], rates: Sequence[int],
                    padding: str, name: str | None = None) -> Any:
    """extract_image_patches with the later names of its arguments."""
    return raw.output("ExtractImagePatches", [images], name, ksizes=list(sizes),
                      strides=list(strides), rates=list(rates), padding=padding)
