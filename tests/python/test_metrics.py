"""tf.metrics beside TensorFlow's: graphs node by node, what the updates and values are."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, build, results,
                          tensorkeep)

FEEDS = [([0, 1, 1, 0], [0, 1, 0, 0]), ([1, 1, 1, 1], [1, 0, 0, 1]), ([0, 0, 0, 0], [0, 1, 1, 1])]
OF_PAIRS = ("accuracy", "mean_absolute_error", "mean_squared_error", "root_mean_squared_error",
            "precision", "recall", "true_positives", "false_positives", "true_negatives",
            "false_negatives")
OF_NUMBERS = OF_PAIRS[:4]


def pairs(tf, metric, dtype="int32", shape=(None,), **options):
    labels = tf.placeholder(dtype, shape)
    predictions = tf.placeholder(dtype, shape)
    value, update = getattr(tf.metrics, metric)(labels, predictions, **options)
    return [value, update], [{labels: a, predictions: b} for a, b in FEEDS]


def updates(tf, metric, **options):
    fetches, feeds = pairs(tf, metric, **options)
    return fetches[1], feeds


@pytest.mark.parametrize("name", OF_PAIRS)
def test_pairs(name):
    def graph(tf):
        return pairs(tf, name, "float32" if name in OF_NUMBERS else "int32")
    assert_same_graph(graph)
    assert_same(lambda tf: updates(tf, name, dtype="float32"))


@pytest.mark.parametrize("name", OF_PAIRS)
@pytest.mark.parametrize("weights", [2.0, [1.0, 0.0, 3.0, 0.5], [[1.0], [0.0], [3.0], [0.5]]])
def test_weights(name, weights):
    assert_same(lambda tf: updates(tf, name, dtype="float32", shape=(4,), weights=weights))


@pytest.mark.parametrize("name", OF_PAIRS)
def test_unknown_ranks(name):
    def program(tf):
        weights = tf.placeholder(tf.float32)
        fetches, feeds = updates(tf, name, dtype="float32", shape=None, weights=weights)
        return fetches, [{**feed, weights: [1.0, 0.0, 3.0, 0.5]} for feed in feeds]
    assert_same(program)


def test_names_and_collections():
    def program(tf):
        fetches, feeds = pairs(tf, "accuracy", metrics_collections=["values"],
                               updates_collections=["updates", "all"], name="mine")
        again = pairs(tf, "accuracy")[0]
        precision = pairs(tf, "precision", metrics_collections=["values"],
                          updates_collections=["all"])[0]
        assert tf.get_collection("values") == [fetches[0], precision[0]]
        assert tf.get_collection("all") == [fetches[1], precision[1]]
        assert len(tf.local_variables()) == 6 and not tf.global_variables()
        assert tf.get_collection(tf.GraphKeys.METRIC_VARIABLES) == tf.local_variables()
        assert tf.local_variables()[0].name == "mine/total:0"
        return [fetches, again, precision], feeds
    assert_same_graph(program)


def test_the_mean():
    def program(tf):
        x = tf.placeholder(tf.int32, [None, 2])
        update = tf.metrics.mean(x, name="m")[1]
        weighted = tf.metrics.mean(x, [[1.0, 0.0]])[1]
        return [update], [{x: [[1, 2]]}, {x: [[3, 4], [5, 6]]}, {x: np.zeros([0, 2])}]
    assert_same(program)


def test_the_value_stays_until_an_update():
    graph, (value, update), feeds = build(lambda tf: pairs(tf, "accuracy"), tensorkeep)
    with tensorkeep.Session(graph=graph) as session:
        with graph.as_default():
            session.run(tensorkeep.local_variables_initializer())
        assert session.run(value) == 0
        for feed, total in zip(feeds, (3 / 4, 5 / 8, 6 / 12)):
            assert session.run(update, feed) == pytest.approx(total)
            assert session.run(value) == pytest.approx(total)


@pytest.mark.parametrize("num_classes", [None, 3])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.5]])
def test_confusion_matrix(num_classes, weights):
    def program(tf):
        labels = tf.placeholder(tf.int64, [3])
        predictions = tf.placeholder(tf.int32, [3, 1])
        matrix = tf.confusion_matrix(labels, predictions, num_classes, weights=weights,
                                     dtype=tf.float32 if weights else tf.int32)
        return matrix, {labels: [0, 1, 2], predictions: [[0], [2], [2]]}
    assert_same(program)


@pytest.mark.parametrize("label", [-1, 5])
def test_confusion_of_classes_that_are_none(label):
    def program(tf):
        labels = tf.placeholder(tf.int64, [1])
        return tf.confusion_matrix(labels, [0], 3), {labels: [label]}
    with pytest.raises(tensorkeep.errors.InvalidArgumentError, match="`labels`"):
        results(*build(program, tensorkeep), tensorkeep)


def test_errors():
    assert_same_error(lambda tf: tf.metrics.accuracy([1, 2], [1, 2, 3]), "incompatible")
    assert_same_error(lambda tf: tf.metrics.mean([1.0, 2.0], [1.0, 2.0, 3.0]),
                      "weights can not be broadcast to values.")
