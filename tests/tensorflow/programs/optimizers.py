"""Optimizers, over variables of both kinds."""

import tensorflow.compat.v1 as tf

from programs import program


def minimize(optimizer, use_resource=False, **options):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(tf.ones([3, 2]), name="w", use_resource=use_resource)
    b = tf.Variable(tf.zeros([2]), name="b", use_resource=use_resource)
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b))
    optimizer.minimize(loss, **options)
    tf.global_variables_initializer()
    return tf.train.Saver()


@program
def gradient_descent():
    return minimize(tf.train.GradientDescentOptimizer(0.5))


@program
def gradient_descent_resource():
    return minimize(tf.train.GradientDescentOptimizer(0.5), use_resource=True)


@program
def gradient_descent_locking():
    return minimize(tf.train.GradientDescentOptimizer(0.5, use_locking=True, name="GD"))


@program
def momentum():
    return minimize(tf.train.MomentumOptimizer(0.5, 0.9))


@program
def momentum_nesterov_resource():
    return minimize(tf.train.MomentumOptimizer(0.5, 0.9, use_nesterov=True), use_resource=True)


@program
def adam():
    return minimize(tf.train.AdamOptimizer())


@program
def adam_resource():
    return minimize(tf.train.AdamOptimizer(0.01, beta1=0.8, beta2=0.99, epsilon=1e-6),
                    use_resource=True)


@program
def placeholder_learning_rate():
    rate = tf.placeholder(tf.float32, [], name="rate")
    return minimize(tf.train.GradientDescentOptimizer(rate))


@program
def global_step():
    step = tf.Variable(0, trainable=False, name="step")
    return minimize(tf.train.GradientDescentOptimizer(0.5), global_step=step)


@program
def global_step_resource():
    step = tf.Variable(0, trainable=False, name="step", use_resource=True)
    return minimize(tf.train.AdamOptimizer(0.5), use_resource=True, global_step=step)


@program
def var_list():
    x = tf.placeholder(tf.float32, [3], name="x")
    w = tf.Variable(tf.ones([3]), name="w")
    v = tf.Variable(tf.ones([3]), name="v")
    loss = tf.reduce_sum(x * w * v)
    tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[w])


@program
def compute_and_apply():
    w = tf.Variable(tf.ones([3]), name="w")
    loss = tf.reduce_sum(tf.square(w))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(loss)
    clipped = [(tf.clip_by_value(gradient, -1.0, 1.0), variable) for gradient, variable in pairs]
    optimizer.apply_gradients(clipped, name="train")


@program
def two_optimizers():
    w = tf.Variable(tf.ones([3]), name="w")
    loss = tf.reduce_sum(tf.square(w))
    tf.train.AdamOptimizer(0.1).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    tf.train.GradientDescentOptimizer(0.1).minimize(loss, name="last")
    return tf.train.Saver()


@program
def gathered_rows():
    w = tf.Variable(tf.ones([5, 3]), name="w")
    i = tf.placeholder(tf.int32, [None], name="i")
    loss = tf.reduce_sum(tf.gather(w, i))
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)


@program
def rms_prop():
    return minimize(tf.train.RMSPropOptimizer(0.5, 0.8, momentum=0.9, epsilon=1e-5))


@program
def rms_prop_centered_resource():
    return minimize(tf.train.RMSPropOptimizer(0.5, centered=True, name="RMS"), use_resource=True)


@program
def adagrad():
    return minimize(tf.train.AdagradOptimizer(0.5))


@program
def adagrad_resource():
    return minimize(tf.train.AdagradOptimizer(0.5, initial_accumulator_value=1.0, use_locking=True),
                    use_resource=True)


@program
def adadelta():
    return minimize(tf.train.AdadeltaOptimizer())


@program
def ftrl():
    return minimize(tf.train.FtrlOptimizer(0.5, l1_regularization_strength=0.1))


@program
def ftrl_with_shrinkage_resource():
    rate = tf.placeholder(tf.float32, [], name="rate")
    return minimize(tf.train.FtrlOptimizer(
        rate, learning_rate_power=-0.6, l2_regularization_strength=0.2, accum_name="squares",
        linear_name="sums", l2_shrinkage_regularization_strength=0.3, beta=0.4), use_resource=True)


def minimize_rows(use_resource):
    """A step of every optimizer over some rows of a variable in float64."""
    i = tf.placeholder(tf.int32, [None], name="i")
    w = tf.Variable(tf.ones([5, 3], tf.float64), name="w", use_resource=use_resource)
    loss = tf.reduce_sum(tf.square(tf.gather(w, i)))
    for optimizer in (
            tf.train.RMSPropOptimizer(0.1), tf.train.RMSPropOptimizer(0.1, centered=True),
            tf.train.AdagradOptimizer(0.1), tf.train.AdadeltaOptimizer(0.1), tf.train.FtrlOptimizer(0.1),
            tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=0.1)):
        optimizer.minimize(loss)


@program
def rows_of_a_reference():
    minimize_rows(use_resource=False)


@program
def rows_of_a_resource():
    minimize_rows(use_resource=True)
