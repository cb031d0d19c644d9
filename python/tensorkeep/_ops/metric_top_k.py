"""tf.metrics of the classes with the largest predictions, where a row may have several labels."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._framework import sparse_tensor
from tensorkeep._framework.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from tensorkeep._ops import set_ops, sort_ops, sparse_layout, sparse_ops, weights_broadcast
from tensorkeep._ops.metric_variables import collect, local_variable

__all__ = [
    "average_precision_at_k", "precision_at_k", "precision_at_top_k", "recall_at_k",
    "recall_at_top_k", "sparse_average_precision_at_k", "sparse_precision_at_k",
]


def _name_at_k(name: str, k: int | None, class_id: int | None = None) -> str:
    name = f"{name}_at_k" if k is None else f"{name}_at_{k:d}"
    return name if class_id is None else f"{name}_class{class_id:d}"


def _with_rank_of(labels: Any, predictions: Any) -> Any:
    """Labels [..., n], also where they are [...] and the predictions are [..., k]."""
    with tf.name_scope(None, "expand_labels", (labels, predictions)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, SparseTensor):
            is_short = tf.equal(tf.rank(predictions), tf.size(labels.dense_shape) + 1)

            def with_last() -> Any:
                shape = tf.concat((labels.dense_shape, (1,)), 0)
                return sparse_layout.sparse_reshape(labels, shape, name=scope)

            return tf.cond(is_short, with_last, lambda: labels)
        rank, wanted = labels.shape.ndims, predictions.shape.ndims
        if rank is not None and wanted is not None:
            if rank == wanted:
                return labels
            if rank + 1 == wanted:
                return tf.expand_dims(labels, -1, name=scope)
            raise ValueError(f"Unexpected labels shape {labels.shape} for predictions shape "
                             f"{predictions.shape}. Predictions rank should be the same rank as "
                             "labels rank or labels rank plus one .")
        is_short = tf.equal(tf.rank(predictions), tf.rank(labels) + 1)
        return tf.cond(is_short, lambda: tf.expand_dims(labels, -1, name=scope), lambda: labels)


def _with_last_one(shape: Any, last: Any) -> Any:
    """The shape with 1 as its last dimension, whose number `last` [1] is."""
    rank = tf.size(shape, out_type=last.dtype)
    place = (last + rank) % rank
    ones_shape = tf.shape(place)
    return tf.dynamic_stitch([tf.range(rank), place],
                             [shape, tf.ones(ones_shape, dtype=shape.dtype)])


def _of_class(ids: Any, class_id: int) -> SparseTensor:
    """The ids that are the class's, row by row."""
    ids = convert_to_tensor_or_sparse_tensor(ids)
    if isinstance(ids, SparseTensor):
        return sparse_ops.sparse_retain(ids, tf.equal(ids.values, class_id))
    shape = tf.shape(ids, out_type=tf.int64)
    last = tf.size(shape) - 1
    row_shape = _with_last_one(shape, tf.reshape(last, [1]))
    rows = tf.fill(row_shape, tf.cast(class_id, tf.int64))
    common = set_ops.set_intersection(rows, ids)
    return SparseTensor(common.indices, common.values, shape)


def _common(predictions: Any, labels: Any) -> SparseTensor:
    return set_ops.set_intersection(predictions, labels)


def _not_predicted(predictions: Any, labels: Any) -> SparseTensor:
    return set_ops.set_difference(predictions, labels, aminusb=False)


def _not_right(predictions: Any, labels: Any) -> SparseTensor:
    return set_ops.set_difference(predictions, labels, aminusb=True)


def _count_of_rows(combine: Callable[..., SparseTensor], scope_name: str, labels: Any,
                   predictions: Any, class_id: int | None = None, weights: Any = None,
                   name: str | None = None) -> Any:
    """How many ids of each row `combine` leaves, times the row's weight: float64."""
    with tf.name_scope(name, scope_name, (predictions, labels, weights)):
        if class_id is not None:
            labels = _of_class(labels, class_id)
            predictions = _of_class(predictions, class_id)
        count = tf.cast(set_ops.set_size(combine(predictions, labels)), tf.float64)
        if weights is None:
            return count
        fits = weights_broadcast.assert_broadcastable(weights, count)
        with tf.control_dependencies((fits,)):
            weights = tf.cast(weights, tf.float64)
            return tf.multiply(count, weights)


def _total(combine: Callable[..., SparseTensor], kind: str, labels: Any, predictions: Any,
           k: int | None, class_id: int | None, weights: Any) -> tuple[Any, Any]:
    """A variable of the sum of `_count_of_rows` over all batches, and its update."""
    with tf.name_scope(None, _name_at_k(kind, k, class_id),
                       (predictions, labels, weights)) as scope:
        count = _count_of_rows(combine, f"{kind}s", labels, predictions, class_id, weights)
        total = tf.cast(tf.reduce_sum(count), tf.float64)
        variable = local_variable([], scope, tf.float64)
        return variable, tf.assign_add(variable, total, name="update")


