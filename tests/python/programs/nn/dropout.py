"""Dropout: seeds, noise shapes, rates, gradients."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(42)
x = tf.ones([4, 6], name="x")
a = tf.nn.dropout(x, keep_prob=0.5, seed=1)
b = tf.nn.dropout(x, rate=0.25, seed=2, name="second")
c = tf.nn.dropout(x, 0.5, noise_shape=[4, 1], seed=3)
d = tf.nn.dropout(x, keep_prob=1.0)
e = tf.nn.dropout(x, tf.placeholder_with_default(0.9, []), seed=4)
print(a.name, b.name, c.shape, d is x, d.op.type, e.name)
gradient = tf.gradients(a, x)[0]
with tf.Session() as sess:
    for _ in range(2):
        for value in sess.run([a, b, c, e]):
            print(value.round(3).tolist())
    kept, passed = sess.run([a, gradient])
    print(np.array_equal(kept, passed))
