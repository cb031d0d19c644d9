"""Embeddings: lookups, sparse gradients, training only what was looked up, partitions."""
import numpy as np
import tensorflow as tf

table = tf.get_variable("table", initializer=np.arange(10, dtype=np.float32).reshape(5, 2))
ids = tf.placeholder(tf.int32, [None, 2], name="ids")
vectors = tf.nn.embedding_lookup(table, ids)
print(vectors.name, vectors.op.type, vectors.shape)
loss = tf.reduce_sum(tf.square(vectors))
gradient = tf.gradients(loss, table)[0]
print(isinstance(gradient, tf.IndexedSlices), gradient.values.shape, gradient.dense_shape)
sgd = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
adam = tf.train.AdamOptimizer(0.1)
lazy = adam.minimize(loss)
parts = [tf.constant([[0.0], [2.0], [4.0]]), tf.constant([[1.0], [3.0]])]
mod = tf.nn.embedding_lookup(parts, [0, 1, 2, 3, 4])
div = tf.nn.embedding_lookup(parts, [0, 1, 2, 3, 4], partition_strategy="div")
clipped = tf.nn.embedding_lookup(table, [4], max_norm=1.0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(vectors, {ids: [[0, 4], [1, 1]]}).tolist())
    slices = sess.run(gradient, {ids: [[0, 4], [1, 1]]})
    print(type(slices).__name__, slices.values.tolist(), slices.indices, slices.dense_shape)
    sess.run(sgd, {ids: [[0, 4], [1, 1]]})
    print(sess.run(table).round(4).tolist())
    sess.run(lazy, {ids: [[3, 3]]})
    print(sess.run(table).round(4).tolist())
    print(sess.run(adam.get_slot(table, "m")).round(4).tolist())
    print(sess.run([mod, div]))
    print(sess.run(clipped).round(4))
    print(sess.run(tf.convert_to_tensor(gradient), {ids: [[1, 1]]}).tolist())
