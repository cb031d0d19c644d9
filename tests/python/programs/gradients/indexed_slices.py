"""Gradients through gather: IndexedSlices, added up, made dense, clipped, run."""
import warnings

import numpy as np
import tensorflow as tf

warnings.simplefilter("ignore")
v = tf.Variable(np.arange(8, dtype=np.float32).reshape(4, 2), name="v")
r = tf.get_variable("r", initializer=np.ones([3, 2], np.float32), use_resource=True)
one = tf.gradients(tf.reduce_sum(tf.square(tf.gather(v, [1, 3]))), v)[0]
two = tf.gradients(tf.reduce_sum(tf.gather(v, [0, 1]) * tf.gather(v, [1, 1])), v)[0]
mixed = tf.gradients(tf.reduce_sum(tf.gather(v, [2])) + tf.reduce_sum(v * v), v)[0]
resource = tf.gradients(tf.reduce_sum(tf.gather(r, [2, 0, 2]) * 3.0), r)[0]
for g in (one, two, mixed, resource):
    print(type(g).__name__ if isinstance(g, tf.IndexedSlices) else "Tensor", g.dtype)
print(one.name, one.indices.name, one.values.shape, one.op.type, one.graph is v.graph)
clipped, norm = tf.clip_by_global_norm([one, mixed], 1.0)
by_norm = tf.clip_by_norm(one, 0.5)
made = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([3]), tf.constant([4, 2]))
print(isinstance(clipped[0], tf.IndexedSlices), isinstance(by_norm, tf.IndexedSlices))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for g in (one, two, resource, made, clipped[0], by_norm):
        value = sess.run(g)
        print(value._fields, value.values.round(4).tolist(), value.indices.tolist(),
              None if value.dense_shape is None else value.dense_shape.tolist())
    for g in (one, two, mixed, resource, made):
        print(sess.run(tf.convert_to_tensor(g)).tolist())
    print(sess.run([norm, {"g": made}])[1]["g"].indices, sess.run(made.values))
    fed = tf.IndexedSlices(tf.placeholder(tf.float32), tf.placeholder(tf.int32))
    print(sess.run(tf.unsorted_segment_sum(fed.values, fed.indices, 2),
                   {fed: (np.array([[5.0, 5.0], [1.0, 0.0]]), np.array([0, 0]))}).tolist())
