"""AUTO_REUSE makes what is not there and finds what is; nested scopes inherit it."""
import tensorflow as tf


def tower(x):
    with tf.variable_scope("tower", reuse=tf.AUTO_REUSE) as scope:
        with tf.variable_scope("fc"):
            w = tf.get_variable("w", [2], initializer=tf.constant_initializer([1.0, 2.0]))
        print(scope.reuse == tf.AUTO_REUSE, tf.get_variable_scope().reuse is tf.AUTO_REUSE)
        return tf.multiply(x, w, name="out")


outputs = [tower(tf.constant([float(i), 1.0])) for i in range(3)]
print([t.name for t in outputs])
print([v.op.name for v in tf.global_variables()])

with tf.variable_scope("plain"):
    tf.get_variable("v", [])
    try:
        tf.get_variable("v", [])
    except ValueError as e:
        print(type(e).__name__, str(e)[:45])
with tf.variable_scope("plain", reuse=tf.AUTO_REUSE):
    v = tf.get_variable("v", [])
    with tf.variable_scope("sub", reuse=False):
        print(tf.get_variable("v", []).name)
with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
    print(tf.get_variable("root", []).name, tf.get_variable("root", []).name)
print(tf.get_variable_scope().reuse)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(outputs))
