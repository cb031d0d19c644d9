"""Activations and their gradients."""
import numpy as np
import tensorflow as tf

x = tf.constant([[-3.0, -0.5, 0.0, 0.5, 2.0, 7.0]], name="x")
functions = [tf.nn.relu, tf.nn.relu6, tf.nn.elu, tf.nn.selu, tf.nn.softplus, tf.nn.softsign,
             tf.nn.sigmoid, tf.nn.tanh, tf.nn.softmax, tf.nn.log_softmax, tf.nn.leaky_relu,
             tf.log_sigmoid, lambda t: tf.nn.leaky_relu(t, alpha=0.1, name="leaky"),
             lambda t: tf.nn.softmax(t, axis=0), lambda t: tf.nn.softmax(t, dim=-1),
             lambda t: tf.nn.l2_normalize(t, 1), lambda t: tf.nn.bias_add(t, tf.ones([6])),
             lambda t: tf.nn.xw_plus_b(t, tf.ones([6, 2]), tf.zeros([2])),
             lambda t: tf.nn.relu_layer(t, tf.ones([6, 2]), [0.0, -9.0])]
outputs = [f(x) for f in functions]
weights = tf.constant([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
gradients = [tf.gradients(y * weights if y.shape[1] == 6 else y, x)[0] for y in outputs]
with tf.Session() as sess:
    for y, value, gradient in zip(outputs, sess.run(outputs), sess.run(gradients)):
        print(y.op.name, y.shape)
        print((np.round(value, 4) + 0.0).tolist(), (np.round(gradient, 4) + 0.0).tolist())
moments = tf.nn.moments(x, [0, 1])
kept = tf.nn.moments(x, [1], keep_dims=True)
print([m.name for m in moments], [m.shape.as_list() for m in kept])
with tf.Session() as sess:
    print([round(float(v), 4) for v in sess.run(moments)])
    print(sess.run(tf.nn.zero_fraction(x)).round(4))
