"""tf.metrics of predictions in [0, 1] that count as true above each of several thresholds."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import check_ops, weights_broadcast
from tensorkeep._ops.metric_variables import align, both, collect, local_variable
from tensorkeep._platform import tf_logging

__all__ = [
    "auc", "false_negatives_at_thresholds", "false_positives_at_thresholds",
    "precision_at_thresholds", "recall_at_thresholds", "sensitivity_at_specificity",
    "specificity_at_sensitivity", "true_negatives_at_thresholds", "true_positives_at_thresholds",
]

# What is counted: whether the label is true, and whether the prediction is.
_COUNTS = {
    "true_positives": (True, True), "false_negatives": (True, False),
    "true_negatives": (False, False), "false_positives": (False, True),
}
_MARGIN = 1e-7


def _counts(labels: Any, predictions: Any, thresholds: Sequence[float], weights: Any,
            names: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """The variables of what `names` says, each [thresholds], and their updates."""
    message = "predictions must be in [0, 1]"
    checks = [
        check_ops.assert_greater_equal(predictions, tf.cast(0.0, dtype=predictions.dtype),
                                       message=message),
        check_ops.assert_less_equal(predictions, tf.cast(1.0, dtype=predictions.dtype),
                                    message=message)]
    with tf.control_dependencies(checks):
        floats = tf.cast(predictions, tf.float32)
        predictions, labels, weights = align(floats, tf.cast(labels, dtype=tf.bool), weights)
    column = tf.reshape(predictions, [-1, 1])
    row = tf.reshape(tf.cast(labels, dtype=tf.bool), [1, -1])
    number = column.shape.as_list()[0]
    if number is None:
        number = tf.shape(column)[0]
    limits = tf.expand_dims(tf.constant(thresholds), [1])
    limits = tf.tile(limits, tf.stack([1, number]))
    of_prediction = {True: tf.greater(tf.tile(tf.transpose(column), [len(thresholds), 1]), limits)}
    pairs = [_COUNTS[name] for name in names]
    if any(not prediction for _, prediction in pairs):
        of_prediction[False] = tf.logical_not(of_prediction[True])
    of_label = {True: tf.tile(row, [len(thresholds), 1])}
    if any(not label for label, _ in pairs):
        of_label[False] = tf.logical_not(of_label[True])
    if weights is not None:
        weights = weights_broadcast.broadcast_weights(tf.cast(weights, tf.float32), predictions)
        weights = tf.tile(tf.reshape(weights, [1, -1]), [len(thresholds), 1])
        limits.shape.assert_is_compatible_with(weights.shape)
    variables, updates = [], []
    for name, (label, prediction) in zip(names, pairs):
        variable = local_variable([len(thresholds)], name)
        found = tf.cast(tf.logical_and(of_label[label], of_prediction[prediction]), tf.float32)
        if weights is not None:
            found = found * weights
        variables.append(variable)
        updates.append(tf.assign_add(variable, tf.reduce_sum(found, 1)))
    return variables, updates


def _one_count(kind: str, labels: Any, predictions: Any, thresholds: Sequence[float], weights: Any,
               metrics_collections: Sequence[str] | None,
               updates_collections: Sequence[str] | None, name: str | None) -> tuple[Any, Any]:
    with tf.variable_scope(name, kind, (predictions, labels, weights)):
        (variable,), (update,) = _counts(labels, predictions, thresholds, weights, [kind])
        value = collect(tf.identity(variable), metrics_collections)
        return value, collect(update, updates_collections)


def true_positives_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float],
                                 weights: Any = None,
                                 metrics_collections: Sequence[str] | None = None,
                                 updates_collections: Sequence[str] | None = None,
                                 name: str | None = None) -> tuple[Any, Any]:
    """How many predictions are above each threshold, and rightly so.

    Args:
      labels: what is right, of any shape; what is not 0 is true.
      predictions: floating point in [0, 1], of the same shape.
      thresholds: a list of numbers in [0, 1].
      weights: what each prediction counts; 1.
      metrics_collections: where the value is put.
      updates_collections: where the update is put.
      name: of the variables' scope.

    Returns:
      (value, update_op), float32 [thresholds].

    Raises:
      ValueError: the shapes do not fit.
      InvalidArgumentError: when it runs, for predictions beyond [0, 1].
    """
    return _one_count("true_positives", labels, predictions, thresholds, weights,
                      metrics_collections, updates_collections, name)


def false_positives_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float],
                                  weights: Any = None,
                                  metrics_collections: Sequence[str] | None = None,
                                  updates_collections: Sequence[str] | None = None,
                                  name: str | None = None) -> tuple[Any, Any]:
    """How many predictions are above, the label being false; as `true_positives_at_thresholds`."""
    return _one_count("false_positives", labels, predictions, thresholds, weights,
                      metrics_collections, updates_collections, name)


def true_negatives_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float],
                                 weights: Any = None,
                                 metrics_collections: Sequence[str] | None = None,
                                 updates_collections: Sequence[str] | None = None,
                                 name: str | None = None) -> tuple[Any, Any]:
    """How many are not above, the label being false; as `true_positives_at_thresholds`."""
    return _one_count("true_negatives", labels, predictions, thresholds, weights,
                      metrics_collections, updates_collections, name)


def false_negatives_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float],
                                  weights: Any = None,
                                  metrics_collections: Sequence[str] | None = None,
                                  updates_collections: Sequence[str] | None = None,
                                  name: str | None = None) -> tuple[Any, Any]:
    """How many are not above, the label being true; as `true_positives_at_thresholds`."""
    return _one_count("false_negatives", labels, predictions, thresholds, weights,
                      metrics_collections, updates_collections, name)


def _share(what: str, misses: str, labels: Any, predictions: Any, thresholds: Sequence[float],
           weights: Any, metrics_collections: Sequence[str] | None,
           updates_collections: Sequence[str] | None, name: str | None) -> tuple[Any, Any]:
    """true positives / (true positives + `misses`)."""
    with tf.variable_scope(name, f"{what}_at_thresholds", (predictions, labels, weights)):
        values, updates = _counts(labels, predictions, thresholds, weights,
                                  ["true_positives", misses])

        def share(hits: Any, missed: Any, part: str) -> Any:
            return tf.divide(hits, _MARGIN + hits + missed, name=f"{what}_{part}")

        return both(share, values, updates, metrics_collections, updates_collections)


def precision_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float],
                            weights: Any = None,
                            metrics_collections: Sequence[str] | None = None,
                            updates_collections: Sequence[str] | None = None,
                            name: str | None = None) -> tuple[Any, Any]:
    """What share of those above each threshold is right; as `true_positives_at_thresholds`."""
    return _share("precision", "false_positives", labels, predictions, thresholds, weights,
                  metrics_collections, updates_collections, name)


def recall_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float],
                         weights: Any = None,
                         metrics_collections: Sequence[str] | None = None,
                         updates_collections: Sequence[str] | None = None,
                         name: str | None = None) -> tuple[Any, Any]:
    """What share of the true labels is above each threshold; as `true_positives_at_thresholds`."""
    return _share("recall", "false_negatives", labels, predictions, thresholds, weights,
                  metrics_collections, updates_collections, name)


def _between(num_thresholds: int) -> list[float]:
    """All thresholds but the first and the last, at equal distances."""
    return [(i + 1) * 1.0 / (num_thresholds - 1) for i in range(num_thresholds - 2)]


def _interpolated_area(hits: Any, false_hits: Any, misses: Any, last: int) -> Any:
    """Below the curve of precision over recall, counts changing evenly between thresholds."""
    step = hits[:last] - hits[1:]
    positives = hits + false_hits
    slope = tf.div_no_nan(step, tf.maximum(positives[:last] - positives[1:], 0),
                          name="prec_slope")
    intercept = hits[1:] - tf.multiply(slope, positives[1:])
    are_there = tf.logical_and(positives[:last] > 0, positives[1:] > 0)
    ratio = tf.div_no_nan(positives[:last], tf.maximum(positives[1:], 0),
                          name="recall_relative_ratio")
    ratio = tf.where(are_there, ratio, tf.ones_like(positives[1:]))
    area = slope * (step + intercept * tf.log(ratio))
    share = tf.div_no_nan(area, tf.maximum(hits[1:] + misses[1:], 0), name="pr_auc_increment")
    return tf.reduce_sum(share, name="interpolate_pr_auc")


def _area(x: Any, y: Any, last: int, method: str, name: str) -> Any:
    """Below the points (x, y), whose x falls."""
    width = x[:last] - x[1:]
    if method in ("trapezoidal", "careful_interpolation"):
        height = (y[:last] + y[1:]) / 2.0
    elif method == "minoring":
        height = tf.minimum(y[:last], y[1:])
    elif method == "majoring":
        height = tf.maximum(y[:last], y[1:])
    else:
        raise ValueError(f"Invalid summation_method: {method} summation_method should be "
                         "'trapezoidal', 'careful_interpolation', 'minoring', or 'majoring'.")
    return tf.reduce_sum(tf.multiply(width, height), name=name)


def auc(labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200,
        metrics_collections: Sequence[str] | None = None,
        updates_collections: Sequence[str] | None = None, curve: str = "ROC",
        name: str | None = None, summation_method: str = "trapezoidal",
        thresholds: Sequence[float] | None = None) -> tuple[Any, Any]:
    """The area below a curve of predictions in [0, 1] over thresholds.

    Args:
      num_thresholds: how many there are, at equal distances.
      curve: "ROC", the true over the false positives' rate, or "PR", precision over recall.
      summation_method: between thresholds, "trapezoidal", "minoring" (the smaller of both heights),
        "majoring", or "careful_interpolation", which is right for "PR".
      thresholds: the thresholds, but 0 and 1, instead of `num_thresholds`.

    The other arguments and errors are those of `true_positives_at_thresholds`.

    Returns:
      (value, update_op), float32 scalars.

    Raises:
      ValueError: there is no such curve or method.
    """
    with tf.variable_scope(name, "auc", (labels, predictions, weights)):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"Curve must be either ROC or PR. Curve {curve} is unknown.")
        inner = _between(num_thresholds) if thresholds is None else sorted(thresholds)
        limits = [-_MARGIN, *inner, 1.0 + _MARGIN]
        last = len(limits) - 1
        epsilon = 1.0e-6

        def area(hits: Any, misses: Any, rejections: Any, false_hits: Any, part: str) -> Any:
            if curve == "PR" and summation_method == "careful_interpolation":
                return _interpolated_area(hits, false_hits, misses, last)
            if curve == "PR" and summation_method == "trapezoidal":
                tf_logging.warning("Trapezoidal rule is known to produce incorrect PR-AUCs; please "
                                   "switch to \"careful_interpolation\" instead.")
            recall = tf.divide(hits + epsilon, hits + misses + epsilon)
            if curve == "ROC":
                rate = tf.divide(false_hits, false_hits + rejections + epsilon)
                return _area(rate, recall, last, summation_method, part)
            precision = tf.divide(hits + epsilon, hits + false_hits + epsilon)
            return _area(recall, precision, last, summation_method, part)

        return both(area, *_counts(labels, predictions, limits, weights, list(_COUNTS)),
                    metrics_collections, updates_collections)


def sensitivity_at_specificity(labels: Any, predictions: Any, specificity: float,
                               weights: Any = None, num_thresholds: int = 200,
                               metrics_collections: Sequence[str] | None = None,
                               updates_collections: Sequence[str] | None = None,
                               name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels that are found, at the threshold that has a given specificity.

    Args:
      specificity: the share of false labels that are not above the threshold, in [0, 1].

    The other arguments and the result are those of `auc`.
    """
    if not 0 <= specificity <= 1:
        raise ValueError("`specificity` must be in the range [0, 1]. Currently, `specificity` got "
                         f"{specificity}.")
    with tf.variable_scope(name, "sensitivity_at_specificity", (predictions, labels, weights)):
        limits = [-_MARGIN, *_between(num_thresholds), 1.0 + _MARGIN]

        def sensitivity(hits: Any, misses: Any, rejections: Any, false_hits: Any,
                        part: str) -> Any:
            found = tf.divide(rejections, rejections + false_hits + _MARGIN)
            at = tf.cast(tf.argmin(tf.abs(found - specificity), 0), tf.int32)
            return _share_at(hits, misses, at, part)

        return both(sensitivity, *_counts(labels, predictions, limits, weights, list(_COUNTS)),
                    metrics_collections, updates_collections)


