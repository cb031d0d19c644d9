"""What shapes the graph knows, of values that follow from shapes."""

import pytest

from same_program import tensorflow, tensorkeep


@pytest.mark.parametrize("make", [
    lambda tf, x: tf.zeros(tf.stack([tf.shape(x)[0], tf.shape(x)[1]])),
    lambda tf, x: tf.range(tf.shape(x)[1]),
    lambda tf, x: tf.range(tf.shape(x)[-1]),
    lambda tf, x: tf.range(tf.shape(x)[0]),
    lambda tf, x: tf.range(tf.shape(x)[1] + 1),
    lambda tf, x: tf.range(tf.shape(x)[1:][0]),
    lambda tf, x: tf.range(tf.identity(tf.shape(x))[1]),
    lambda tf, x: tf.range(tf.shape(x, out_type=tf.int64)[1]),
    lambda tf, x: tf.range(tf.unstack(tf.shape(x))[1]),
    lambda tf, x: tf.range(tf.size(x[0])),
    lambda tf, x: tf.zeros(tf.shape(x)[1:]),
    lambda tf, x: tf.zeros(tf.concat([[tf.shape(x)[1] + 1], [2]], 0)),
    lambda tf, x: tf.reshape(x, tf.stack([-1, tf.shape(x)[1] * tf.shape(x)[2]])),
    lambda tf, x: tf.reshape(x, [tf.shape(x)[0], 15]),
])
def test_of_dimensions(make):
    shapes = []
    for tf in (tensorflow, tensorkeep):
        with tf.Graph().as_default():
            made = make(tf, tf.placeholder(tf.float32, [None, 5, 3]))
            shapes.append(str(made.shape.as_list()))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("condition, data", [
    ([2], [None, 4]), ([2], [None]), ([None], [3, 4]), ([2, 3], [None, None]), ([], [2]),
    ([2, None], [None, 3]), ([3], None)])
def test_where(condition, data):
    shapes = []
    for tf in (tensorflow, tensorkeep):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, data)
            made = tf.where(tf.placeholder(tf.bool, condition), x, x)
            shapes.append(str(made.shape))
    assert shapes[0] == shapes[1]
