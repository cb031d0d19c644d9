"""tf.losses beside TensorFlow's: graphs node by node, values, errors."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, tensorkeep as tk

LABELS = np.array([[0, 1, 0.5], [1, 0, 0.25], [0.2, 0.3, 1], [1, 1, 0]], np.float32)
PREDICTIONS = np.array([[0.1, 0.8, 0.6], [0.7, 0.2, 0.2], [0.3, 0.3, 0.9], [0.6, 0.4, 0.1]],
                       np.float32)
PAIRWISE = ("absolute_difference", "mean_squared_error", "log_loss", "huber_loss",
            "mean_pairwise_squared_error")
REDUCTIONS = ("NONE", "SUM", "MEAN", "SUM_OVER_BATCH_SIZE", "SUM_BY_NONZERO_WEIGHTS")


def pair(tf, shape=(None, 3)):
    x = tf.placeholder(tf.float32, shape, name="labels")
    y = tf.placeholder(tf.float32, shape, name="predictions")
    return x, y, {x: LABELS, y: PREDICTIONS}


@pytest.mark.parametrize("name", PAIRWISE)
def test_pairs(name):
    def program(tf):
        labels, predictions, feeds = pair(tf)
        loss = getattr(tf.losses, name)(labels, predictions)
        return [loss, tf.gradients(loss, predictions)[0]], feeds
    assert_same(program)


@pytest.mark.parametrize("name", PAIRWISE)
def test_literals_and_weights(name):
    def program(tf):
        loss = getattr(tf.losses, name)
        return [loss(LABELS, PREDICTIONS, 0.5), loss(LABELS, PREDICTIONS, [[1], [0], [2], [0]]),
                loss(LABELS.astype(np.float64), tf.constant(PREDICTIONS), 0, scope="named")]
    assert_same(program)


def test_hinge_and_cosine():
    def program(tf):
        labels, predictions, feeds = pair(tf, (4, 3))
        return [tf.losses.hinge_loss(tf.round(labels), predictions),
                tf.losses.cosine_distance(labels, predictions, 1),
                tf.losses.cosine_distance(labels, predictions, dim=0, weights=2.0),
                tf.losses.huber_loss(labels, predictions, delta=0.1)], feeds
    assert_same(program)


@pytest.mark.parametrize("smoothing", [0, 0.1])
def test_cross_entropies(smoothing):
    def program(tf):
        labels, logits, feeds = pair(tf)
        losses = [tf.losses.sigmoid_cross_entropy(labels, logits, label_smoothing=smoothing),
                  tf.losses.softmax_cross_entropy(labels, logits, label_smoothing=smoothing,
                                                  weights=[1.0, 2.0, 0.0, 0.5]),
                  tf.losses.softmax_cross_entropy(tf.cast(tf.round(labels), tf.int32), logits)]
        return [losses, tf.gradients(losses[1], logits)], feeds
    assert_same(program)


@pytest.mark.parametrize("label_shape", [[None], [None, 1], [4]])
@pytest.mark.parametrize("weights", [1.0, [1.0, 2.0, 0.0, 0.5], [[1.0], [2.0], [0.0], [0.5]]])
def test_sparse_softmax_cross_entropy(label_shape, weights):
    def program(tf):
        labels = tf.placeholder(tf.int64, label_shape)
        logits = tf.placeholder(tf.float32, [4, 3])
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits, weights)
        known = np.array([0, 2, 1, 1]).reshape([4] + label_shape[1:])
        return loss, {labels: known, logits: PREDICTIONS}
    assert_same(program)


def test_sparse_labels_of_unknown_rank():
    def program(tf):
        labels = tf.placeholder(tf.int32)
        logits = tf.placeholder(tf.float32)
        weights = tf.placeholder(tf.float32)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits, weights)
        return loss, {labels: [0, 2, 1, 1], logits: PREDICTIONS, weights: [1.0, 0.0, 2.0, 1.0]}
    assert_same(program)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weights", [1, 0.5, [[0.0], [1.0], [2.0], [0.0]]])
def test_reductions(reduction, weights):
    def program(tf):
        losses = tf.constant(LABELS)
        return tf.losses.compute_weighted_loss(
            losses, weights, reduction=getattr(tf.losses.Reduction, reduction))
    assert_same(program)


def test_types_come_back():
    def program(tf):
        return [tf.losses.compute_weighted_loss(tf.constant([1, 2, 3], dtype))
                for dtype in (tf.float64, tf.float16, tf.int32)]
    assert_same(program)


@pytest.mark.parametrize("shapes", [([None], [None]), (None, [3]), ([None, 1], [None, 3]),
                                    (None, None), ([None, 3], [4, 3])])
def test_weights_known_when_they_run(shapes):
    def program(tf):
        weights = tf.placeholder(tf.float32, shapes[0])
        losses = tf.placeholder(tf.float32, shapes[1])
        loss = tf.losses.compute_weighted_loss(losses, weights)
        shape = [3] if shapes[1] in ([None], [3]) else [4, 3]
        fed = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        by_row = fed[..., :1] if shapes[0] == [None, 1] else fed
        return loss, {losses: fed + 1, weights: by_row}
    assert_same(program)


def test_weights_that_do_not_fit_when_they_run():
    with tk.Graph().as_default(), tk.Session() as session:
        weights, losses = tk.placeholder(tk.float32), tk.placeholder(tk.float32)
        loss = tk.losses.compute_weighted_loss(losses, weights)
        for wrong in ([1.0, 2.0], [[1.0], [2.0]], [[1.0, 2.0]]):
            with pytest.raises(tk.errors.InvalidArgumentError,
                               match="weights can not be broadcast to values"):
                session.run(loss, {weights: wrong, losses: np.ones([3, 4])})


def test_a_scalar_weight_of_unknown_shape_runs():
    def program(tf):
        weights = tf.placeholder(tf.float32)
        losses = tf.placeholder(tf.float32, [None, 3])
        return (tf.losses.compute_weighted_loss(losses, weights),
                {weights: np.float32(2), losses: LABELS})
    assert_same(program)


def test_collections():
    def program(tf):
        with tf.variable_scope("a", regularizer=lambda w: tf.reduce_sum(w * w)):
            w = tf.get_variable("w", [3, 1])
        labels, predictions, feeds = pair(tf)
        with tf.name_scope("first"):
            a = tf.losses.mean_squared_error(labels, predictions)
        b = tf.losses.absolute_difference(labels, predictions, loss_collection=None)
        c = tf.losses.log_loss(labels, predictions, loss_collection="others")
        tf.losses.add_loss(tf.reduce_sum(tf.matmul(predictions, w)))
        assert len(tf.losses.get_losses()) == 2
        assert tf.losses.get_losses("first") == [a]
        assert tf.losses.get_losses(loss_collection="others") == [c]
        return [tf.losses.get_total_loss(), tf.losses.get_total_loss(False, "without"), b,
                tf.losses.get_total_loss(False, "one", "first"),
                tf.losses.get_regularization_loss()], feeds
    assert_same(program)


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.losses.mean_squared_error(None, [1.0]), "`labels` must not be None"),
    (lambda tf: tf.losses.mean_squared_error([1.0], None), "`predictions` must not be None"),
    (lambda tf: tf.losses.mean_squared_error([1.0, 2.0], [1.0]), "incompatible"),
    (lambda tf: tf.losses.sigmoid_cross_entropy(None, [1.0]), "`multi_class_labels`"),
    (lambda tf: tf.losses.softmax_cross_entropy([1.0], None), "`logits` must not be None"),
    (lambda tf: tf.losses.cosine_distance([1.0], [1.0]), "`axis`"),
    (lambda tf: tf.losses.mean_squared_error([1.0, 2.0], [1.0, 2.0], [1.0, 2.0, 3.0]),
     "weights can not be broadcast to values. Mismatch at dim 0"),
    (lambda tf: tf.losses.mean_squared_error([1.0, 2.0], [1.0, 2.0], [[1.0, 2.0]]),
     "weights can not be broadcast to values. values.rank=1. weights.rank=2."),
    (lambda tf: tf.losses.compute_weighted_loss([1.0], reduction="mean"),
     "Invalid Reduction Key mean."),
    (lambda tf: tf.losses.get_total_loss(), ""),
])
def test_errors(program, text):
    assert_same_error(program, text)