def specificity_at_sensitivity(labels: Any, predictions: Any, sensitivity: float,
                               weights: Any = None, num_thresholds: int = 200,
                               metrics_collections: Sequence[str] | None = None,
                               updates_collections: Sequence[str] | None = None,
                               name: str | None = None) -> tuple[Any, Any]:
    """The share of false labels that are left out, at the threshold of a given sensitivity.

    Args:
      sensitivity: the share of true labels that are above the threshold, in [0, 1].

    The other arguments and the result are those of `auc`.
    """
    if not 0 <= sensitivity <= 1:
        raise ValueError("`sensitivity` must be in the range [0, 1]. Currently, `sensitivity` is "
                         f"{sensitivity}.")
    with tf.variable_scope(name, "specificity_at_sensitivity", (predictions, labels, weights)):
        limits = [-_MARGIN, *_between(num_thresholds), 1.0 - _MARGIN]

        def specificity(hits: Any, misses: Any, rejections: Any, false_hits: Any,
                        part: str) -> Any:
            found = tf.divide(hits, hits + misses + _MARGIN)
            nearest = tf.reduce_min(tf.abs(found - sensitivity))
            are_nearest = tf.equal(tf.abs(found - sensitivity), nearest)
            # The last of them: where their number so far is largest for the first time.
            at = tf.argmax(tf.cumsum(tf.cast(are_nearest, tf.int64)), 0)
            return _share_at(rejections, false_hits, tf.cast(at, tf.int32), part)

        return both(specificity, *_counts(labels, predictions, limits, weights, list(_COUNTS)),
                    metrics_collections, updates_collections)


def _share_at(right: Any, wrong: Any, at: Any, name: str) -> Any:
    numerator = right[at]
    return tf.divide(numerator, right[at] + wrong[at] + _MARGIN, name)
