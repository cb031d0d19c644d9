"""TensorArray in and out of loops."""
import tensorflow as tf

x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="x")
ta = tf.TensorArray(tf.float32, size=3, name="ta").unstack(x)
print(ta.dtype, ta.handle.name, ta.size().name)


def body(i, state, out):
    state = state * 0.5 + ta.read(i)
    return i + 1, state, out.write(i, state)


out = tf.TensorArray(tf.float32, size=3)
_, last, out = tf.while_loop(lambda i, *_: i < 3, body, [0, tf.zeros([2]), out])
stacked = out.stack()
gradient = tf.gradients(stacked, x)[0]
dynamic = tf.TensorArray(tf.int32, size=0, dynamic_size=True, clear_after_read=False)
dynamic = dynamic.write(0, 7).write(1, 8)
parts = tf.TensorArray(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2])
mapped = tf.map_fn(lambda row: tf.reduce_sum(row) * row, x)
folded = tf.foldl(lambda a, row: a + tf.reduce_sum(row), x, initializer=0.0)
scanned = tf.scan(lambda a, row: a + row, x)
with tf.Session() as sess:
    print(sess.run([last, stacked, gradient]))
    print(sess.run([dynamic.stack(), dynamic.size(), parts.concat(), dynamic.gather([1, 1])]))
    print(sess.run([mapped, folded, scanned]))
