"""Gradients of operations on arrays, reductions and products."""
import numpy as np
import tensorflow as tf

x = tf.constant(np.arange(12).reshape(3, 4) * 0.25 - 1.1, tf.float32, name="x")
v = tf.constant([0.5, -1.5, 2.5], name="v")
k = tf.constant(np.arange(12).reshape(3, 4), tf.float32)
functions = {
    "reshape": lambda: tf.reshape(x, [4, 3]) * tf.reshape(k, [4, 3]),
    "transpose": lambda: tf.transpose(x) * tf.transpose(k),
    "slice": lambda: x[1:, ::2] * k[1:, ::2],
    "newaxis": lambda: x[:, None] * k[:, None],
    "concat": lambda: tf.concat([x, x * 2], 1),
    "split": lambda: tf.split(x, 2, 1)[1] * k[:, 2:],
    "stack": lambda: tf.stack([x, k]) * 2.0,
    "unstack": lambda: tf.unstack(x)[1] * k[1],
    "tile": lambda: tf.tile(x, [2, 1]) * 3.0,
    "pad": lambda: tf.pad(x, [[1, 0], [0, 1]]) * 2.0,
    "mirror": lambda: tf.pad(x, [[1, 0], [0, 1]], "REFLECT"),
    "gather": lambda: tf.gather(x, [2, 0, 2]) * k,
    "gather_nd": lambda: tf.gather_nd(x, [[0, 1], [0, 1]]),
    "where": lambda: tf.where(x > 0, x, k),
    "select": lambda: tf.where(x > 0, k, x) * k,
    "max": lambda: tf.reduce_max(x, 1),
    "min": lambda: tf.reduce_min(x),
    "mean": lambda: tf.reduce_mean(x, 0),
    "prod": lambda: tf.reduce_prod(x, 1),
    "sum": lambda: tf.reduce_sum(x, 1, keepdims=True) * k,
    "matmul": lambda: tf.matmul(x, k, transpose_b=True),
    "batch": lambda: tf.matmul([x, k], [k, x], transpose_a=True),
    "maximum": lambda: tf.maximum(x, 0.1) * k,
    "clip": lambda: tf.clip_by_value(x, -0.5, 0.5) * k,
    "cumsum": lambda: tf.cumsum(x, 1) * k,
    "broadcast": lambda: x * tf.reshape(v, [3, 1]),
    "pow": lambda: tf.pow(x + 2.0, 1.5),
    "floormod": lambda: tf.floormod(x, 0.7),
    "atan2": lambda: tf.atan2(x, k + 1.0),
    "expand": lambda: tf.squeeze(tf.expand_dims(x, 1), 1) * k,
    "reverse": lambda: tf.reverse(x, [0]) * k,
    "segment": lambda: tf.segment_sum(x, [0, 0, 1]) * 2.0,
    "logsumexp": lambda: tf.reduce_logsumexp(x, 1),
    "cast": lambda: tf.cast(tf.cast(x, tf.float64), tf.float32) * k,
    "stitch": lambda: tf.dynamic_stitch([[0, 1, 2]], [x]) * k,
    "abs": lambda: tf.abs(x) * k,
    "addn": lambda: tf.add_n([x, x, k]),
    "l2": lambda: tf.nn.l2_loss(x),
    "std": lambda: tf.nn.moments(x, [0])[1],
    "diag": lambda: tf.diag_part(tf.matmul(x, k, transpose_b=True)),
    "scatter": lambda: tf.scatter_nd([[0], [2]], x[:2], [3, 4]) * k,
    "erf": lambda: tf.erf(x),
    "depth": lambda: tf.space_to_depth(tf.reshape(x, [1, 2, 2, 3]), 2),
    "lgamma": lambda: tf.lgamma(x + 3.1),
    "squared": lambda: tf.squared_difference(x, k),
    "rsqrt": lambda: tf.rsqrt(x + 2.0),
    "log1p": lambda: tf.log1p(x + 1.5),
    "sin": lambda: tf.sin(x) * tf.cos(x),
}
with tf.Session() as sess:
    for name, function in sorted(functions.items()):
        with tf.name_scope(name):
            gradient = tf.convert_to_tensor(tf.gradients(function(), x)[0])
            value = sess.run(gradient)
        print(name, gradient.shape, (value.round(3) + 0.0).ravel().tolist())
