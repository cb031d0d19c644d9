"""Functions of one value and of two, with broadcasting."""
import numpy as np
import tensorflow as tf

x = tf.constant([-2.5, -0.5, 0.0, 0.3, 1.7], name="x")
p = tf.constant([0.1, 0.5, 0.9], name="p")
one = [tf.abs, tf.negative, tf.sign, tf.square, tf.exp, tf.expm1, tf.sin, tf.cos, tf.tan, tf.atan,
       tf.sinh, tf.cosh, tf.tanh, tf.sigmoid, tf.floor, tf.ceil, tf.round, tf.rint, tf.is_nan,
       tf.is_finite, tf.is_inf, tf.erf, tf.asinh]
positive = [tf.log, tf.log1p, tf.sqrt, tf.rsqrt, tf.reciprocal, tf.asin, tf.acos, tf.lgamma,
            tf.digamma, tf.atanh, tf.erfc]
two = [tf.add, tf.subtract, tf.multiply, tf.divide, tf.maximum, tf.minimum, tf.squared_difference,
       tf.atan2, tf.floordiv, tf.mod, tf.pow]
left = tf.constant([[1.0], [2.5]])
right = tf.constant([[2.0, 0.5, 3.0]])
with tf.Session() as sess:
    for t, value in ((t, sess.run(t)) for t in [f(x) for f in one]):
        print(t.op.name, value if value.dtype == bool else np.round(value, 4) + 0.0)
    for t, value in ((t, sess.run(t)) for t in [f(p) for f in positive]):
        print(t.op.name, np.round(value, 4) + 0.0)
    for t, value in ((t, sess.run(t)) for t in [f(left, right) for f in two]):
        print(t.op.name, np.round(value, 4).tolist())
    for t in (tf.add_n([x, x, x]), tf.accumulate_n([x, x]), tf.scalar_mul(2.0, x),
              tf.clip_by_value(x, -1.0, 1.0), tf.clip_by_norm(x, 1.0), tf.linspace(0.0, 1.0, 5),
              tf.range(1, 10, 3), tf.range(0.0, 1.0, 0.25), tf.clip_by_average_norm(x, 0.1),
              tf.global_norm([x, p]), tf.clip_by_global_norm([x, p], 1.0)[0][0]):
        print(t.op.type if "Add" not in t.op.type else "add", t.shape, np.round(sess.run(t), 4))
    print(sess.run([tf.logical_and(True, [True, False]), tf.logical_or([False], False),
                    tf.logical_xor(True, [True, False]), tf.logical_not(False)]))
