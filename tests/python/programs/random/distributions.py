"""Draws of every distribution, type and shape, by seeds."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(2)
shape = tf.placeholder(tf.int32, [None])
draws = [
    tf.random_uniform([2, 3], seed=1), tf.random_uniform([4], -1, 1, seed=2),
    tf.random_uniform([5], 0, 10, tf.int32, seed=3),
    tf.random_uniform([3], maxval=2 ** 40, dtype=tf.int64, seed=4),
    tf.random_uniform([3], dtype=tf.float64, seed=5), tf.random_uniform(shape, seed=6),
    tf.random_normal([2, 2], 10.0, 0.5, seed=7), tf.random_normal([3], dtype=tf.float64, seed=8),
    tf.truncated_normal([6], stddev=2.0, seed=9),
    tf.truncated_normal([3], seed=10, dtype=tf.float64),
    tf.random_shuffle(tf.range(6), seed=11), tf.random_uniform([], seed=12),
    tf.random_uniform([3], tf.constant(1.0), tf.constant(2.0), seed=13),
    tf.random_normal([2], mean=[0.0, 100.0], seed=14),
]
for t in draws:
    print(t.name, t.shape, t.dtype.name)
with tf.Session() as sess:
    for _ in range(2):
        for value in sess.run(draws, {shape: [2]}):
            print(value.tolist() if value.dtype.kind == "i" else np.round(value, 5).tolist())
large = tf.random_normal([200000], seed=1)
with tf.Session() as sess:
    value = sess.run(large)
    print(abs(value.mean()) < 0.01, abs(value.std() - 1) < 0.01, value[-3:])
