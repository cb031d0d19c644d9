"""Exponential moving averages of variables and tensors."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def article_moving_average():
    v = tf.Variable(0, dtype=tf.float32, name="v")
    for variable in tf.global_variables():
        assert variable.name == "v:0"
    ema = tf.train.ExponentialMovingAverage(0.99)
    ema.apply(tf.global_variables())
    return tf.train.Saver()


@program
def article_moving_average_restored():
    v = tf.Variable(0, dtype=tf.float32, name="v")
    ema = tf.train.ExponentialMovingAverage(0.99)
    return tf.train.Saver(ema.variables_to_restore())


@program
def moving_average_num_updates():
    w = tf.Variable(tf.ones([2, 3]), name="w")
    b = tf.Variable(tf.zeros([3], tf.float64), name="b")
    step = tf.Variable(0, trainable=False, name="step")
    ema = tf.train.ExponentialMovingAverage(0.9, num_updates=step, name="EMA")
    ema.apply([w, b])
    ema.apply([w])
    return tf.train.Saver(ema.variables_to_restore())


@program
def moving_average_resource():
    w = tf.Variable(tf.ones([2, 3]), name="w", use_resource=True)
    ema = tf.train.ExponentialMovingAverage(0.9)
    with tf.name_scope("averages"):
        ema.apply([w])
    return tf.train.Saver()


@program
def moving_average_of_tensors():
    w = tf.Variable(tf.ones([2, 3]), name="w")
    ema = tf.train.ExponentialMovingAverage(0.9)
    ema.apply([w, tf.reduce_sum(w, name="total"), tf.square(w, name="inner/squares")])
    return tf.train.Saver(ema.variables_to_restore())


@program
def moving_average_zero_debias():
    w = tf.Variable(tf.ones([2, 3]), name="w")
    total = tf.reduce_sum(w, name="total")
    ema = tf.train.ExponentialMovingAverage(0.9, zero_debias=True)
    ema.apply([w, total])
    ema.apply([w, total])
    return None


@program
def assign_moving_average():
    from tensorflow.python.training import moving_averages
    w = tf.Variable(tf.zeros([2]), name="w")
    x = tf.placeholder(tf.float32, [2], name="x")
    moving_averages.assign_moving_average(w, x, 0.5)
    moving_averages.assign_moving_average(w, x, 0.5, zero_debias=False, name="mine")
    return None


@program
def moving_average_train_op():
    w = tf.Variable(tf.ones([3]), name="w")
    loss = tf.reduce_sum(tf.square(w))
    step = tf.Variable(0, trainable=False, name="step")
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
    ema = tf.train.ExponentialMovingAverage(0.99, step)
    with tf.control_dependencies([train]):
        ema.apply(tf.trainable_variables())
    return tf.train.Saver()
