"""Learning rates that fall with the global step."""

import tensorflow.compat.v1 as tf

from programs import program


def every_step(decay):
    """Of what types a step comes."""
    decay(tf.placeholder(tf.int32, [], name="i"))
    decay(tf.placeholder(tf.int64, [], name="j"))
    decay(tf.Variable(0, trainable=False, name="step"))
    decay(tf.Variable(0, trainable=False, name="resource", use_resource=True))


@program
def exponential_decays():
    every_step(lambda step: tf.train.exponential_decay(0.1, step, 100, 0.96))
    step = tf.placeholder(tf.int64, [], name="k")
    tf.train.exponential_decay(0.1, step, 100.0, 0.96, staircase=True, name="stairs")
    rate = tf.placeholder(tf.float64, [], name="rate")
    tf.train.exponential_decay(rate, step, 100, 0.96)
    tf.train.natural_exp_decay(0.1, step, 100, 0.5)
    tf.train.natural_exp_decay(0.1, step, 100, 0.5, staircase=True, name="natural")


@program
def inverse_time_decays():
    every_step(lambda step: tf.train.inverse_time_decay(0.1, step, 100, 0.5))
    step = tf.placeholder(tf.int64, [], name="k")
    tf.train.inverse_time_decay(0.1, step, 100, 0.5, staircase=True, name="stairs")


@program
def polynomial_decays():
    every_step(lambda step: tf.train.polynomial_decay(0.1, step, 100))
    step = tf.placeholder(tf.int64, [], name="k")
    tf.train.polynomial_decay(0.1, step, 100, 0.01, power=0.5, name="root")
    tf.train.polynomial_decay(0.1, step, 100, cycle=True)


@program
def cosine_decays():
    every_step(lambda step: tf.train.cosine_decay(0.1, step, 100))
    step = tf.placeholder(tf.int64, [], name="k")
    tf.train.cosine_decay(0.1, step, 100, alpha=0.25, name="to_a_quarter")
    tf.train.linear_cosine_decay(0.1, step, 100)
    tf.train.linear_cosine_decay(0.1, step, 100, num_periods=2.0, alpha=0.1, beta=0.01, name="linear")


@program
def cosine_decay_restarts():
    step = tf.placeholder(tf.int64, [], name="k")
    tf.train.cosine_decay_restarts(0.1, step, 100)
    tf.train.cosine_decay_restarts(0.1, step, 100, t_mul=1.0, m_mul=0.5, alpha=0.1, name="even")


@program
def piecewise_constants():
    every_step(lambda step: tf.train.piecewise_constant(step, [100, 200], [0.1, 0.01, 0.001]))
    step = tf.placeholder(tf.int64, [], name="k")
    tf.train.piecewise_constant(step, [100], [0.1, 0.01], name="two")
    tf.train.piecewise_constant(step, [100, 200, 300], [4.0, 3.0, 2.0, 1.0])


@program
def decaying_rate():
    step = tf.Variable(0, trainable=False, name="global_step")
    rate = tf.train.exponential_decay(0.8, step, 550, 0.99)
    w = tf.Variable(tf.ones([3]), name="w")
    tf.train.GradientDescentOptimizer(rate).minimize(tf.reduce_sum(tf.square(w)), global_step=step)
    return tf.train.Saver()
