"""Reshape, transpose, concat, split, stack, tile, pad, squeeze: shapes and values."""
import numpy as np
import tensorflow as tf

x = tf.constant(np.arange(6).reshape(2, 3), tf.int32, name="x")
y = tf.constant(np.arange(24).reshape(2, 3, 4), tf.int32, name="y")
results = [
    tf.reshape(x, [3, 2]), tf.reshape(x, [-1]), tf.reshape(y, [-1, 4]), tf.reshape([7], []),
    tf.transpose(x), tf.transpose(y, [2, 0, 1]), tf.matrix_transpose(y) if hasattr(
        tf, "matrix_transpose") else tf.linalg.transpose(y),
    tf.concat([x, x], 0), tf.concat([x, x], axis=-1), tf.concat([x], 0), tf.stack([x, x], 1),
    tf.stack([1, 2]), tf.tile(x, [2, 1]), tf.tile([1, 2], [3]), tf.expand_dims(x, -1),
    tf.expand_dims(x, 0), tf.squeeze(tf.ones([1, 2, 1])), tf.squeeze(tf.ones([1, 2, 1]), [-1]),
    tf.pad(x, [[1, 0], [0, 2]]), tf.pad(x, [[1, 1], [2, 2]], "REFLECT"),
    tf.pad(x, [[0, 1], [1, 0]], mode="SYMMETRIC"), tf.pad(x, [[0, 0], [1, 0]], constant_values=9),
    tf.slice(y, [0, 1, 1], [2, -1, 2]), tf.strided_slice(x, [0, 0], [2, 3], [1, 2]),
    tf.broadcast_to([1, 2], [3, 2]), tf.zeros([2, 1]), tf.ones([1], tf.int64), tf.ones_like(x),
    tf.zeros_like(x, dtype=tf.float32), tf.fill([2, 2], 3.5), tf.bitcast([1.0], tf.int32),
    tf.space_to_batch_nd(tf.reshape(tf.range(4), [1, 2, 2, 1]), [2, 2], [[0, 0], [0, 0]]),
]
results += tf.split(x, 3, 1) + tf.split(y, [1, 2], axis=1) + tf.unstack(x) + tf.unstack(x, axis=1)
a, b = tf.meshgrid([1, 2], [3, 4, 5])
results += [a, b]
for t in results:
    print(t.name, t.shape, t.dtype.name)
with tf.Session() as sess:
    for t, value in zip(results, sess.run(results)):
        print(t.name, value.tolist())
