"""while_loop: several variables, structures, shapes that grow, limits, effects."""
import numpy as np
import tensorflow as tf

n = tf.placeholder(tf.int32, [], name="n")
total = tf.while_loop(lambda i, s: i < n, lambda i, s: [i + 1, s + i], [0, 0])
print([t.name for t in total])
step = tf.constant([[1.0, 1.0], [0.0, 1.0]])
powers = tf.while_loop(lambda i, x: i < 4, lambda i, x: (i + 1, tf.matmul(x, step)),
                       (tf.constant(0), tf.constant([[1.0, 0.0], [0.0, 1.0]])), name="powers",
                       parallel_iterations=1)
single = tf.while_loop(lambda x: x < 100.0, lambda x: x * 3.0, [tf.constant(1.0)])
growing = tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 1, tf.concat([x, [i]], 0)),
                        [tf.constant(0), tf.zeros([1], tf.int32)],
                        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])])
limited = tf.while_loop(lambda i: tf.constant(True), lambda i: i + 1, [0], maximum_iterations=7)
nest = tf.while_loop(lambda s: s["i"] < 3, lambda s: [{"i": s["i"] + 1, "pair": (
    s["pair"][1], s["pair"][0] * 2)}], [{"i": tf.constant(0), "pair": (tf.constant(1), total[1])}])
outer = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + tf.while_loop(
    lambda j: j < i * 2, lambda j: j + 1, [i])), [0, 0])
v = tf.Variable(1.0, name="v")


def with_update(i):
    with tf.control_dependencies([tf.assign_add(v, 2.0)]):
        return tf.identity(i + 1)


counted = tf.while_loop(lambda i: i < n, with_update, [0], back_prop=False, swap_memory=True)
print(powers[1].shape, isinstance(single, tf.Tensor), growing[1].shape, limited.name, outer[1].name)
with tf.Session() as sess:
    sess.run(v.initializer)
    print(sess.run(total, {n: 5}), sess.run(total, {n: 0}), sess.run(powers)[1].tolist())
    print(sess.run([single, limited, nest, outer], {n: 2}))
    print(sess.run(growing, {n: 3}), sess.run(counted, {n: 4}), sess.run(v))
