"""Variables in parts: trained, saved as one tensor, restored whole and in other parts."""
import numpy as np
import tensorflow as tf


def build(parts, use_resource=False):
    partitioner = tf.fixed_size_partitioner(parts) if parts else None
    with tf.variable_scope("m", partitioner=partitioner, use_resource=use_resource):
        return tf.get_variable("w", [6, 2], initializer=tf.constant_initializer(
            np.arange(12, dtype=np.float32).reshape(6, 2) if not parts else 1.0))


w = build(3)
x = tf.placeholder(tf.float32, [None, 6])
loss = tf.reduce_sum(tf.square(tf.matmul(x, w)))
step = tf.train.AdagradOptimizer(0.5).minimize(loss)
print([v.op.name for v in tf.global_variables()])
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(step, {x: np.eye(6)[:4]})
    print(sess.run(tf.convert_to_tensor(w)))
    saver.save(sess, "parts")
print(tf.train.list_variables("parts"))
print(tf.train.load_variable("parts", "m/w").shape)

for parts, use_resource in ((0, False), (2, False), (4, True), (3, True)):
    with tf.Graph().as_default(), tf.Session() as sess:
        w = build(parts, use_resource)
        tf.train.Saver([w] if parts else None).restore(sess, "parts")
        print(parts, sess.run(tf.convert_to_tensor(w)).ravel().round(3).tolist())
        tf.train.Saver([w]).save(sess, "again_%d" % parts)
