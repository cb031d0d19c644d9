"""Static shapes with unknown dimensions: what operations make of them, set_shape, tf.shape."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4], name="x")
y = tf.placeholder(tf.float32, name="y")
print(x.shape, x.get_shape().as_list(), y.shape, y.shape.ndims)
tensors = [x + 1, tf.reduce_sum(x), tf.reduce_mean(x, 0), tf.reduce_max(x, 1, keepdims=True),
           tf.matmul(x, tf.zeros([4, 2])), tf.reshape(x, [-1, 2, 2]), tf.transpose(x),
           tf.expand_dims(x, 1), tf.concat([x, x], 0), tf.concat([x, tf.zeros([3, 4])], 0),
           tf.concat([x, x], 1), tf.stack([x, x]), x[0], x[:, 1], x[1:3], tf.shape(x),
           tf.argmax(x, 1), tf.one_hot([1, 2], 3), tf.tile(x, [2, 3]), tf.gather(x, [0, 1, 2]),
           tf.pad(x, [[1, 1], [0, 2]]), tf.squeeze(tf.expand_dims(x, 0), [0]), y + x, y * 2,
           tf.reshape(x, tf.shape(x)), tf.reshape(x, [tf.shape(x)[0], 4]), tf.zeros_like(x),
           tf.split(x, 2, axis=1)[0], tf.unstack(x, axis=1)[0], tf.fill([tf.shape(x)[0]], 1.0),
           tf.reshape(y, [2, -1]), tf.where(x > 0, x, -x), tf.cast(x, tf.int32), tf.rank(x)]
for t in tensors:
    print(t.op.type if "Add" not in t.op.type else "add", t.shape)

y.set_shape([None, 3])
print(y.shape, y.shape[1].value)
y.set_shape([7, None])
print(y.shape)
with tf.Session() as sess:
    print(sess.run([tf.shape(x), tf.size(x), tf.rank(x)], {x: np.zeros([5, 4])}))
    print(sess.run(tf.shape_n([x, x[0]]), {x: np.zeros([2, 4])}))
