"""Gradients: values, names of nodes, unconnected variables, several targets, grad_ys."""
import numpy as np
import tensorflow as tf

x = tf.Variable([1.0, 2.0, 3.0], name="x")
y = tf.Variable([4.0, 5.0, 6.0], name="y")
unused = tf.Variable(1.0, name="unused")
n = tf.constant([1, 2, 3])
z = tf.reduce_sum(x * x * y, name="z")
both = tf.gradients(z, [x, y, unused])
print([g if g is None else g.name for g in both])
several = tf.gradients([z, x * 3.0], x)[0]
weighted = tf.gradients([x * y, x + y], [x, y], grad_ys=[tf.constant([1.0, 0.0, 2.0]), None])
stopped = tf.gradients(tf.stop_gradient(x) * x, x)[0]
stop_list = tf.gradients(x * tf.square(x), x, stop_gradients=[x])[0]
through = tf.gradients(tf.exp(x * 0.1) * y, [x], name="mine")[0]
named = tf.gradients(z, x, colocate_gradients_with_ops=True)[0]
zeros = tf.gradients(z, [unused], unconnected_gradients=tf.UnconnectedGradients.ZERO)[0]
print(several.op.name, through.op.name, named.op.colocation_groups(), zeros.shape)
print(tf.gradients(tf.cast(n, tf.float32), n), tf.gradients(tf.argmax(x), x),
      tf.gradients(tf.round(x), x), tf.gradients(z, []))
added = tf.gradients(z + tf.reduce_sum(x), x, aggregation_method=tf.AggregationMethod.ADD_N)[0]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(both[:2]))
    for t in (several, weighted, stopped, stop_list, through, named, zeros, added):
        print(sess.run(t))
