"""Gradients through cond, while_loop, case and nests of them."""
import numpy as np
import tensorflow as tf

x = tf.Variable(2.0, name="x")
w = tf.Variable([[0.5, 1.0], [-1.0, 0.25]], name="w")
p = tf.placeholder(tf.bool, [], name="p")
n = tf.placeholder(tf.int32, [], name="n")
branch = tf.cond(p, lambda: x * x * x, lambda: 5.0 * x)
only_one = tf.cond(p, lambda: x * 2.0, lambda: tf.constant(1.0))
power = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), [0, tf.constant(1.0)])[1]
rnn = tf.while_loop(lambda i, h: i < n, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, w) + 0.1)),
                    [0, tf.ones([1, 2])])[1]
inside = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.cond(
    tf.equal(i % 2, 0), lambda: y * x, lambda: y + x)), [0, x])[1]
outside = tf.cond(p, lambda: tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * y),
                                           [0, x])[1], lambda: x)
double = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.while_loop(
    lambda j, z: j < 2, lambda j, z: (j + 1, z * x), [0, y])[1]), [0, tf.constant(1.0)])[1]
chosen = tf.case([(x > 1.0, lambda: x * 7.0), (x > 0.0, lambda: x * 3.0)], default=lambda: -x)
results = {"branch": (branch, x), "only_one": (only_one, x), "power": (power, x), "rnn": (rnn, w),
           "inside": (inside, x), "outside": (outside, x), "double": (double, x),
           "case": (chosen, x)}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for name, (y, source) in sorted(results.items()):
        gradient = tf.gradients(y, source)[0]
        print(name, gradient.name)
        for feed in ({p: True, n: 3}, {p: False, n: 1}, {p: True, n: 0}):
            print(sess.run(y, feed).round(4).tolist(), sess.run(gradient, feed).round(4).tolist())
    step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(rnn))
    sess.run(step, {n: 4})
    print(sess.run(w).round(4).tolist())
