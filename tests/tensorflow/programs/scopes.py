"""Names, scopes, control dependencies, devices, colocation, collections."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def name_scopes():
    with tf.name_scope("outer"):
        a = tf.constant(1.0, name="a")
        with tf.name_scope("inner"):
            b = tf.constant(2.0, name="a")
        with tf.name_scope("inner"):
            tf.add(a, b)
    with tf.name_scope("outer"):
        tf.constant(3.0, name="a")
    with tf.name_scope("outer/"):
        tf.constant(4.0, name="b")
    with tf.name_scope(None):
        tf.constant(5.0)


@program
def unique_names():
    for _ in range(3):
        tf.constant(1.0)
    tf.constant(1.0, name="Const_1")
    tf.constant(1.0, name="const")
    tf.constant(1.0, name="CONST")
    tf.constant(1.0, name="a/b/c")
    tf.constant(1.0, name="a/b/c")
    tf.constant(1.0, name="a")


@program
def control_dependencies():
    a = tf.constant(1.0, name="a")
    b = tf.constant(2.0, name="b")
    c = tf.constant(3.0, name="c")
    with tf.control_dependencies([a, b]):
        tf.identity(c, name="after_both")
        tf.add(a, c, name="after_b")
        with tf.control_dependencies([c]):
            tf.no_op(name="after_all")
        with tf.control_dependencies(None):
            tf.identity(c, name="free")
    tf.group(a, b, c, name="grouped")
    tf.group(a)


@program
def devices():
    with tf.device("/cpu:0"):
        a = tf.constant(1.0, name="a")
        with tf.device("/device:CPU:1"):
            tf.identity(a, name="b")
        with tf.device("/job:worker/task:3"):
            tf.identity(a, name="c")
        with tf.device(None):
            tf.identity(a, name="d")
        v = tf.Variable(1.0, name="v")
        v + a
    return tf.train.Saver()


@program
def colocations():
    v = tf.Variable(1.0, name="v")
    a = tf.constant(1.0, name="a")
    with tf.colocate_with(v):
        tf.identity(a, name="beside_v")
    with tf.device("/cpu:0"):
        b = tf.constant(2.0, name="b")
    with tf.colocate_with(b):
        tf.identity(a, name="beside_b")
        with tf.colocate_with(a):
            tf.identity(a, name="beside_both")


@program
def collections():
    a = tf.constant(1.0, name="a")
    tf.add_to_collection("losses", a)
    tf.add_to_collection("numbers", 3)
    tf.add_to_collection("words", "text")
    tf.add_to_collection("halves", 0.5)
    tf.add_to_collection("ops", a.op)


@program
def gradient_names():
    x = tf.placeholder(tf.float32, [2], name="x")
    with tf.name_scope("model"):
        y = tf.square(x) * x
    tf.gradients(y, x)
    tf.gradients(y, x)
    with tf.name_scope("backward"):
        tf.gradients(y, x, name="g")
    tf.gradients([y], [x], grad_ys=[tf.constant([1.0, 2.0])])
    tf.gradients(y, x, stop_gradients=[x])
