"""Placeholders and placeholder_with_default: shapes, feeding, and not feeding."""
import numpy as np
import tensorflow as tf

a = tf.placeholder(tf.float32, name="a")
b = tf.placeholder(tf.float32, [None, 2], name="b")
c = tf.placeholder(tf.int32, [], name="c")
d = tf.placeholder_with_default([1.0, 2.0], [None], name="d")
e = tf.placeholder_with_default(tf.constant(3), [], name="e")
f = tf.placeholder(tf.bool, (), name="f")
for t in (a, b, c, d, e, f):
    print(t, t.op.type)
total = tf.reduce_sum(b) * tf.cast(c, tf.float32)
with tf.Session() as sess:
    print(sess.run(total, feed_dict={b: [[1, 2], [3, 4]], c: 2}))
    print(sess.run(total, {b: np.ones([0, 2]), c: np.int64(7)}))
    print(sess.run([d, e]), sess.run([d, e], {d: [5.0], e: 6}))
    print(sess.run(a, {a: 1}), sess.run(a, {a: [[1, 2]]}), sess.run(f, {f: True}))
    print(sess.run(a * 2, {a: np.float64(0.5)}))

    def attempt(what, fetch, feed):
        try:
            print(what, sess.run(fetch, feed))
        except Exception as error:
            print(what, type(error).__name__)

    attempt("not fed", total, {b: [[1, 2]]})
    attempt("nothing fed", total, None)
    attempt("shape", total, {b: [[1, 2, 3]], c: 1})
    attempt("rank", total, {b: [1, 2], c: 1})
    attempt("default's shape", d, {d: 5.0})
    attempt("type", total, {b: [["x", "y"]], c: 1})
    attempt("fraction", c, {c: 1.5})
    attempt("none", c, {c: None})
    attempt("tensor", c, {c: tf.constant(1)})
    attempt("ragged", b, {b: [[1], [2, 3]]})
    attempt("list of none", a, {a: [None]})
