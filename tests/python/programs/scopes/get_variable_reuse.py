"""get_variable: made once, found again with reuse, refused otherwise."""
import tensorflow as tf


def layer(x, units):
    w = tf.get_variable("w", [x.shape[1], units], initializer=tf.ones_initializer())
    b = tf.get_variable("b", [units], initializer=tf.zeros_initializer())
    return tf.matmul(x, w) + b


x = tf.placeholder(tf.float32, [None, 3], name="x")
with tf.variable_scope("net"):
    first = layer(x, 2)
with tf.variable_scope("net", reuse=True):
    second = layer(x, 2)
print(first.name, second.name)
print([v.name for v in tf.trainable_variables()])


def attempt(what, reuse=None, scope="net", **kwargs):
    try:
        with tf.variable_scope(scope, reuse=reuse):
            print(what, tf.get_variable(**kwargs).name)
    except (ValueError, TypeError) as e:
        print(what, type(e).__name__, str(e).split(",")[0].split(". ")[0])


attempt("exists", name="w", shape=[3, 2])
attempt("absent", reuse=True, name="v", shape=[3, 2])
attempt("other shape", reuse=True, name="w", shape=[2, 3])
attempt("other type", reuse=True, name="w", shape=[3, 2], dtype=tf.float64)
attempt("unknown dimension", reuse=True, name="w", shape=[None, 2])
attempt("no shape", name="q")
attempt("partly known", name="q", shape=[None, 2])
attempt("shape and value", name="q", shape=[1], initializer=tf.constant([1.0]))
attempt("from a value", name="q", initializer=[1.0, 2.0])
attempt("from a tensor", name="r", initializer=tf.constant([[1, 2]]))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([first, second], {x: [[1, 2, 3], [4, 5, 6]]}))
