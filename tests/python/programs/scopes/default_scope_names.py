"""variable_scope(None, default_name): made unique unless an enclosing scope is reused."""
import tensorflow as tf


def conv(x, scope=None, reuse=None):
    with tf.variable_scope(scope, default_name="conv", values=[x], reuse=reuse) as vs:
        k = tf.get_variable("kernel", [], initializer=tf.ones_initializer())
        return vs.name, vs.original_name_scope, tf.multiply(x, k, name="y").name, k.name


x = tf.constant(2.0)
print(conv(x))
print(conv(x))
print(conv(x, scope="conv"[:3]))
with tf.variable_scope("outer"):
    print(conv(x))
    print(conv(x))
with tf.variable_scope("outer"):
    try:
        conv(x)
    except ValueError as e:
        print(type(e).__name__, str(e).split(".")[0])
print(conv(x, scope="conv_1", reuse=True))
try:
    conv(x, reuse=True)
except ValueError as e:
    print(type(e).__name__)
try:
    with tf.variable_scope(None):
        pass
except TypeError as e:
    print(type(e).__name__)
print([v.name for v in tf.global_variables()])
