"""Rows of tables by sparse ids, combined row by row."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._framework.sparse_tensor import SparseTensor
from tensorkeep._ops import predicates, segment_ops, sparse_layout, sparse_ops

__all__ = ["embedding_lookup_sparse", "safe_embedding_lookup_sparse"]

_COMBINERS = ("mean", "sqrtn", "sum")


def _parts_of(params: Any) -> list[Any]:
    """The tables: a list as it is, the parts of a partitioned variable, or the one."""
    if isinstance(params, tf.python.ops.variables.PartitionedVariable):
        return list(params)
    return params if isinstance(params, list) else [params]


def _weighted(rows: Any, weights: Any, segment_ids: Any, combiner: str, name: str) -> Any:
    """Rows times their weights, added up by segment, over what the combiner divides by."""
    given_dtype = rows.dtype
    if rows.dtype in (tf.float16, tf.bfloat16):
        rows = tf.cast(rows, tf.float32)
    if weights.dtype != rows.dtype:
        weights = tf.cast(weights, rows.dtype)
    inner = tf.expand_dims(tf.rank(rows) - 1, 0)
    weights_shape = tf.shape(weights)
    ones = tf.ones(inner, dtype=weights_shape.dtype)
    shape = tf.concat([weights_shape, ones], 0)
    known = weights.shape
    weights = tf.reshape(weights, shape)
    if rows.shape.ndims is not None:
        weights.set_shape(known.concatenate([1] * (rows.shape.ndims - 1)))
    rows = rows * weights
    if combiner == "sum":
        rows = tf.segment_sum(rows, segment_ids, name=name)
    else:
        rows = tf.segment_sum(rows, segment_ids)
        if combiner == "mean":
            divisor = tf.segment_sum(weights, segment_ids)
        else:
            divisor = tf.sqrt(tf.segment_sum(tf.pow(weights, 2), segment_ids))
        rows = tf.div_no_nan(rows, divisor, name=name)
    return rows if rows.dtype == given_dtype else tf.cast(rows, given_dtype)


def embedding_lookup_sparse(params: Any, sp_ids: Any, sp_weights: Any,
                            partition_strategy: str = "mod", name: str | None = None,
                            combiner: str | None = None, max_norm: float | None = None,
                            allow_fast_lookup: bool = False) -> Any:
    """The rows that each row of sparse ids names, combined.

    Args:
      params: the table, or a list of its parts, or a partitioned variable.
      sp_ids: a SparseTensor of int64 ids [n, ...], a row of which has one element at least.
      sp_weights: a SparseTensor of weights at the same places; None for 1.
      partition_strategy: how ids are spread over parts: "mod" or "div".
      name: of the operations' scope.
      combiner: "sum", "mean" (over the weights' sum, and what is taken without one) or "sqrtn"
        (over the root of the sum of their squares).
      max_norm: what longer rows of the table are cut down to.
      allow_fast_lookup: whether a table in one piece may be read without looking for ids that come
        twice, with weights too.

    Returns:
      [n, ...]: as `params` behind the first dimension.

    Raises:
      TypeError: ids or weights are no SparseTensor.
      ValueError: there is no such combiner, or the shapes do not fit.
    """
    combiner = "mean" if combiner is None else combiner
    if combiner not in _COMBINERS:
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    params = _parts_of(params)
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError(f"sp_ids must be SparseTensor, got {type(sp_ids)}")
    if sp_weights is not None:
        if not isinstance(sp_weights, SparseTensor):
            raise TypeError("sp_weights must be either None or SparseTensor,"
                            f"got {type(sp_weights)}")
        for ids, weights in zip(sparse_ops.parts(sp_ids), sparse_ops.parts(sp_weights)):
            ids.shape.assert_is_compatible_with(weights.shape)
    with tf.name_scope(name, "embedding_lookup_sparse", params) as scope:
        segment_ids = tf.convert_to_tensor(sp_ids.indices[:, 0], name="segment_ids")
        ids = sp_ids.values
        if len(params) == 1 and not predicates.is_resource_variable(params[0]):
            params = [tf.convert_to_tensor(params[0], name="params")]
        is_whole = (len(params) == 1 and isinstance(params[0], tf.Tensor)
                    and params[0].device == segment_ids.device and max_norm is None
                    and (allow_fast_lookup or sp_weights is None))
        if is_whole:
            which, rows = ids, params[0]
        else:
            ids, which = tf.unique(ids)
            rows = tf.nn.embedding_lookup(params, ids, partition_strategy=partition_strategy,
                                          max_norm=max_norm)
        if sp_weights is not None:
            if segment_ids.dtype != tf.int32:
                segment_ids = tf.cast(segment_ids, tf.int32)
            return _weighted(tf.gather(rows, which), sp_weights.values, segment_ids, combiner,
                             scope)
        function = {"sum": segment_ops.sparse_segment_sum, "mean": segment_ops.sparse_segment_mean,
                    "sqrtn": segment_ops.sparse_segment_sqrt_n}[combiner]
        return function(rows, which, segment_ids, name=scope,
                        sparse_gradient=is_whole and not allow_fast_lookup)


def _retained(ids: Any, weights: Any, chosen: Any) -> tuple[Any, Any]:
    ids = sparse_ops.sparse_retain(ids, chosen)
    return ids, weights if weights is None else sparse_ops.sparse_retain(weights, chosen)


def _pruned(ids: Any, weights: Any, combiner: str) -> tuple[Any, Any]:
    """Without negative ids and, unless weights are only added up, weights that are not positive."""
    valid = tf.greater_equal(ids.values, 0)
    if weights is not None:
        valid = tf.logical_and(valid, tf.ones_like(weights.values, dtype=tf.bool))
    ids, weights = _retained(ids, weights, valid)
    if weights is None or combiner == "sum":
        return ids, weights
    return _retained(ids, weights, tf.greater(weights.values, 0))


def safe_embedding_lookup_sparse(embedding_weights: Any, sparse_ids: Any,
                                 sparse_weights: Any = None, combiner: str = "mean",
                                 default_id: int | None = None, name: str | None = None,
                                 partition_strategy: str = "div", max_norm: float | None = None,
                                 allow_fast_lookup: bool = False) -> Any:
    """As `embedding_lookup_sparse`, for ids of any rank, of which rows may have none.

    Args:
      embedding_weights: the table, a list of its parts, or a partitioned variable.
      sparse_ids: a SparseTensor of ids [d0, ..., dn]; negative ones are passed over.
      sparse_weights: a SparseTensor of weights at the same places; 1. Those that are not positive
        are passed over, unless the combiner is "sum".
      combiner: "mean", "sqrtn" or "sum".
      default_id: whose row stands for a row without ids; zeros do without.

    The other arguments and errors are those of `embedding_lookup_sparse`.

    Returns:
      [d0, ..., dn-1, ...].
    """
    if embedding_weights is None:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    tables = _parts_of(embedding_weights)
    if not tables:
        raise ValueError(f"Missing embedding_weights {tables}.")
    dtype = None if sparse_weights is None else sparse_weights.dtype
    tables = [table if predicates.is_resource_variable(table) and dtype in (None, table.dtype)
              else tf.convert_to_tensor(table, dtype=dtype) for table in tables]
    with tf.name_scope(name, "embedding_lookup", tables) as scope:
        shape = sparse_ids.dense_shape
        known_rank = shape.shape[0].value
        rank = tf.size(shape) if known_rank is None else known_rank
        ids = sparse_layout.sparse_reshape(sparse_ids, [
            tf.reduce_prod(tf.slice(shape, [0], [rank - 1])), tf.gather(shape, rank - 1)])
        weights = sparse_weights
        if weights is not None:
            weights = SparseTensor(ids.indices, weights.values, ids.dense_shape)
        ids, weights = _pruned(ids, weights, combiner)
        ids, is_empty = sparse_ops.sparse_fill_empty_rows(ids, default_id or 0)
        if weights is not None:
            weights, _ = sparse_ops.sparse_fill_empty_rows(weights, 1.0)
        result = embedding_lookup_sparse(
            tables, ids, weights, combiner=combiner, partition_strategy=partition_strategy,
            name=None if default_id is None else scope, max_norm=max_norm,
            allow_fast_lookup=allow_fast_lookup)
        if default_id is None:
            is_empty = tf.tile(tf.reshape(is_empty, [-1, 1]), tf.stack([1, tf.shape(result)[1]]))
            result = tf.where(is_empty, tf.zeros_like(result), result, name=scope)
        final = tf.reshape(result, tf.concat([
            tf.slice(tf.cast(shape, tf.int32), [0], [rank - 1]),
            tf.slice(tf.shape(result), [1], [-1])], 0))
        leading = tf.TensorShape(None if known_rank is None else [None] * (known_rank - 1))
        final.set_shape(leading.concatenate(result.shape[1:]))
        return final
