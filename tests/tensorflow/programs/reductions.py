"""Reductions, with gradients."""

import tensorflow.compat.v1 as tf

from programs import program


def every_axis(reduce, x):
    return [reduce(x), reduce(x, 0), reduce(x, -1), reduce(x, [0, 1]), reduce(x, axis=[1]),
            reduce(x, 1, keepdims=True), reduce(x, [0, 2], keepdims=True)]


def known_and_unknown(reduce):
    x = tf.placeholder(tf.float32, [2, 3, 4], name="x")
    u = tf.placeholder(tf.float32, [None, 3, 4], name="u")
    tf.gradients(every_axis(reduce, x), [x])
    tf.gradients(every_axis(reduce, u), [u])


@program
def reduce_sum():
    known_and_unknown(tf.reduce_sum)


@program
def reduce_mean():
    known_and_unknown(tf.reduce_mean)


@program
def reduce_prod():
    known_and_unknown(tf.reduce_prod)


@program
def reduce_max():
    known_and_unknown(tf.reduce_max)


@program
def reduce_min():
    known_and_unknown(tf.reduce_min)


@program
def reduce_unknown_rank():
    x = tf.placeholder(tf.float32, name="x")
    tf.gradients([tf.reduce_sum(x), tf.reduce_mean(x), tf.reduce_max(x)], [x])


@program
def reduce_logical():
    x = tf.placeholder(tf.bool, [2, 3], name="x")
    tf.reduce_any(x)
    tf.reduce_all(x, 0)
    tf.reduce_all(x, axis=[0, 1], keepdims=True)


@program
def reduce_integers():
    x = tf.placeholder(tf.int32, [2, 3], name="x")
    tf.reduce_sum(x)
    tf.reduce_max(x, 1)
    tf.reduce_mean(x, 0, name="named")


@program
def arguments():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.argmax(x)
    tf.argmax(x, 1)
    tf.argmin(x, 0)
    tf.argmax(x, -1, output_type=tf.int32, name="narrow")
    tf.arg_max(x, 1)


@program
def reduce_logsumexp():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients([tf.reduce_logsumexp(x), tf.reduce_logsumexp(x, 1, keepdims=True)], [x])


@program
def cumulative():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients([tf.cumsum(x), tf.cumsum(x, 1, exclusive=True), tf.cumsum(x, -1, reverse=True),
                  tf.cumprod(x)], [x])


@program
def segments():
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    i = tf.placeholder(tf.int32, [4], name="i")
    tf.gradients([tf.segment_sum(x, i), tf.unsorted_segment_sum(x, i, 5)], [x])
