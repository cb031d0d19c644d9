"""tf.metrics of classes, thresholds and rankings beside TensorFlow's."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, assert_same_graph, error_of, tensorkeep

CLASSES = [([0, 1, 2, 1], [0, 2, 2, 1]), ([2, 2, 0, 0], [2, 2, 0, 1])]
SCORES = [([1, 0, 1, 0], [0.9, 0.2, 0.4, 0.6]), ([0, 0, 1, 1], [0.5, 0.0, 1.0, 0.7])]
VECTORS = [([[1.0, 0.0], [0.6, 0.8]], [[0.0, 1.0], [0.6, 0.8]])]
WEIGHTS = [None, 2.0, [1.0, 0.0, 3.0, 0.5]]


def made(tf, name, batches, dtypes, *arguments, known=True, update_only=False, **options):
    shape = np.shape(batches[0][0])
    if not known:
        shape = [None] * len(shape)
    labels = tf.placeholder(dtypes[0], shape)
    predictions = tf.placeholder(dtypes[1], shape)
    value, update = getattr(tf.metrics, name)(labels, predictions, *arguments, **options)
    feeds = [{labels: a, predictions: b} for a, b in batches]
    return update if update_only else [value, update], feeds


def assert_same_metric(*arguments, **options):
    assert_same_graph(lambda tf: made(tf, *arguments, **options))
    assert_same(lambda tf: made(tf, *arguments, update_only=True, **options))


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("name", ["mean_iou", "mean_per_class_accuracy"])
@pytest.mark.parametrize("known", [True, False])
def test_classes(name, weights, known):
    def program(tf, update_only):
        given = None if weights is None else tf.constant(weights)
        if name == "mean_iou" and weights == 2.0:
            given = tf.constant([2.0] * 4)
        return made(tf, name, CLASSES, ("int64", "int32"), 3, weights=given, known=known,
                    update_only=update_only)
    assert_same_graph(lambda tf: program(tf, False))
    assert_same(lambda tf: program(tf, True))


@pytest.mark.parametrize("name", ["mean_iou", "mean_per_class_accuracy"])
def test_values_after_updates(name):
    def program(tf):
        labels, predictions = tf.constant([0, 1, 2, 2]), tf.constant([0, 1, 1, 2])
        value, update = getattr(tf.metrics, name)(labels, predictions, 4)
        with tf.control_dependencies([update]):
            return tf.identity(value) if name == "mean_iou" else [update, update + 1]
    assert_same(program)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", [
    "true_positives_at_thresholds", "false_positives_at_thresholds",
    "true_negatives_at_thresholds", "false_negatives_at_thresholds", "precision_at_thresholds",
    "recall_at_thresholds"])
def test_thresholds(name, weights, known):
    assert_same_metric(name, SCORES, ("int32", "float32"), [0.3, 0.5, 0.8], weights=weights,
                       known=known)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("name", ["sensitivity_at_specificity", "specificity_at_sensitivity"])
def test_operating_points(name, weights):
    assert_same_metric(name, SCORES, ("bool", "float32"), 0.5, weights=weights, num_thresholds=7)


@pytest.mark.parametrize("curve, method", [
    ("ROC", "trapezoidal"), ("ROC", "minoring"), ("ROC", "majoring"), ("PR", "trapezoidal"),
    ("PR", "careful_interpolation"), ("ROC", "careful_interpolation"), ("PR", "minoring")])
@pytest.mark.parametrize("options", [
    {}, {"thresholds": [0.8, 0.4]}, {"weights": [1.0, 0.0, 3.0, 0.5], "num_thresholds": 5}])
def test_auc(curve, method, options):
    assert_same_metric("auc", SCORES, ("int32", "float32"), curve=curve, summation_method=method,
                       **options)


@pytest.mark.parametrize("name, batches, arguments", [
    ("mean_cosine_distance", VECTORS, (1,)),
    ("mean_relative_error", VECTORS, ([[1.0, 0.0], [2.0, 3.0]],))])
@pytest.mark.parametrize("weights", [None, 2.0, [[1.0], [3.0]]])
def test_means_of_pairs(name, batches, arguments, weights):
    assert_same_metric(name, batches, ("float32", "float32"), *arguments, weights=weights)


@pytest.mark.parametrize("weights", [None, 2.0, [[1.0], [3.0]]])
def test_means_of_values(weights):
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 2])
        tensor = tf.metrics.mean_tensor(x, weights)
        below = tf.metrics.percentage_below(x, 0.5, weights, name="mine")
        assert tf.get_collection(tf.GraphKeys.METRIC_VARIABLES) == tf.local_variables()
        return [tensor[1], below[1]], [{x: VECTORS[0][0]}, {x: VECTORS[0][1]}]
    assert_same(program)


RANKS = np.array([[0.1, 0.5, 0.4, 0.0], [0.3, 0.2, 0.1, 0.9], [0.1, 0.2, 0.9, 0.3]], np.float32)
LABELS = {
    "dense": np.array([[1, 2], [0, 3], [0, -1]]), "flat": np.array([1, 3, 0]),
    "sparse": ([[0, 0], [0, 1], [1, 0], [2, 0]], np.array([1, 3, 0, 2]), [3, 2]),
    "large": np.array([[1, 7], [9, 3], [0, 2]]),
}
OF_RANKS = ["recall_at_k", "precision_at_k", "average_precision_at_k", "sparse_precision_at_k",
            "sparse_average_precision_at_k"]


def ranked(tf, metric, labels, known=True, **options):
    predictions = tf.placeholder(tf.float32, [3, 4] if known else None)
    if isinstance(LABELS[labels], tuple):
        given = tf.SparseTensor(*LABELS[labels])
    else:
        given = tf.constant(LABELS[labels], tf.int64)
        if not known:
            given = tf.placeholder_with_default(given, None)
    value, update = getattr(tf.metrics, metric)(given, predictions, 2, **options)
    return [value, update], [{predictions: RANKS}, {predictions: RANKS[::-1]}]


@pytest.mark.parametrize("name", OF_RANKS)
@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("weights", [None, [1.0, 0.0, 2.0]])
def test_ranks(name, labels, weights):
    if weights and name in ("recall_at_k", "precision_at_k", "sparse_precision_at_k"):
        weights = np.array(weights)
    assert_same_graph(lambda tf: ranked(tf, name, labels, weights=weights))

    def updates(tf):
        fetches, feeds = ranked(tf, name, labels, weights=weights)
        return fetches[1], feeds
    assert_same(updates)


@pytest.mark.parametrize("name", OF_RANKS[:2])
@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("class_id", [0, 3])
def test_one_class(name, labels, class_id):
    def updates(tf):
        fetches, feeds = ranked(tf, name, labels, class_id=class_id, name="mine")
        return fetches[1], feeds
    assert_same(updates)


@pytest.mark.parametrize("name", OF_RANKS[:2])
@pytest.mark.parametrize("labels", ["dense", "flat"])
def test_ranks_of_unknown_shapes(name, labels):
    def updates(tf):
        fetches, feeds = ranked(tf, name, labels, known=False)
        return fetches[1], feeds
    assert_same(updates)


@pytest.mark.parametrize("name", ["recall_at_top_k", "precision_at_top_k"])
def test_given_ranks(name):
    def program(tf):
        ids = tf.placeholder(tf.int32, [2, 3])
        value, update = getattr(tf.metrics, name)(
            tf.constant([[1, 2], [4, 5]], tf.int64), ids, metrics_collections=["values"],
            updates_collections=["updates"])
        assert tf.get_collection("values") == [value]
        assert tf.get_collection("updates") == [update]
        return update, [{ids: [[1, 7, 8], [4, 5, 6]]}, {ids: [[2, 1, 8], [0, 0, 6]]}]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.metrics.auc([1], tf.constant([0.5]), curve="x"),
    lambda tf: tf.metrics.auc([1], tf.constant([0.5]), summation_method="x"),
    lambda tf: tf.metrics.auc([1, 0], tf.constant([0.5, 0.5, 0.5])),
    lambda tf: tf.metrics.sensitivity_at_specificity([1], tf.constant([0.5]), 1.5),
    lambda tf: tf.metrics.specificity_at_sensitivity([1], tf.constant([0.5]), -0.5),
    lambda tf: tf.metrics.average_precision_at_k([[1]], tf.constant([[0.5]]), 0),
    lambda tf: tf.metrics.recall_at_k(tf.constant([[[1]]]), tf.constant([[0.5]]), 1),
    lambda tf: tf.metrics.mean_iou(tf.constant([1]), tf.constant([1, 2]), 3),
    lambda tf: tf.metrics.mean_per_class_accuracy(tf.constant([1]), tf.constant([1, 2]), 3)])
def test_errors(program):
    assert_same_error(program)


def test_predictions_beyond_bounds():
    def run():
        with tensorkeep.Graph().as_default(), tensorkeep.Session() as session:
            predictions = tensorkeep.placeholder_with_default(np.float32([1.5]), [1])
            update = tensorkeep.metrics.auc([1], predictions)[1]
            session.run(tensorkeep.local_variables_initializer())
            session.run(update)
    kind, message = error_of(run)
    assert kind == "InvalidArgumentError" and "predictions must be in [0, 1]" in message
