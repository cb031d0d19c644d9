"""Shapes that do not fit, when building."""
import tensorflow as tf


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


m = tf.zeros([2, 3], name="m")
x = tf.placeholder(tf.float32, [None, 4], name="x")
image = tf.placeholder(tf.float32, [None, 8, 8, 1])
cube = tf.zeros([2, 3, 4])
attempt("matmul", lambda: tf.matmul(m, m))
attempt("matmul of a vector", lambda: tf.matmul(m, [1.0, 2.0, 3.0]))
attempt("matmul of a number", lambda: tf.matmul(m, 2.0))
attempt("matmul of integers", lambda: m @ tf.constant([[1], [2], [3]]))
attempt("adjoint and transposed", lambda: tf.matmul(m, m, transpose_a=True, adjoint_a=True))
attempt("add", lambda: x + tf.zeros([3]))
attempt("reshape", lambda: tf.reshape(m, [4, 2]))
attempt("concat", lambda: tf.concat([m, cube], 0))
attempt("concat of widths", lambda: tf.concat([x, tf.zeros([2, 5])], 0))
attempt("split", lambda: tf.split(m, 2, 1))
attempt("stack", lambda: tf.stack([m, cube]))
attempt("transpose", lambda: tf.transpose(m, [0]))
attempt("tile", lambda: tf.tile(m, [1]))
attempt("expand_dims", lambda: tf.expand_dims(m, 4))
attempt("squeeze", lambda: tf.squeeze(tf.zeros([2]), [0]))
attempt("pad", lambda: tf.pad(m, [[1, 1]]))
attempt("pad's mode", lambda: tf.pad(m, [[0, 0]] * 2, "?"))
attempt("unstack", lambda: tf.unstack(tf.placeholder(tf.float32)))
attempt("axis", lambda: tf.reduce_sum(m, 3))
attempt("two axes", lambda: tf.reduce_sum(m, 0, reduction_indices=1))
attempt("all of floats", lambda: tf.reduce_all(m))
attempt("channels", lambda: tf.nn.conv2d(image, tf.zeros([3, 3, 2, 4]), [1, 1, 1, 1], "SAME"))
attempt("large filter", lambda: tf.nn.conv2d(image, tf.zeros([9, 9, 1, 4]), [1, 1, 1, 1], "VALID"))
attempt("padding", lambda: tf.nn.conv2d(image, tf.zeros([3, 3, 1, 4]), [1, 1, 1, 1], "NONE"))
attempt("sizes", lambda: tf.nn.max_pool(image, [1, 2, 2], [1, 2, 2, 1], "SAME"))
attempt("labels", lambda: tf.nn.softmax_cross_entropy_with_logits_v2(labels=m, logits=m[0]))
attempt("sparse labels", lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=m, logits=m))
attempt("keep nothing", lambda: tf.nn.dropout(m, keep_prob=0.0))
attempt("rate", lambda: tf.nn.dropout(m, rate=1.0))
attempt("neither", lambda: tf.nn.dropout(m))
attempt("dropout of integers", lambda: tf.nn.dropout(tf.constant([1]), 0.5))
attempt("uniform integers", lambda: tf.random_uniform([2], dtype=tf.int32))
attempt("shape of strings", lambda: tf.random_uniform(["a"]))
attempt("normal integers", lambda: tf.random_normal([2], dtype=tf.int32))

tf.reset_default_graph()  # what attempts leave behind is nobody's graph
