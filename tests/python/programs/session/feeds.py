"""What may be fed, by which key, and what is refused."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], name="x")
n = tf.placeholder(tf.int32, [], name="n")
s = tf.placeholder(tf.string, name="s")
v = tf.Variable([[1.0, 1.0]], name="v")
y = tf.multiply(x, 2.0, name="y")
z = tf.reduce_sum(y + v, name="z")
c = tf.constant(7.0, name="c")
with tf.Session() as sess:
    sess.run(v.initializer)
    print(sess.run(z, {x: [[1, 2]]}), sess.run(z, {"x:0": [[1, 2]]}))
    print(sess.run("z:0", {x: [(3, 4)]}))
    print(sess.run(z, {y: [[5, 5]]}), sess.run(z, {x: [[1, 2]], v: [[10, 10]]}),
          sess.run(z, {"y:0": np.ones([3, 2], np.int64)}))
    print(sess.run(c + 1, {c: 1.5}), sess.run([y, x], {x: [[1, 2]], y: [[0, 0]]}))
    print(sess.run(tf.identity(s), {s: [["a", "b"]]}), sess.run(tf.identity(s), {s: "one"}))
    print(sess.run(z, feed_dict={x: np.asfortranarray(np.arange(6).reshape(3, 2))}))
    print(sess.run(z, {x: np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2]}))
    array = np.ones([1, 2], np.float32)
    fed = sess.run(x, {x: array})
    array[0, 0] = 100
    print(sess.run(y, {x: array}), fed.shape, sess.graph.is_feedable(x), sess.graph.is_fetchable(y))

    def attempt(what, feed, fetch=z):
        try:
            print(what, sess.run(fetch, feed))
        except Exception as e:
            print(what, type(e).__name__)

    attempt("shape", {x: [[1, 2, 3]]})
    attempt("rank", {x: 1.0})
    attempt("string as number", {x: [["a", "b"]]})
    attempt("none", {x: None})
    attempt("tensor", {x: tf.constant([[1.0, 2.0]])})
    attempt("key is a name of nothing", {"none:0": 1})
    attempt("key is an operation's name", {"x": [[1, 2]]})
    attempt("key is a number", {1: 1})
    attempt("key is an operation", {x.op: [[1, 2]]})
    attempt("no dict", [x, 1])
    attempt("not needed", {x: [[1, 2]], n: 5})
    attempt("large", {n: 2 ** 40}, n)
    attempt("complex", {x: [[1j, 2]]})
    attempt("bool", {n: True}, n)
    attempt("nan", {x: [[np.nan, 1]]}, y)
    with tf.Graph().as_default():
        attempt("of another graph", {tf.placeholder(tf.float32): 1})
