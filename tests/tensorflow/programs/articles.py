"""The articles' programs."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def two_variables_add():
    v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
    v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
    v1 + v2
    tf.global_variables_initializer()
    return tf.train.Saver()


@program
def renamed_variables():
    v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="other-v1")
    v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="other-v2")
    return tf.train.Saver({"v1": v1, "v2": v2})


def softmax_regression():
    x = tf.placeholder(tf.float32, [None, 784])
    W = tf.Variable(tf.zeros([784, 10]))
    b = tf.Variable(tf.zeros([10]))
    y = tf.nn.softmax(tf.matmul(x, W) + b)
    y_ = tf.placeholder(tf.float32, [None, 10])
    cross_entropy = -tf.reduce_sum(y_ * tf.log(y))
    tf.train.GradientDescentOptimizer(0.01).minimize(cross_entropy)
    tf.global_variables_initializer()
    return y, y_


def accuracy_of(y, y_):
    correct_prediction = tf.equal(tf.argmax(y, 1), tf.arg_max(y_, 1))
    return tf.reduce_mean(tf.cast(correct_prediction, "float"))


@program
def mnist_softmax():
    y, y_ = softmax_regression()
    saver = tf.train.Saver(max_to_keep=1)
    accuracy_of(y, y_)
    return saver


@program
def mnist_softmax_accuracy_in_the_loop():
    y, y_ = softmax_regression()
    saver = tf.train.Saver(max_to_keep=1)
    for _ in range(3):  # as printed, the accuracy's nodes are made anew each step
        accuracy_of(y, y_)
    return saver
