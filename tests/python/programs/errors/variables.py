"""Variables that are refused, or used as what they are not."""
import tensorflow as tf


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


v = tf.Variable([1.0, 2.0, 3.0], name="v")
r = tf.get_variable("r", initializer=[1.0], use_resource=True)
n = tf.get_variable("n", initializer=5)
b = tf.Variable([True, False], name="b")
for name, x in (("v", v), ("r", r)):
    attempt(name + ": shape", lambda: x.assign([1.0, 2.0]))
    attempt(name + ": string", lambda: x.assign("x"))
    attempt(name + ": None", lambda: x.assign(None))
    attempt(name + ": iterated", lambda: list(x))
    attempt(name + ": as bool", lambda: bool(x))
    attempt(name + ": length", lambda: len(x))
    attempt(name + ": called", lambda: x(1))
attempt("fraction", lambda: n.assign(1.5))
attempt("constant", lambda: tf.assign(tf.constant(1.0), 2.0))
attempt("types", lambda: v + b)
attempt("from None", lambda: tf.Variable(None))
attempt("from mixed values", lambda: tf.Variable([1, "a"]))
attempt("from a wrong type", lambda: tf.Variable(1.0, dtype=tf.string))
attempt("scale", lambda: tf.variance_scaling_initializer(-1.0))
attempt("mode", lambda: tf.variance_scaling_initializer(mode="fan_none"))
attempt("constant of an object", lambda: tf.constant_initializer(object()))
attempt("scatter into a constant", lambda: tf.scatter_update(tf.constant([1.0]), [0], [1.0]))

tf.reset_default_graph()  # what attempts leave behind is nobody's graph