def _share_of_common(what: str, rest: Callable[..., SparseTensor], kind: str, labels: Any,
                     predictions_idx: Any, k: int | None, class_id: int | None, weights: Any,
                     metrics_collections: Sequence[str] | None,
                     updates_collections: Sequence[str] | None,
                     name: str | None) -> tuple[Any, Any]:
    """What labels and predictions have in common over that and the rest."""
    with tf.name_scope(name, _name_at_k(what, k, class_id),
                       (predictions_idx, labels, weights)) as scope:
        labels = _with_rank_of(labels, predictions_idx)
        ids = tf.cast(predictions_idx, tf.int64)
        hits, new_hits = _total(_common, "true_positive", labels, ids, k, class_id, weights)
        others, new_others = _total(rest, kind, labels, ids, k, class_id, weights)
        value = tf.divide(hits, tf.add(hits, others), name=scope)
        collect(value, metrics_collections)
        update = tf.divide(new_hits, tf.add(new_hits, new_others), name="update")
        return value, collect(update, updates_collections)


def recall_at_top_k(labels: Any, predictions_idx: Any, k: int | None = None,
                    class_id: int | None = None, weights: Any = None,
                    metrics_collections: Sequence[str] | None = None,
                    updates_collections: Sequence[str] | None = None,
                    name: str | None = None) -> tuple[Any, Any]:
    """The share of labels that are among the predicted classes.

    Args:
      labels: int64 [..., n], a SparseTensor where rows have different numbers; or [...].
      predictions_idx: int64 [..., k], the predicted classes of each row.
      k: a number for the names.
      class_id: the only class that counts; all.
      weights: what each row counts; 1.
      metrics_collections: where the value is put.
      updates_collections: where the update is put.
      name: of the operations' scope.

    Returns:
      (value, update_op), float64 scalars; not a number before there is anything.

    Raises:
      ValueError: the shapes do not fit.
    """
    return _share_of_common("recall", _not_predicted, "false_negative", labels, predictions_idx, k,
                            class_id, weights, metrics_collections, updates_collections, name)


def recall_at_k(labels: Any, predictions: Any, k: int, class_id: int | None = None,
                weights: Any = None, metrics_collections: Sequence[str] | None = None,
                updates_collections: Sequence[str] | None = None,
                name: str | None = None) -> tuple[Any, Any]:
    """`recall_at_top_k` of the `k` classes with the largest `predictions` [..., classes]."""
    with tf.name_scope(name, _name_at_k("recall", k, class_id),
                       (predictions, labels, weights)) as scope:
        ids = sort_ops.top_k(predictions, k).indices
        return recall_at_top_k(labels, ids, k, class_id, weights, metrics_collections,
                               updates_collections, scope)


def precision_at_top_k(labels: Any, predictions_idx: Any, k: int | None = None,
                       class_id: int | None = None, weights: Any = None,
                       metrics_collections: Sequence[str] | None = None,
                       updates_collections: Sequence[str] | None = None,
                       name: str | None = None) -> tuple[Any, Any]:
    """The share of the predicted classes that are labels; arguments as of `recall_at_top_k`."""
    return _share_of_common("precision", _not_right, "false_positive", labels, predictions_idx, k,
                            class_id, weights, metrics_collections, updates_collections, name)


def precision_at_k(labels: Any, predictions: Any, k: int, class_id: int | None = None,
                   weights: Any = None, metrics_collections: Sequence[str] | None = None,
                   updates_collections: Sequence[str] | None = None,
                   name: str | None = None) -> tuple[Any, Any]:
    """`precision_at_top_k` of the `k` classes with the largest `predictions` [..., classes]."""
    with tf.name_scope(name, _name_at_k("precision", k, class_id),
                       (predictions, labels, weights)) as scope:
        ids = sort_ops.top_k(predictions, k).indices
        return precision_at_top_k(labels, ids, k, class_id, weights, metrics_collections,
                                  updates_collections, scope)


sparse_precision_at_k = precision_at_k


def _repeated(labels: Any, times: int, name: str) -> Any:
    """Labels [..., n] as [..., times, n]."""
    with tf.name_scope(name, "expand_and_tile", (labels,)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, SparseTensor):
            last = tf.reshape(tf.size(labels.dense_shape) + -1, [1])
            before = tf.slice(labels.dense_shape, [0], last)
            after = tf.slice(labels.dense_shape, last, [-1])
            shape = tf.concat((before, [1], after), 0, name="expanded_shape")
            row = sparse_layout.sparse_reshape(labels, shape, name="expand")
            if times == 1:
                return row
            return sparse_layout.sparse_concat(-2, [row] * times, name=scope)
        row = tf.expand_dims(labels, -2, name="expand")
        if times == 1:
            return row
        ones = tf.ones_like(tf.shape(labels))
        multiples = tf.concat((ones[:-1], (times,), ones[-1:]), 0, name="multiples")
        return tf.tile(row, multiples, name=scope)


