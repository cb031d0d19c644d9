"""What is checked when a graph runs, and which variables have no value."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def assertions():
    x = tf.placeholder(tf.int32, [2], name="x")
    f = tf.placeholder(tf.float32, [2], name="f")
    p = tf.placeholder(tf.bool, [], name="p")
    first = tf.Assert(p, ["x is", x])
    with tf.control_dependencies([first]):
        tf.identity(x)
    tf.Assert(tf.reduce_all(x > 0), [x], summarize=10, name="positive")
    with tf.control_dependencies([tf.Assert(p, ["f is", f])]):
        tf.identity(f)


@program
def equality_assertions():
    x = tf.placeholder(tf.int32, [None], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    tf.assert_equal(x, y)
    tf.assert_equal(x, 2, message="wrong")
    tf.assert_equal(tf.constant(1), 1)


def uninitialized(use_resource):
    a = tf.Variable(1.0, name="a", use_resource=use_resource)
    tf.Variable([1, 2], name="b", use_resource=use_resource)
    tf.report_uninitialized_variables()
    tf.report_uninitialized_variables([a], name="of_a")
    tf.is_variable_initialized(a)


@program
def report_uninitialized_variables():
    uninitialized(use_resource=False)


@program
def report_uninitialized_variables_resource():
    uninitialized(use_resource=True)


@program
def report_without_variables():
    tf.report_uninitialized_variables()
