"""How the weights of tf.losses and tf.metrics go with values: a scalar, or of the values' rank,
each dimension the same or 1.
"""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = ["assert_broadcastable", "broadcast_weights"]

_PREFIX = "weights can not be broadcast to values."


def _has_valid_dims(weights_shape: Any, values_shape: Any) -> Any:
    """Whether each dimension of the weights is that of the values or 1, by sets of rows."""
    with tf.name_scope(None, "has_invalid_dims", (weights_shape, values_shape)) as scope:
        allowed = tf.expand_dims(values_shape, -1)
        allowed = tf.concat((allowed, tf.ones_like(allowed)), axis=1)
        given = tf.expand_dims(weights_shape, -1)
        wrong = raw.operation("DenseToDenseSetOperation", [given, allowed],
                              set_operation="a-b", validate_indices=True)
        count = tf.size(wrong.outputs[1], name="num_invalid_dims")
        return tf.equal(0, count, name=scope)


def _has_valid_shape(weights_rank: Any, weights_shape: Any, values_rank: Any,
                     values_shape: Any) -> Any:
    """The same for weights that are no scalar; the ranks may differ."""
    with tf.name_scope(None, "has_valid_nonscalar_shape",
                       (weights_rank, weights_shape, values_rank, values_shape)) as scope:
        is_same_rank = tf.equal(values_rank, weights_rank, name="is_same_rank")
        return tf.cond(is_same_rank, lambda: _has_valid_dims(weights_shape, values_shape),
                       lambda: is_same_rank, name=scope)


def _with_shape_and_rank(value: Any, what: str) -> tuple[Any, Any, Any]:
    with tf.name_scope(None, what, (value,)) as scope:
        value = tf.convert_to_tensor(value, name=scope)
        return value, tf.shape(value, name="shape"), tf.rank(value, name="rank")


def _fits(weights: Any, values: Any) -> str | None:
    """What the graph's shapes tell: the name of the check that is enough, or None.

    Raises:
      ValueError: the shapes cannot fit.
    """
    if weights.shape.ndims is None or values.shape.ndims is None:
        return None
    if weights.shape.ndims == 0:
        return "static_scalar_check_success"
    if weights.shape.ndims != values.shape.ndims:
        raise ValueError(f"{_PREFIX} values.rank={values.shape.ndims}. "
                         f"weights.rank={weights.shape.ndims}. values.shape={values.shape}. "
                         f"weights.shape={weights.shape}.")
    if not (weights.shape.is_fully_defined() and values.shape.is_fully_defined()):
        return None
    for i, (weight, size) in enumerate(zip(weights.shape.as_list(), values.shape.as_list())):
        if weight not in (1, size):
            raise ValueError(f"{_PREFIX} Mismatch at dim {i}. values.shape={values.shape}, "
                             f"weights.shape={weights.shape}.")
    return "static_dims_check_success"


def assert_broadcastable(weights: Any, values: Any) -> Any:
    """An operation that fails unless `weights` can be broadcast to `values`.

    Raises:
      ValueError: the graph determines that they cannot.
    """
    with tf.name_scope(None, "assert_broadcastable", (weights, values)) as scope:
        weights, weights_shape, weights_rank = _with_shape_and_rank(weights, "weights")
        values, values_shape, values_rank = _with_shape_and_rank(values, "values")
        check = _fits(weights, values)
        if check:
            return tf.no_op(name=check)
        is_scalar = tf.equal(0, weights_rank, name="is_scalar")
        data = (_PREFIX, "weights.shape=", weights.name, weights_shape, "values.shape=",
                values.name, values_shape, "is_scalar=", is_scalar)
        is_valid = tf.cond(
            is_scalar, lambda: is_scalar,
            lambda: _has_valid_shape(weights_rank, weights_shape, values_rank, values_shape),
            name="is_valid_shape")
        return tf.Assert(is_valid, data, name=scope)


def broadcast_weights(weights: Any, values: Any) -> Any:
    """`weights` in the shape of `values`, and of their type."""
    with tf.name_scope(None, "broadcast_weights", (weights, values)) as scope:
        values = tf.convert_to_tensor(values, name="values")
        weights = tf.convert_to_tensor(weights, dtype=values.dtype.base_dtype, name="weights")
        if (weights.shape.is_fully_defined() and values.shape.is_fully_defined()
                and weights.shape.is_compatible_with(values.shape)):
            return weights
        with tf.control_dependencies((assert_broadcastable(weights, values),)):
            return tf.multiply(weights, tf.ones_like(values), name=scope)
