"""Connectionist temporal classification beside TensorFlow's."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, tensorflow, tensorkeep as tk

LOGITS = np.random.RandomState(3).normal(size=[6, 3, 5]).astype(np.float32) * 2


def labels_of(tf, values=(0, 1, 1, 3, 2), places=((0, 0), (0, 1), (0, 2), (1, 0), (2, 0))):
    return tf.SparseTensor(list(places), np.array(values, np.int32), [3, 4])


@pytest.mark.parametrize("options", [
    {}, {"preprocess_collapse_repeated": True}, {"ctc_merge_repeated": False},
    {"time_major": False}, {"ignore_longer_outputs_than_inputs": True}])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_loss(options, dtype):
    def program(tf):
        given = LOGITS if options.get("time_major", True) else LOGITS.transpose([1, 0, 2])
        x = tf.constant(given.astype(dtype))
        lengths = tf.constant([6, 4, 0 if dtype == "float64" else 1])
        if dtype == "float64" and not options.get("ignore_longer_outputs_than_inputs"):
            lengths = tf.constant([6, 4, 2])
        loss = tf.nn.ctc_loss(labels_of(tf), x, lengths, **options)
        return [loss, tf.gradients(loss * tf.constant([1.0, 2.0, 3.0], dtype), x)[0]]
    assert_same(program, rtol=1e-2 if dtype == "float16" else 1e-4, atol=1e-5)


def test_more_repeated_labels_than_steps():
    def program(tf):
        x = tf.constant(LOGITS)
        loss = tf.nn.ctc_loss(labels_of(tf, [0, 0, 0, 3, 2]), x, [4, 4, 4])
        return [loss, tf.gradients(loss[1:], x)[0][:, 1:]]
    assert_same(program, rtol=1e-4, atol=1e-5)


def test_labels_end_with_a_blank():
    assert_same(lambda tf: tf.nn.ctc_loss(labels_of(tf, [0, 4, 4, 3, 2]), LOGITS, [6, 6, 6]),
                rtol=1e-4)


@pytest.mark.parametrize("merge_repeated", [True, False])
@pytest.mark.parametrize("blank_index", [None, 0, -2])
def test_greedy_decoder(merge_repeated, blank_index):
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3, 5])
        (found,), score = tf.nn.ctc_greedy_decoder(x, [6, 4, 0], merge_repeated, blank_index)
        assert score.shape.as_list() == [3, 1]
        fed = np.repeat(LOGITS, 2, axis=0)
        return [found.indices, found.values, found.dense_shape, score], [{x: LOGITS}, {x: fed}]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.nn.ctc_loss(tf.constant([1]), LOGITS, [1, 1, 1]),
    lambda tf: tf.nn.ctc_loss(labels_of(tf), LOGITS[0], [1, 1, 1]),
    lambda tf: tf.nn.ctc_loss(labels_of(tf), LOGITS, [1, 1]),
    lambda tf: tf.nn.ctc_loss(labels_of(tf), LOGITS, [1, 1, 1], logits=LOGITS),
    lambda tf: tf.nn.ctc_greedy_decoder(LOGITS, [[1]])])
def test_errors(program):
    assert_same_error(program)


def outcome(tf, values, places, lengths):
    with tf.Graph().as_default(), tf.Session() as session:
        fed = [tf.placeholder_with_default(np.array(each, dtype), None) for each, dtype in
               zip((places, values, lengths), (np.int64, np.int32, np.int32))]
        made = tf.raw_ops.CTCLoss(inputs=tf.constant(LOGITS), labels_indices=fed[0],
                                  labels_values=fed[1], sequence_length=fed[2])
        try:
            session.run(list(made))
        except tf.errors.OpError as error:
            return type(error).__name__
        return None


@pytest.mark.parametrize("values, places, lengths", [
    ([0, -1], [[0, 0], [1, 0]], [6, 6, 6]), ([0, 1, 2], [[0, 0], [0, 1], [0, 2]], [2, 6, 6]),
    ([4, 1], [[0, 0], [0, 1]], [6, 6, 6]), ([0, 1], [[0, 0], [3, 0]], [6, 6, 6]),
    ([0, 1], [[0, 0], [-1, 0]], [6, 6, 6]), ([0], [[0, 0]], [7, 6, 6]), ([0], [[0, 0]], [6, 6]),
    ([0], [0], [6, 6, 6]), ([[0]], [[0, 0]], [6, 6, 6]), ([0, 1], [[0, 0]], [6, 6, 6])])
def test_hostile_labels(values, places, lengths):
    want = outcome(tensorflow, values, places, lengths)
    assert outcome(tk, values, places, lengths) == want == "InvalidArgumentError"
