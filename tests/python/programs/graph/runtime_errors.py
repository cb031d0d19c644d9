"""Errors that only running shows: their classes and the operations they name."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, name="x")
i = tf.placeholder(tf.int32, name="i")
cases = {
    "add": (x + tf.zeros([2, 3]), {x: np.zeros([4, 5])}),
    "matmul": (tf.matmul(x, tf.zeros([2, 2])), {x: np.zeros([3, 3])}),
    "reshape": (tf.reshape(x, [2, 2]), {x: np.zeros([3])}),
    "gather": (tf.gather(tf.zeros([3]), i), {i: [7]}),
    "concat": (tf.concat([x, tf.zeros([2, 2])], 0), {x: np.zeros([1, 3])}),
    "slice": (tf.slice(x, [0], [5]), {x: np.zeros([3])}),
    "index": (tf.zeros([2])[i], {i: 2}),
    "split": (tf.split(x, 2), {x: np.zeros([3])}),
    "stack": (tf.stack([x, tf.zeros([2])]), {x: np.zeros([3])}),
    "pad": (tf.pad(x, [[0, 1]]), {x: np.zeros([2, 2])}),
    "tile": (tf.tile(x, [2]), {x: np.zeros([2, 2])}),
    "transpose": (tf.transpose(x, i), {x: np.zeros([2, 2]), i: [0, 0]}),
    "labels": (tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=tf.zeros([2, 3])), {x:
        np.zeros([4, 3])}),
    "conv": (tf.nn.conv2d(x, tf.zeros([3, 3, 2, 1]), [1, 1, 1, 1], "SAME"), {x: np.zeros([1, 4,
        4, 3])}),
    "range": (tf.range(0, 10, i), {i: 0}),
    "fill": (tf.fill([i], 1.0), {i: -1}),
    "argmax": (tf.argmax(x, i), {x: np.zeros([2]), i: 5}),
    "where": (tf.where(x > 0, x, tf.zeros([2])), {x: np.zeros([3])}),
    "one_hot": (tf.one_hot(i, i), {i: -2}),
    "squeeze": (tf.squeeze(x, [0]), {x: np.zeros([2])}),
    "expand": (tf.expand_dims(x, i), {x: 1.0, i: 5}),
    "bias": (tf.nn.bias_add(tf.reshape(x, [1, -1]), [1.0, 2.0]), {x: [1.0]}),
    "segment": (tf.segment_sum(tf.zeros([2]), i), {i: [1, 0]}),
    "scatter": (tf.scatter_nd([[5]], [1.0], [i]), {i: 3}),
    "loop": (tf.while_loop(lambda k: k < 3, lambda k: k // tf.reshape(i, []), [1]), {i: 0}),
}
with tf.Session() as sess:
    for name, (fetch, feed) in sorted(cases.items()):
        try:
            print(name, sess.run(fetch, feed))
        except tf.errors.OpError as e:
            print(name, type(e).__name__, e.op.type if "Add" not in e.op.type else "add")
