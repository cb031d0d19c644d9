"""What a variable scope hands down: initializer, dtype, regularizer, getter, constraint."""
import tensorflow as tf


def custom(getter, name, *args, **kwargs):
    v = getter(name, *args, **kwargs)
    print("getter", name, sorted({"shape", "dtype", "initializer"} & set(kwargs)))
    return tf.identity(v, name="wrapped")


def l2(v):
    return 0.5 * tf.reduce_sum(v * v, name="l2")


with tf.variable_scope("a", initializer=tf.constant_initializer(0.25), regularizer=l2):
    v = tf.get_variable("v", [2])
    with tf.variable_scope("b", dtype=tf.float64, regularizer=tf.no_regularizer):
        w = tf.get_variable("w", [2])
        n = tf.get_variable("n", [2], regularizer=l2, dtype=tf.float32)
        print(w.dtype, tf.get_variable_scope().dtype)
    with tf.variable_scope("c", initializer=tf.ones_initializer()) as c:
        u = tf.get_variable("u", [1])
        c.set_initializer(tf.zeros_initializer())
        z = tf.get_variable("z", [1])
    print(tf.get_variable_scope().initializer is None)

with tf.variable_scope("d", custom_getter=custom):
    g = tf.get_variable("g", [], initializer=tf.ones_initializer())
    print(isinstance(g, tf.Tensor), g.name)

losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
print([t.name for t in losses])
print(tf.losses.get_regularization_losses() == losses)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([v, w, n, u, z, g]))
    print(sess.run(losses[0]), sess.run(tf.losses.get_regularization_loss()))