def _label_counts(labels: Any, k: int) -> Any:
    """How many labels each row has, `k` at most."""
    with tf.name_scope(None, "num_relevant", (labels,)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, SparseTensor):
            return tf.minimum(set_ops.set_size(labels), k, name=scope)
        is_label = tf.greater_equal(labels, 0)
        ones = tf.ones_like(labels)
        number = tf.reduce_sum(tf.where_v2(is_label, ones, tf.zeros_like(labels)), axis=-1)
        return tf.minimum(number, k, name=scope)


def _average_precision(labels: Any, ids: Any) -> Any:
    """Of each row, the mean over its labels of the precision up to where each was predicted."""
    with tf.name_scope(None, "average_precision", (ids, labels)) as scope:
        ids = tf.cast(ids, tf.int64, name="predictions_idx")
        if ids.shape.ndims == 0:
            raise ValueError("The rank of `predictions_idx` must be at least 1.")
        k = ids.shape.as_list()[-1]
        if k is None:
            raise ValueError("The last dimension of predictions_idx must be set. Currently, it is "
                             "None.")
        labels = _with_rank_of(labels, ids)
        single = tf.expand_dims(ids, -1, name="predictions_idx_per_k")
        repeated = _repeated(labels, k, "labels_per_k")
        hits = _count_of_rows(_common, "true_positives", repeated, single, name="relevant_per_k")
        hits_so_far = tf.cumsum(hits, axis=-1, name="tp_per_k")
        number = tf.cumsum(tf.ones_like(hits), axis=-1, name="retrieved_per_k")
        precision = tf.divide(tf.cast(hits_so_far, tf.float64), tf.cast(number, tf.float64),
                              name="precision_per_k")
        of_hits = tf.multiply(precision, tf.cast(hits, tf.float64),
                              name="relevant_precision_per_k")
        total = tf.reduce_sum(of_hits, axis=(-1,), name="precision_sum")
        return tf.divide(total, tf.cast(_label_counts(labels, k), tf.float64), name=scope)


def _mean_of_rows(labels: Any, ids: Any, weights: Any, metrics_collections: Sequence[str] | None,
                  updates_collections: Sequence[str] | None, name: str) -> tuple[Any, Any]:
    with tf.name_scope(name, "average_precision_at_top_k", (ids, labels, weights)) as scope:
        precision = _average_precision(labels, ids)
        if weights is not None:
            weights = weights_broadcast.broadcast_weights(tf.cast(weights, tf.float64), precision)
            precision = tf.multiply(precision, weights)
        with tf.name_scope(None, "max", (precision,)) as max_scope:
            most = local_variable([], max_scope, tf.float64)
            if weights is None:
                number = tf.cast(tf.size(precision, name="batch_max"), tf.float64)
            else:
                number = tf.reduce_sum(weights, name="batch_max")
            new_most = tf.assign_add(most, number, name="update")
        with tf.name_scope(None, "total", (precision,)) as total_scope:
            total = local_variable([], total_scope, tf.float64)
            new_total = tf.assign_add(total, tf.reduce_sum(precision, name="batch_total"),
                                      name="update")
        value = collect(tf.div_no_nan(total, most, name="mean"), metrics_collections)
        update = tf.div_no_nan(new_total, new_most, name=scope)
        return value, collect(update, updates_collections)


def _without_large(labels: Any, number: Any) -> Any:
    """Labels, those that are no class replaced by -1."""
    is_sparse = sparse_tensor.is_sparse(labels)

    def cleaned(values: Any) -> Any:
        is_large = tf.greater_equal(values, number)
        return tf.where_v2(is_large, -1 * tf.ones_like(values), values)

    def cleaned_labels() -> Any:
        if is_sparse:
            return type(labels)(labels.indices, cleaned(labels.values), labels.dense_shape)
        return cleaned(labels)

    largest = tf.reduce_max(labels.values if is_sparse else labels)
    return tf.cond(tf.greater_equal(largest, number), cleaned_labels, lambda: labels)


def average_precision_at_k(labels: Any, predictions: Any, k: int, weights: Any = None,
                           metrics_collections: Sequence[str] | None = None,
                           updates_collections: Sequence[str] | None = None,
                           name: str | None = None) -> tuple[Any, Any]:
    """The mean over rows of the average precision of the `k` classes with the largest predictions.

    Args:
      labels: int64 [..., n], a SparseTensor where rows have different numbers; or [...].
      predictions: floating point [..., classes].
      k: how many classes count.

    The other arguments are those of `recall_at_top_k`.

    Returns:
      (value, update_op), float64 scalars.

    Raises:
      ValueError: `k` is below 1, or the shapes do not fit.
    """
    if k < 1:
        raise ValueError(f"Invalid k={k}. `k` should be >= 1.")
    with tf.name_scope(name, _name_at_k("average_precision", k),
                       (predictions, labels, weights)) as scope:
        ids = sort_ops.top_k(predictions, k).indices
        number = tf.cast(tf.shape(predictions)[-1], tf.int64)
        return _mean_of_rows(_without_large(labels, number), ids, weights, metrics_collections,
                             updates_collections, scope)


sparse_average_precision_at_k = average_precision_at_k
