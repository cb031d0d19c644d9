"""What a layer wants of its inputs."""

from __future__ import annotations

from typing import Any, Mapping

import tensorkeep as tf

__all__ = ["InputSpec"]


class InputSpec:
    """The rank, type and sizes that an input must have; None is any.

    Args:
      dtype: its type.
      shape: all of it, None for dimensions that may be anything.
      ndim, min_ndim, max_ndim: its rank, or bounds of it.
      axes: {dimension: size} for some dimensions, which may be negative.
    """

    def __init__(self, dtype: Any = None, shape: Any = None, ndim: int | None = None,
                 max_ndim: int | None = None, min_ndim: int | None = None,
                 axes: Mapping[int, int | None] | None = None) -> None:
        self.dtype = dtype
        self.shape = shape
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = dict(axes or {})

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={value}" for key, value in vars(self).items() if value)
        return f"InputSpec({fields})"

    def check(self, tensor: Any, index: int, layer: str) -> None:
        """Raises ValueError if `tensor`, input number `index` of `layer`, is not like that."""
        start = f"Input {index} of layer {layer} is incompatible with the layer: "
        shape = tensor.shape
        rank = shape.ndims
        if self.ndim is not None or self.max_ndim is not None or self.min_ndim is not None:
            if rank is None:
                raise ValueError(f"{start}its rank is undefined, but the layer requires a defined "
                                 "rank.")
        whole = f". Full shape received: {shape.as_list() if rank is not None else None}"
        if self.ndim is not None and rank != self.ndim:
            raise ValueError(f"{start}expected ndim={self.ndim}, found ndim={rank}{whole}")
        if self.max_ndim is not None and rank > self.max_ndim:
            raise ValueError(f"{start}expected max_ndim={self.max_ndim}, found ndim={rank}")
        if self.min_ndim is not None and rank < self.min_ndim:
            raise ValueError(
                f"{start}: expected min_ndim={self.min_ndim}, found ndim={rank}{whole}")
        if self.dtype is not None and tensor.dtype != tf.as_dtype(self.dtype):
            raise ValueError(f"{start}expected dtype={self.dtype}, found dtype={tensor.dtype}")
        if rank is None:
            return
        sizes = shape.as_list()
        for axis, size in self.axes.items():
            if size is not None and sizes[axis] not in (size, None):
                raise ValueError(f"{start}expected axis {axis} of input shape to have value {size} "
                                 f"but received input with shape {sizes}")
        for wanted, size in zip(self.shape or (), sizes):
            if wanted is not None and size not in (wanted, None):
                raise ValueError(f"{start}expected shape={self.shape}, found shape={sizes}")
