"""tf.debugging.assert_shapes: sizes that several tensors share."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

import tensorkeep as tf
from tensorkeep._ops.check_ops import prefix

__all__ = ["assert_shapes"]


class _Wanted(NamedTuple):
    tensor: Any
    any_outer: bool  # whether dimensions may stand before those that are named
    actual: Any
    symbols: tuple[Any, ...]


def _actual_sizes(x: Any) -> Any:
    dims = tf.shape(x)
    rank = x.shape.rank
    if rank == 0:
        return (1,)
    if rank:
        return [dims[i] if size is None else int(size) for i, size in enumerate(x.shape.as_list())]
    is_scalar = tf.equal(tf.rank(x), 0)
    return tf.cond(is_scalar, lambda: tf.constant([1]), lambda: dims)


def _wanted(tensor: Any, shape: Any, before: str) -> _Wanted:
    if not hasattr(shape, "__iter__") and not hasattr(shape, "__getitem__"):
        raise ValueError(
            f"{before}Tensor {tensor.name}.  Specified shape must be an iterable.  An iterable has "
            f"the attribute `__iter__` or `__getitem__`.  Received specified shape: {shape}")
    symbols = tuple(shape)
    any_outer = False
    for position, symbol in enumerate(symbols):
        if symbol not in (Ellipsis, "*"):
            continue
        if position:
            raise ValueError(
                f"{before}Tensor {tensor.name} specified shape index {position}.  Symbol `...` or "
                "`*` for a variable number of unspecified dimensions is only allowed as the first "
                "entry")
        any_outer = True
    symbols = symbols[1:] if any_outer else symbols
    return _Wanted(tensor, any_outer, _actual_sizes(tensor), symbols or (1,))


def _rank_assertion(wanted: _Wanted, options: dict[str, Any]) -> Any:
    rank = len(wanted.symbols)
    if wanted.any_outer:
        return None if rank <= 1 else tf.assert_rank_at_least(wanted.tensor, rank, **options)
    if rank <= 1:
        return tf.assert_rank_in(wanted.tensor, [0, 1], **options)
    return tf.assert_rank(wanted.tensor, rank, **options)


def _is_number(size: Any) -> bool:
    try:
        int(size)
    except (TypeError, ValueError):
        return False
    return True


class _Sizes:
    """What symbols stand for, as found so far."""

    def __init__(self, ranks: list[Any], data: Any, summarize: int | None, before: str) -> None:
        self._ranks = ranks
        self._data = data
        self._summarize = summarize
        self._before = before
        self._known: dict[Any, tuple[Any, Any, int]] = {}
        self.assertions: list[Any] = []

    def _actual(self, wanted: _Wanted, dim: int) -> Any:
        with tf.control_dependencies(self._ranks):
            return wanted.actual[dim]

    def check(self, wanted: _Wanted, position: int, symbol: Any) -> None:
        dim = position - len(wanted.symbols) if wanted.any_outer else position
        if symbol not in self._known and not _is_number(symbol):
            self._known[symbol] = (self._actual(wanted, dim), wanted.tensor, dim)
            return
        if _is_number(symbol):
            size, source = int(symbol), "Specified explicitly"
        else:
            size, tensor, at = self._known[symbol]
            source = f"Specified by tensor {tensor.name} dimension {at}"
        actual = self._actual(wanted, dim)
        name = wanted.tensor.name
        if _is_number(actual) and _is_number(size):
            if int(actual) != int(size):
                raise ValueError(
                    f"{self._before}{source}.  Tensor {name} dimension {dim} must have size {size}."
                    f"  Received size {actual}, shape {wanted.tensor.shape}")
            return
        holds = tf.equal(tf.convert_to_tensor(actual), tf.convert_to_tensor(size))
        data = self._data
        if data is None:
            data = [self._before, source, f"Tensor {name} dimension", dim, "must have size", size,
                    "Received shape: ", tf.shape(wanted.tensor)]
        self.assertions.append(tf.Assert(holds, data, summarize=self._summarize))


def assert_shapes(shapes: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                  message: str | None = None, name: str | None = None) -> Any:
    """An operation that fails unless tensors have shapes that go together.

    Args:
      shapes: a dict or a list of pairs, from tensors to their shapes: for each dimension a number,
        a symbol of any kind that stands for one size everywhere, or None or "." for any size. "*"
        or Ellipsis in front stands for any number of dimensions. A scalar counts as [1].
      data: what the error shows.
      summarize: how many elements of each.
      message: what stands before the error's own text.
      name: of the operations' scope.

    Returns:
      The operation.

    Raises:
      ValueError: the graph determines that a shape is another.
    """
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    before = prefix(message)
    with tf.name_scope(name, "assert_shapes", [shapes, data]):
        tensors = [(tf.convert_to_tensor(x), shape) for x, shape in pairs if shape is not None]
        wanted = [_wanted(tensor, shape, before) for tensor, shape in tensors]
        options = {"data": data, "summarize": summarize, "message": message, "name": name}
        ranks = [made for each in wanted
                 if (made := _rank_assertion(each, options)) is not None]
        sizes = _Sizes(ranks, data, summarize, before)
        for each in wanted:
            for position, symbol in enumerate(each.symbols):
                if symbol not in (None, "."):
                    sizes.check(each, position, symbol)
    with tf.control_dependencies(ranks):
        return tf.group(*sizes.assertions)
