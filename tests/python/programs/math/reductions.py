"""Reductions over all, some and no axes; kept dimensions; empty tensors."""
import numpy as np
import tensorflow as tf

x = tf.constant(np.arange(24).reshape(2, 3, 4) - 7, tf.float32, name="x")
b = tf.constant([[True, False], [True, True]], name="b")
empty = tf.zeros([0, 3])
results = [
    tf.reduce_sum(x), tf.reduce_sum(x, 0), tf.reduce_sum(x, [0, 2]), tf.reduce_sum(x, -1),
    tf.reduce_sum(x, 1, keepdims=True), tf.reduce_sum(x, axis=[]), tf.reduce_mean(x, [1, 2]),
    tf.reduce_max(x, [0, 1]), tf.reduce_min(x), tf.reduce_prod(x[0, 0], 0), tf.reduce_all(b),
    tf.reduce_any(b, 0), tf.reduce_all(b, 1, keepdims=True), tf.reduce_sum(empty, 0),
    tf.reduce_max(empty), tf.reduce_mean(empty, 1), tf.reduce_prod(empty), tf.reduce_logsumexp(x),
    tf.reduce_sum(x, reduction_indices=[1]), tf.reduce_sum(x, 2, keep_dims=True),
    tf.reduce_mean(tf.constant([1, 2, 4])), tf.argmax(x, 2), tf.argmin(x, 0, output_type=tf.int32),
    tf.cumsum(x[0], 1), tf.cumsum(x[0], exclusive=True, reverse=True), tf.cumprod([1.0, 2.0, 3.0]),
    tf.reduce_variance(x) if hasattr(tf, "reduce_variance") else tf.math.reduce_variance(x),
    tf.math.reduce_std(x, 0), tf.count_nonzero(x, 1), tf.norm(x[0]), tf.nn.l2_loss(x),
]
for t in results:
    print(t.op.name, t.shape, t.dtype.name)
axis = tf.placeholder(tf.int32)
dynamic = tf.reduce_sum(x, axis)
print(dynamic.shape)
with tf.Session() as sess:
    for t, value in zip(results, sess.run(results)):
        print(t.op.name, np.round(value, 3).tolist() if value.dtype != bool else value)
    print(sess.run(dynamic, {axis: [0, 1]}).tolist(), sess.run(dynamic, {axis: 0}).shape)
    try:
        sess.run(dynamic, {axis: 3})
    except tf.errors.InvalidArgumentError as e:
        print(type(e).__name__)
