"""Batch normalisation by hand: moments, moving averages in UPDATE_OPS, training and inference."""
import numpy as np
import tensorflow as tf

# rounded: bn

x = tf.placeholder(tf.float32, [None, 3], name="x")
training = tf.placeholder_with_default(False, [], name="training")


def batch_norm(x, scope):
    with tf.variable_scope(scope):
        depth = x.shape[-1].value
        beta = tf.get_variable("beta", [depth], initializer=tf.zeros_initializer())
        gamma = tf.get_variable("gamma", [depth], initializer=tf.ones_initializer())
        mean, variance = tf.nn.moments(x, [0], name="moments")
        average = tf.train.ExponentialMovingAverage(0.5)
        with tf.control_dependencies(None):
            update = average.apply([mean, variance])
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
        m, v = tf.cond(training, lambda: (mean, variance),
                       lambda: (average.average(mean), average.average(variance)))
        return tf.nn.batch_normalization(x, m, v, beta, gamma, 1e-3)


y = batch_norm(x, "bn")
loss = tf.reduce_sum(tf.square(y - 1.0))
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
print(y.shape, [v.name for v in tf.global_variables()])
data = np.array([[1, 2, 3], [3, 2, 1], [5, 5, 8]], np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        sess.run(step, {x: data, training: True})
    print(sess.run(y, {x: data, training: True}))
    print(sess.run(y, {x: data}))
    tf.train.Saver().save(sess, "bn")
print(sorted(tf.train.list_variables("bn")))
