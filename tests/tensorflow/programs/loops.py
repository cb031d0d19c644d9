"""Loops: tf.while_loop with everything that is built inside one, and gradients through it."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def loop_basics():
    tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0])
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [2], name="x")
    i, y = tf.while_loop(lambda i, y: i < n, lambda i, y: [i + 1, y * x], [tf.constant(0), x])
    tf.while_loop(lambda i, z: tf.reduce_sum(z) < 100.0, lambda i, z: [i, z + y], [i, y],
                  parallel_iterations=3, back_prop=False, swap_memory=True, name="named")
    tf.while_loop(lambda z: tf.constant(False), lambda z: tf.constant([1.0, 2.0]), [x])


@program
def loop_invariants():
    x = tf.placeholder(tf.float32, [1, 2], name="x")
    n = tf.placeholder(tf.int32, [], name="n")
    tf.while_loop(lambda i, y: i < n, lambda i, y: [i + 1, tf.concat([y, x], 0)],
                  [tf.constant(0), x],
                  shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2])])


@program
def loop_maximum_iterations():
    x = tf.placeholder(tf.float32, [2], name="x")
    limit = tf.placeholder(tf.int32, [], name="limit")
    tf.while_loop(lambda y: tf.reduce_sum(y) < 9.0, lambda y: y * x, [x], maximum_iterations=5)
    tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y + x], [tf.constant(0), x],
                  maximum_iterations=limit, name="limited")


@program
def loop_nested():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [], name="x")

    def outer(i, y):
        def inner(j, z):
            return [j + 1, z * x + tf.cast(i, tf.float32)]

        _, z = tf.while_loop(lambda j, z: j < i, inner, [tf.constant(0), y])
        return [i + 1, z + 1.0]

    tf.while_loop(lambda i, y: i < n, outer, [tf.constant(0), x])


@program
def loop_with_branches():
    n = tf.placeholder(tf.int32, [], name="n")
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [], name="x")

    def body(i, y):
        y = tf.cond(tf.equal(i % 2, 0), lambda: y * x, lambda: y + 1.0)
        return [i + 1, tf.cond(p, lambda: y - x, lambda: y)]

    def loop():
        return tf.while_loop(lambda i, y: i < n, body, [tf.constant(0), x])[1]

    loop()
    tf.cond(p, loop, lambda: x, name="around")


def variables_in_loops(use_resource):
    n = tf.placeholder(tf.int32, [], name="n")
    v = tf.Variable([1.0, 2.0], name="v", use_resource=use_resource)
    w = tf.Variable(0.0, name="w", use_resource=use_resource)

    def body(i, y):
        with tf.control_dependencies([tf.assign_add(w, 1.0)]):
            return [i + 1, y * v + w]

    tf.while_loop(lambda i, y: i < n, body, [tf.constant(0), v])


@program
def loop_variables():
    variables_in_loops(False)


@program
def loop_resource_variables():
    variables_in_loops(True)


@program
def loop_control_dependencies():
    x = tf.placeholder(tf.float32, [], name="x")
    before = tf.identity(x, name="before")
    nothing = tf.no_op(name="nothing")

    def body(y):
        with tf.control_dependencies([before, nothing]):
            a = tf.constant(1.0)
            b = y * x
        with tf.control_dependencies([a]):
            return tf.identity(b) + a

    with tf.control_dependencies([before]):
        with tf.device("/cpu:0"):
            y = tf.while_loop(lambda y: y < 10.0, body, [x])
    with tf.control_dependencies([y]):
        tf.no_op(name="after")


@program
def loop_checks():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [2], name="x")

    def body(i, y):
        with tf.control_dependencies([tf.Assert(tf.reduce_all(y > 0.0), [y])]):
            return [i + 1, tf.identity(y) * x]

    tf.while_loop(lambda i, y: i < n, body, [tf.constant(0), x])


@program
def loop_gradients():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.placeholder(tf.float32, [2], name="w")
    _, y = tf.while_loop(lambda i, y: i < n, lambda i, y: [i + 1, y * w], [tf.constant(0), x])
    tf.gradients(y, [x, w])
    _, a, b = tf.while_loop(lambda i, a, b: i < n,
                            lambda i, a, b: [i + 1, tf.sin(a) * b, a + w],
                            [tf.constant(0), x, x * 2.0])
    tf.gradients(a, [x, w])
    tf.gradients([a, b], x)


@program
def loop_gradients_of_unknown_shapes():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.placeholder(tf.float32, name="w")
    _, y, z = tf.while_loop(lambda i, y, z: i < n,
                            lambda i, y, z: [i + 1, y * w + 1.0, tf.reduce_sum(y * y)],
                            [tf.constant(0), x, tf.constant(0.0)],
                            shape_invariants=[tf.TensorShape([]), tf.TensorShape(None),
                                              tf.TensorShape([])])
    tf.gradients(z, [x, w])
    tf.gradients(y, [x, w])


@program
def loop_gradients_nested():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [], name="x")

    def outer(i, y):
        _, z = tf.while_loop(lambda j, z: j < i, lambda j, z: [j + 1, z * x * y],
                             [tf.constant(0), y])
        return [i + 1, z + y]

    _, y = tf.while_loop(lambda i, y: i < n, outer, [tf.constant(0), x])
    tf.gradients(y, x)


@program
def loop_gradients_with_branches():
    n = tf.placeholder(tf.int32, [], name="n")
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [2], name="x")

    def body(i, y):
        return [i + 1, tf.cond(tf.equal(i % 2, 0), lambda: y * x, lambda: tf.sin(y))]

    def loop():
        return tf.while_loop(lambda i, y: i < n, body, [tf.constant(0), x])[1]

    tf.gradients(loop(), x)
    y = tf.cond(p, loop, lambda: x)
    tf.gradients(y * y, x)


def trained(use_resource):
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(tf.ones([3, 3]), name="w", use_resource=use_resource)
    table = tf.Variable(tf.ones([4, 3]), name="table", use_resource=use_resource)
    _, y = tf.while_loop(
        lambda i, y: i < n,
        lambda i, y: [i + 1, tf.tanh(tf.matmul(y, w)) + tf.gather(table, [0, 2])[0]],
        [tf.constant(0), x])
    loss = tf.reduce_mean(tf.square(y))
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)


@program
def loop_trained():
    trained(False)


@program
def loop_trained_resource():
    trained(True)
