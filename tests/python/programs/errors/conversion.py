"""What does not become a tensor, or one of the type asked for."""
import numpy as np
import tensorflow as tf


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


x = tf.placeholder(tf.float32, [])
a = tf.constant([1.0, 2.0])
i = tf.constant([1, 2])
z = tf.constant([1 + 2j, 2j], tf.complex64)
attempt("fraction", lambda: tf.constant(1.5, tf.int32))
attempt("string", lambda: tf.constant("a", tf.float32))
attempt("number as string", lambda: tf.constant(1, tf.string))
attempt("complex", lambda: tf.constant(1j, tf.float32))
attempt("ragged", lambda: tf.constant([[1], [2, 3]]))
attempt("mixed", lambda: tf.constant([1, "a"]))
attempt("None", lambda: tf.constant(None))
attempt("a list of None", lambda: tf.constant([None]))
attempt("object", lambda: tf.constant(object()))
attempt("dict", lambda: tf.constant({}))
attempt("too many values", lambda: tf.constant([1, 2, 3], shape=[2]))
attempt("unknown shape", lambda: tf.constant(1, shape=[None]))
attempt("no such type", lambda: tf.constant(1, "no such type"))
attempt("list with string", lambda: tf.convert_to_tensor([x, "a"]))
attempt("list of two types", lambda: tf.convert_to_tensor([x, tf.constant(1)]))
attempt("list as integers", lambda: tf.convert_to_tensor([x, 1.0], tf.int32))
attempt("stack of shapes", lambda: tf.stack([x, tf.constant([1.0])]))
attempt("a + i", lambda: a + i)
attempt("a + string", lambda: a + "x")
attempt("a + None", lambda: a + None)
attempt("a & a", lambda: a & a)
attempt("i + fraction", lambda: i + 1.5)
attempt("shapes", lambda: a + tf.constant([1.0, 2.0, 3.0]))
attempt("float64 * float32", lambda: (np.array([1.0, 2.0]) * a).dtype.name)
attempt("int64 + float32", lambda: (np.arange(2) + a).dtype.name)
attempt("numpy scalar", lambda: (np.float64(1.5) * a).dtype.name)
attempt("complex < complex", lambda: z < z)
attempt("complex + float", lambda: z + a)
attempt("complex of two types", lambda: tf.complex([1.0], tf.constant([1.0], tf.float64)))
attempt("string + 1", lambda: tf.constant("s") + 1)

tf.reset_default_graph()  # what attempts leave behind is nobody's graph
