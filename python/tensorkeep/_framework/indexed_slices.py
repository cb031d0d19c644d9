"""Rows of a tensor that are not zero: what the gradient of a gather is."""

from __future__ import annotations

from typing import Any, NamedTuple

from tensorkeep import _core


class IndexedSlicesValue(NamedTuple):
    """What a session gives for IndexedSlices: arrays."""

    values: Any
    indices: Any
    dense_shape: Any


class IndexedSlices:
    """Rows `values` of a larger tensor, at `indices` along its first dimension.

    Args:
      values: a tensor of shape [n, ...].
      indices: a tensor of n int32 or int64; rows named twice add up.
      dense_shape: a tensor, the shape of the whole; None if it is not known.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Any:
        """A tensor of the slices, [slices, ...]."""
        return self._values

    @property
    def indices(self) -> Any:
        """A vector of the rows they stand for, [slices]."""
        return self._indices

    @property
    def dense_shape(self) -> Any:
        """A vector, the whole's shape; None if it was not given."""
        return self._dense_shape

    @property
    def shape(self) -> Any:
        """The whole's shape, as far as the graph determines it."""
        from tensorkeep._framework import tensor_shape  # pylint: disable=import-outside-toplevel

        if self._dense_shape is None:
            return tensor_shape.TensorShape(None)
        return tensor_shape.TensorShape(_core.constant_value(self._dense_shape))

    def get_shape(self) -> Any:
        """The whole's shape, as far as the graph determines it."""
        return self.shape

    @property
    def name(self) -> str:
        """The name of `values`."""
        return self._values.name

    @property
    def device(self) -> str:
        """The device of `values`."""
        return self._values.device

    @property
    def op(self) -> Any:
        """The operation that makes `values`."""
        return self._values.op

    @property
    def dtype(self) -> Any:
        """The type of the slices' elements."""
        return self._values.dtype

    @property
    def graph(self) -> Any:
        """The graph it is in."""
        return self._values.graph

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __repr__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"

    def eval(self, feed_dict: Any = None, session: Any = None) -> IndexedSlicesValue:
        """The three values in a session, an IndexedSlicesValue."""
        from tensorkeep._client import session as sessions  # pylint: disable=import-outside-toplevel

        return sessions.evaluate(self, feed_dict, session)

    def consumers(self) -> list[Any]:
        """A list of the operations that take `values`."""
        return self._values.consumers()

    # What the extension asks of composed values.

    def _to_tensor(self) -> Any:
        return _core.to_dense(self._values, self._indices, self._dense_shape)

    def _identity(self, name: str) -> IndexedSlices:
        parts = [_core.identity(part, name=name or None) if part is not None else None
                 for part in (self._values, self._indices, self._dense_shape)]
        return IndexedSlices(*parts)

    def _fetch_parts(self) -> list[Any]:
        parts = [self._values, self._indices]
        return parts if self._dense_shape is None else [*parts, self._dense_shape]

    def _from_fetched(self, parts: list[Any]) -> IndexedSlicesValue:
        return IndexedSlicesValue(*parts, *([None] if self._dense_shape is None else []))


def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` as it is if it is IndexedSlices, else as a tensor."""
    if isinstance(value, IndexedSlices):
        return value
    return _core.convert_to_tensor(value, dtype=dtype, name=name)
