"""tf.assert_rank and its like. Where the graph knows the rank they tell at once."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._ops.check_ops import assert_type, prefix

__all__ = ["assert_rank", "assert_rank_at_least", "assert_rank_in"]


def _check(x: Any, ranks: Sequence[Any], wanted: str, holds: Callable, dynamic: Callable,
           data: Sequence[Any], summarize: int | None, message: str) -> Any:
    """Asserts something about the rank of `x`.

    Args:
      wanted: names the ranks in the error: "at least %d".
      holds: whether a rank is right, from numbers.
      dynamic: the same from a tensor, as one.
    """
    for rank in ranks:
        assert_type(rank, tf.int32)
    known = [tf.get_static_value(rank) for rank in ranks]
    if all(rank is not None for rank in known):
        if any(rank.ndim != 0 for rank in known):
            raise ValueError("Rank must be a scalar.")
        numbers = tuple(int(rank) for rank in known)
        actual = x.shape.ndims
        if actual is not None:
            if not holds(actual, numbers):
                raise ValueError(f"{message}Tensor {x.name} must have rank {wanted % numbers}.  "
                                 f"Received rank {actual}, shape {x.shape}")
            return tf.no_op(name="static_checks_determined_all_ok")
    condition = dynamic(tf.rank(x))
    for rank, value in zip(ranks, known):
        if value is None:
            from tensorkeep import _core

            is_scalar = assert_rank(rank, 0, data=["Rank must be a scalar. Received rank: ", rank])
            condition = _core.with_dependencies([is_scalar], condition)
    return tf.Assert(condition, data, summarize=summarize)


def assert_rank(x: Any, rank: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                message: str | None = None, name: str | None = None) -> Any:
    """An operation that fails unless `x` has as many dimensions as `rank`, a scalar, says.

    Returns:
      The operation; a NoOp where the graph determines that the rank is right.

    Raises:
      ValueError: the graph determines that it is not.
    """
    with tf.name_scope(name, "assert_rank", (x, rank, *(data or ()))):
        x = tf.convert_to_tensor(x, name="x")
        rank = tf.convert_to_tensor(rank, name="rank")
        message = prefix(message)
        if data is None:
            data = [message, f"Tensor {x.name} must have rank", rank, "Received shape: ",
                    tf.shape(x)]
        return _check(x, [rank], "%d", lambda actual, ranks: actual == ranks[0],
                      lambda actual: tf.equal(actual, rank), data, summarize, message)


def assert_rank_at_least(x: Any, rank: Any, data: Sequence[Any] | None = None,
                         summarize: int | None = None, message: str | None = None,
                         name: str | None = None) -> Any:
    """As `assert_rank`, for `rank` dimensions or more."""
    with tf.name_scope(name, "assert_rank_at_least", (x, rank, *(data or ()))):
        x = tf.convert_to_tensor(x, name="x")
        rank = tf.convert_to_tensor(rank, name="rank")
        message = prefix(message)
        if data is None:
            data = [message, f"Tensor {x.name} must have rank at least", rank, "Received shape: ",
                    tf.shape(x)]
        return _check(x, [rank], "at least %d", lambda actual, ranks: actual >= ranks[0],
                      lambda actual: tf.greater_equal(actual, rank), data, summarize, message)


def _is_one_of(actual: Any, ranks: Sequence[Any]) -> Any:
    if not ranks:
        return tf.convert_to_tensor(False)
    result = tf.equal(ranks[0], actual)
    for rank in ranks[1:]:
        result = tf.logical_or(result, tf.equal(rank, actual))
    return result


def assert_rank_in(x: Any, ranks: Sequence[Any], data: Sequence[Any] | None = None,
                   summarize: int | None = None, message: str | None = None,
                   name: str | None = None) -> Any:
    """As `assert_rank`, for one of several `ranks`."""
    with tf.name_scope(name, "assert_rank_in", (x, *ranks, *(data or ()))):
        x = tf.convert_to_tensor(x, name="x")
        ranks = [tf.convert_to_tensor(rank, name="rank") for rank in ranks]
        message = prefix(message)
        if data is None:
            data = [message, f"Tensor {x.name} must have rank in", *ranks, "Received shape: ",
                    tf.shape(x)]
        return _check(x, ranks, f"in ({', '.join(['%d'] * len(ranks))})",
                      lambda actual, numbers: actual in numbers,
                      lambda actual: _is_one_of(actual, ranks), data, summarize, message)
