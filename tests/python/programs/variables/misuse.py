"""What goes wrong with variables, and as which class."""
import tensorflow as tf

v = tf.get_variable("v", [2])


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


attempt("twice", lambda: tf.get_variable("v", [2]))
attempt("no name", lambda: tf.get_variable())
attempt("name is a number", lambda: tf.get_variable(3, [2]))
attempt("bad name", lambda: tf.get_variable("a b", [2]))
attempt("bad shape", lambda: tf.get_variable("w", "shape"))
attempt("bad type", lambda: tf.get_variable("w", [2], "floaty"))
attempt("bad initializer", lambda: tf.get_variable("w", [2], initializer=3))
attempt("bad use", lambda: v("x"))
attempt("attribute", lambda: v.no_such_attribute)
attempt("no session", lambda: v.eval())
attempt("collection", lambda: tf.Variable(1.0, collections="variables"))
attempt("trainable", lambda: tf.Variable(1, trainable=True).dtype)
attempt("constraint", lambda: tf.Variable(1.0, constraint=3))
with tf.Graph().as_default():
    other = tf.constant(1.0)
    attempt("variable of another graph", lambda: v + 1)
    attempt("sum", lambda: tf.add(v, other))
with tf.Graph().as_default():
    attempt("in a loop", lambda: tf.while_loop(lambda i: i < 3,
                                               lambda i: i + tf.Variable(tf.identity(i)), [0]))
with tf.Graph().as_default(), tf.Session() as sess:
    attempt("run of another graph", lambda: sess.run(v))
