"""Rows that a gradient's rule needs whole are made a tensor once, not at every use."""
import tensorflow as tf

# deviation 75: graph default.meta: gradients/mul_grad/

v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
gradient = tf.gradients(tf.reduce_sum(tf.gather(v * 2.0, [1])), v)[0]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(gradient))
