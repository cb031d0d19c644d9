"""Branches: tf.cond with everything that is built inside one, and gradients through it."""

import tensorflow.compat.v1 as tf

from programs import program


def predicate():
    return tf.placeholder(tf.bool, [], name="p")


@program
def cond_basics():
    p = predicate()
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.constant([1.0, 2.0], name="y")
    tf.cond(p, lambda: x * 2.0, lambda: y + x)
    tf.cond(p, lambda: x, lambda: y)
    tf.cond(p, lambda: tf.constant(1), lambda: 2, name="constants")
    both = tf.cond(p, lambda: [x, y * x], lambda: [y, x])
    tf.cond(tf.less(both[0][0], both[1][1]), lambda: x - y, lambda: tf.zeros_like(x))
    tf.cond(p, lambda: tf.no_op(), lambda: tf.group(both[0], both[1]))


@program
def cond_shapes():
    p = predicate()
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    size = tf.shape(x)
    tf.cond(p, lambda: tf.reshape(x, [-1]), lambda: tf.zeros(tf.stack([tf.size(x)])))
    tf.cond(p, lambda: tf.fill(size, 2.0), lambda: tf.concat([x, x], 0))
    tf.cond(p, lambda: x[0], lambda: tf.reduce_mean(x, [0]))


@program
def cond_nested():
    p = predicate()
    q = tf.placeholder(tf.bool, [], name="q")
    x = tf.placeholder(tf.float32, [], name="x")

    def inner():
        return tf.cond(q, lambda: x * x, lambda: x + 1.0)

    tf.cond(p, inner, lambda: x - 1.0)
    tf.cond(p, lambda: tf.cond(tf.logical_not(q), lambda: x, lambda: inner() * x),
            lambda: tf.cond(q, lambda: tf.constant(3.0), lambda: x), name="outer")


def variables_in_branches(use_resource):
    p = predicate()
    v = tf.Variable([1.0, 2.0], name="v", use_resource=use_resource)
    w = tf.Variable(3.0, name="w", use_resource=use_resource)
    tf.cond(p, lambda: v, lambda: v * w)
    tf.cond(p, lambda: tf.assign(w, 1.0), lambda: tf.assign_add(w, w * 2.0))
    tf.cond(p, lambda: tf.group(tf.assign(v, tf.stack([5.0, w]))), lambda: tf.no_op(), name="update")

    def made_inside():
        return tf.Variable(lambda: tf.constant(7.0), name="inside", use_resource=use_resource) + w

    tf.cond(p, made_inside, lambda: tf.identity(w))


@program
def cond_variables():
    variables_in_branches(False)


@program
def cond_resource_variables():
    variables_in_branches(True)


@program
def cond_control_dependencies():
    p = predicate()
    x = tf.placeholder(tf.float32, [], name="x")
    before = tf.no_op(name="before")

    def waits():
        with tf.control_dependencies([before, tf.no_op("inside")]):
            one = tf.constant(1.0)
            two = tf.constant(2.0) + x
        with tf.control_dependencies(None):
            three = tf.constant(3.0)
        return one + two + three

    with tf.control_dependencies([before]):
        with tf.device("/cpu:0"):
            y = tf.cond(p, waits, lambda: tf.tuple([x, x * x])[1])
        tf.identity(y)
    with tf.colocate_with(y.op):
        tf.cond(p, lambda: tf.negative(y), lambda: y)


@program
def cond_checks():
    p = predicate()
    x = tf.placeholder(tf.float32, [2], name="x")
    n = tf.placeholder(tf.int32, [2], name="n")

    def checked():
        with tf.control_dependencies([tf.Assert(tf.reduce_all(x > 0.0), [x, "bad"])]):
            return tf.identity(x)

    def equal():
        with tf.control_dependencies([tf.assert_equal(n, [1, 2])]):
            return x * 2.0

    tf.cond(p, checked, equal)


@program
def cond_case():
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.placeholder(tf.float32, [], name="y")
    pairs = [(tf.less(x, y), lambda: x * 2.0), (tf.greater(x, 3.0), lambda: y)]
    tf.case(pairs, default=lambda: x - y)
    tf.case(pairs, default=lambda: tf.constant(1.0), exclusive=True, name="only")
    tf.case(pairs)


