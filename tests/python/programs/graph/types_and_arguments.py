"""Wrong types and shapes when building: classes of errors."""
import numpy as np
import tensorflow as tf

f = tf.constant([1.0, 2.0], name="f")
i = tf.constant([1, 2], name="i")
m = tf.zeros([2, 3], name="m")
s = tf.constant("s", name="s")
attempts = {
    "add types": lambda: tf.add(f, i),
    "add shapes": lambda: tf.add(f, [1.0, 2.0, 3.0]),
    "matmul rank": lambda: tf.matmul(f, f),
    "matmul types": lambda: tf.matmul(m, tf.zeros([3, 2], tf.int32)),
    "sum of strings": lambda: tf.reduce_sum(s),
    "relu of strings": lambda: tf.nn.relu(s),
    "log of integers": lambda: tf.log(i),
    "softmax of integers": lambda: tf.nn.softmax(i),
    "cond of a float": lambda: tf.cond(f[0], lambda: 1, lambda: 2),
    "concat axis": lambda: tf.concat([f, f], 1),
    "concat types": lambda: tf.concat([f, i], 0),
    "argmax axis": lambda: tf.argmax(m, 2),
    "one_hot depth": lambda: tf.one_hot([1], "x"),
    "gather of floats": lambda: tf.gather(m, [0.5]),
    "shape as floats": lambda: tf.reshape(m, [1.5, 4]),
    "zeros of strings": lambda: tf.zeros(["a"]),
    "cast to nothing": lambda: tf.cast(f, "nothing"),
    "placeholder type": lambda: tf.placeholder("floaty"),
    "placeholder shape": lambda: tf.placeholder(tf.float32, [-3]),
    "fill shape": lambda: tf.fill(f, 1.0),
    "range of strings": lambda: tf.range("a"),
    "conv of rank 2": lambda: tf.nn.conv2d(m, tf.zeros([1, 1, 1, 1]), [1, 1, 1, 1], "SAME"),
    "labels shape": lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=m),
    "dropout": lambda: tf.nn.dropout(i, 0.5),
    "unknown argument": lambda: tf.add(f, f, nothing=1),
    "missing argument": lambda: tf.add(f),
    "name is a number": lambda: tf.add(f, f, name=3),
    "keyword twice": lambda: tf.reduce_sum(f, axis=0, reduction_indices=0),
    "stack of nothing": lambda: tf.stack([]),
    "concat of nothing": lambda: tf.concat([], 0),
    "add_n of nothing": lambda: tf.add_n([]),
    "add_n shapes": lambda: tf.add_n([f, m]),
    "split uneven": lambda: tf.split(m, 2, 1),
    "unstack": lambda: tf.unstack(m, num=5),
    "transpose": lambda: tf.transpose(m, [0, 0]),
    "tile": lambda: tf.tile(m, [2]),
    "clip": lambda: tf.clip_by_value(i, 0.5, 1.5),
    "where": lambda: tf.where(f, f, f),
    "select shapes": lambda: tf.where([True], m, f),
    "logical": lambda: tf.logical_and(f, f),
    "assign": lambda: tf.assign(f, f),
    "pow": lambda: tf.pow(f, i),
    "equal": lambda: tf.equal(f, i),
    "module attribute": lambda: tf.no_such_function,
    "train attribute": lambda: tf.train.NoSuchOptimizer,
}
for name, function in sorted(attempts.items()):
    try:
        with tf.name_scope(None):
            print(name, function())
    except Exception as e:
        print(name, type(e).__name__)
tf.reset_default_graph()  # what attempts leave behind is nobody's graph
