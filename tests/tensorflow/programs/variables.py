"""Variables of both kinds."""

import tensorflow.compat.v1 as tf

from programs import program


def every_variable(use_resource):
    a = tf.Variable(1.0, name="a", use_resource=use_resource)
    tf.Variable([1, 2, 3], use_resource=use_resource)
    tf.Variable(tf.zeros([2, 3]), use_resource=use_resource)
    tf.Variable(0, trainable=False, name="step", dtype=tf.int64, use_resource=use_resource)
    b = tf.Variable(a.initial_value * 2.0, name="b", use_resource=use_resource)
    tf.assign(a, 2.0)
    tf.assign_add(a, 1.0)
    tf.assign_sub(b, b * 0.5, name="decay")
    a.assign(tf.constant(3.0))
    a + b
    -a
    tf.global_variables_initializer()
    tf.variables_initializer([a], name="some")
    return tf.train.Saver()


@program
def reference_variables():
    return every_variable(use_resource=False)


@program
def resource_variables():
    return every_variable(use_resource=True)


@program
def initialized_value():
    a = tf.Variable(1.0, name="a")
    tf.Variable(a.initialized_value() * 2.0, name="b")


@program
def variables_in_scopes():
    with tf.name_scope("layer"):
        w = tf.Variable(tf.ones([2, 2]), name="w")
        with tf.control_dependencies([tf.no_op()]):
            tf.Variable(tf.zeros([2]), name="b")
    with tf.name_scope("layer"):
        tf.Variable(w.initial_value, name="w")
    return tf.train.Saver()


@program
def local_variables():
    tf.Variable(0.0, name="count", trainable=False, collections=["local_variables"])
    tf.Variable(0.0, name="kept")
    tf.global_variables_initializer()
    tf.local_variables_initializer()
    tf.initialize_all_variables()
    return tf.train.Saver()


@program
def no_variables():
    tf.constant(1.0)
    tf.global_variables_initializer()