@program
def cond_initialized_value():
    p = predicate()
    v = tf.Variable(2.0, name="v")
    tf.cond(p, lambda: v.initialized_value() * 2.0, lambda: tf.constant(0.0))


@program
def cond_gradients():
    p = predicate()
    x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.placeholder(tf.float32, [2], name="w")
    y = tf.cond(p, lambda: x * w, lambda: tf.square(x))
    tf.gradients(y, [x, w])
    z = tf.cond(p, lambda: x, lambda: tf.constant([1.0, 2.0]) * w)
    tf.gradients(tf.reduce_sum(z * x), [x, w])
    a, b = tf.cond(p, lambda: [x * 3.0, w], lambda: [w, tf.exp(x)])
    tf.gradients(a, [x, w])
    tf.gradients([a, b], [x, w])


@program
def cond_gradients_nested():
    p = predicate()
    q = tf.placeholder(tf.bool, [], name="q")
    x = tf.placeholder(tf.float32, [None, 2], name="x")

    def inner():
        return tf.cond(q, lambda: tf.sin(x) * x, lambda: tf.constant(3.0) - x)

    y = tf.cond(p, lambda: inner() * x, lambda: tf.log(x))
    first = tf.gradients(y, x)[0]
    tf.gradients(first, x)


@program
def cond_gradients_inside():
    p = predicate()
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.reduce_sum(x * x)
    tf.cond(p, lambda: tf.gradients(y * 3.0, x)[0], lambda: x)


def gathered(use_resource):
    p = predicate()
    table = tf.Variable(tf.zeros([4, 3]), name="table", use_resource=use_resource)
    ids = tf.placeholder(tf.int32, [2], name="ids")
    y = tf.cond(p, lambda: tf.gather(table, ids), lambda: tf.ones([2, 3]))
    loss = tf.reduce_sum(y)
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)


@program
def cond_gradients_of_rows():
    gathered(False)


@program
def cond_gradients_of_resource_rows():
    gathered(True)


def trained(use_resource):
    p = predicate()
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(tf.ones([3, 2]), name="w", use_resource=use_resource)
    b = tf.Variable(tf.zeros([2]), name="b", use_resource=use_resource)
    y = tf.matmul(x, w)
    y = tf.cond(p, lambda: y + b, lambda: tf.nn.relu(y))
    y = tf.cond(p, lambda: tf.nn.dropout(y, 0.5, seed=3), lambda: y, name="dropout")
    loss = tf.reduce_mean(tf.square(y))
    tf.train.AdamOptimizer(0.1).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)


@program
def cond_trained():
    trained(False)


@program
def cond_trained_resource():
    trained(True)


@program
def cond_minimize_inside():
    p = predicate()
    w = tf.Variable([1.0, 2.0], name="w")
    loss = tf.reduce_sum(tf.square(w))
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    tf.cond(p, lambda: optimizer.minimize(loss), lambda: tf.no_op())


@program
def cond_moving_averages():
    p = predicate()
    v = tf.Variable(1.0, name="v")
    ema = tf.train.ExponentialMovingAverage(0.9)
    tf.cond(p, lambda: ema.apply([v]), lambda: tf.no_op())
    tf.cond(p, lambda: ema.average(v), lambda: tf.identity(v))
    return tf.train.Saver()


@program
def cond_imported():
    with tf.Graph().as_default() as other:
        a = tf.placeholder(tf.float32, [], name="a")
        b = tf.constant(2.0, name="b")
        tf.multiply(a, b, name="c")
        tf.while_loop(lambda i: i < 5.0, lambda i: i + a, [b])
    definition = other.as_graph_def()

    def imported(name, y):
        return tf.import_graph_def(definition, {"a:0": y}, ["c:0"], name=name)[0]

    p = predicate()
    x = tf.placeholder(tf.float32, [], name="x")
    before = tf.no_op(name="before")
    tf.cond(p, lambda: imported("in_cond", x), lambda: x)
    with tf.control_dependencies([before]):
        imported("after", x)
    tf.while_loop(lambda y: y < 10.0, lambda y: imported("in_loop", y), [x])
