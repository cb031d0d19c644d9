"""Casts, comparisons, logic, selection."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def casts():
    x = tf.placeholder(tf.float32, [2], name="x")
    i = tf.placeholder(tf.int32, [2], name="i")
    tf.cast(x, tf.int32)
    tf.cast(i, "float")
    tf.cast(x, tf.float32)
    tf.cast(x > 0, tf.float32)
    tf.to_float(i)
    tf.gradients([tf.cast(x, tf.float64), tf.cast(tf.cast(x, tf.float64), tf.float32)], [x])


@program
def comparisons():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [3], name="b")
    a < b
    a <= b
    a > b
    a >= b
    a > 0
    0.5 < a
    tf.equal(a, b)
    tf.not_equal(a, b)
    tf.less(a, b)
    tf.less_equal(a, b)
    tf.greater(a, b)
    tf.greater_equal(a, b, name="named")


@program
def logical():
    p = tf.placeholder(tf.bool, [2], name="p")
    q = tf.placeholder(tf.bool, [2], name="q")
    tf.logical_and(p, q)
    tf.logical_or(p, q)
    tf.logical_not(p)
    tf.logical_xor(p, q)


@program
def select():
    p = tf.placeholder(tf.bool, [2, 3], name="p")
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [2, 3], name="b")
    tf.gradients(tf.where(p, a, b), [a, b])
    tf.where(p)


@program
def select_broadcast():
    p = tf.placeholder(tf.bool, [3], name="p")
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    tf.gradients(tf.where_v2(p, a, 0.0), [a])


@program
def clip():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients(tf.clip_by_value(x, -1.0, 1.0), [x])
