"""String tensors: made, fed, fetched, compared, kept."""
import numpy as np
import tensorflow as tf

a = tf.constant(["one", "\0 two", "drei \u00fc", ""], name="a")
p = tf.placeholder(tf.string, [None], name="p")
v = tf.Variable(["x", "y"], name="v")
w = tf.Variable("scalar", name="w", trainable=False)
print(a, v.dtype, w.shape)
with tf.Session() as sess:
    value = sess.run(a)
    print(value.dtype, value.shape, value.tolist())
    print(sess.run(tf.identity(p), {p: ["plain", b"bytes", "\u20ac"]}).tolist())
    print(sess.run(p, {p: np.array(["n", "umpy"])}).tolist())
    print(sess.run(tf.equal(p, "b"), {p: ["a", "b"]}))
    sess.run(tf.global_variables_initializer())
    print(sess.run(v), sess.run(w), type(sess.run(w)).__name__)
    sess.run(v.assign([b"longer than before", "z"]))
    print(sess.run(v[0]))
    print(sess.run(tf.concat([v, a], 0)).tolist())
    print(sess.run(tf.gather(a, [1, 0])), sess.run(tf.reshape(a, [2, 2])).tolist())
    print(tf.train.Saver().save(sess, "strings"))
reader = tf.train.NewCheckpointReader("strings")
print(reader.get_tensor("v"), reader.get_tensor("w"), reader.get_variable_to_dtype_map()["v"])
