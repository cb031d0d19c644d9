"""Matrix products: @ on both sides, transposed, batches, and shapes that do not fit."""
import numpy as np
import tensorflow as tf

a = tf.constant(np.arange(6).reshape(2, 3), tf.float32, name="a")
b = tf.constant(np.arange(12).reshape(3, 4), tf.float32, name="b")
batch = tf.constant(np.arange(12).reshape(2, 2, 3), tf.float32)
x = tf.placeholder(tf.float32, [None, 3])
products = [a @ b, np.ones([1, 2], np.float32) @ a, a @ np.ones([3, 1], np.float32), x @ b,
            tf.matmul(a, a, transpose_a=True), tf.matmul(a, a, transpose_b=True),
            tf.matmul(batch, batch, transpose_b=True), tf.matmul(b, a, adjoint_a=True,
                                                                 adjoint_b=True)]
for p in products:
    print(p.op.name, p.op.type, p.shape)
print(tf.matmul(tf.constant([[1, 2]]), tf.constant([[3], [4]])).dtype)
with tf.Session() as sess:
    for value in sess.run(products, {x: [[1, 0, 0], [0, 0, 2]]}):
        print(value.tolist())
    unknown = tf.placeholder(tf.float32)
    try:
        sess.run(tf.matmul(unknown, unknown), {unknown: np.ones([2, 3])})
    except tf.errors.InvalidArgumentError as e:
        print(type(e).__name__, e.op.type)
