"""Gradients of gradients, and Hessians."""
import tensorflow as tf

x = tf.Variable([0.5, -1.0, 2.0], name="x")
w = tf.Variable([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0], [3.0, 0.5, 1.0]], name="w")
functions = {
    "cube": tf.reduce_sum(x ** 3),
    "exp": tf.reduce_sum(tf.exp(x)),
    "sigmoid": tf.reduce_sum(tf.sigmoid(x)),
    "tanh": tf.reduce_sum(tf.tanh(x) * x),
    "log": tf.reduce_sum(tf.log(tf.square(x) + 1.0)),
    "div": tf.reduce_sum(1.0 / (x + 4.0)),
    "matmul": tf.reduce_sum(tf.square(tf.matmul(w, tf.expand_dims(x, 1)))),
    "softplus": tf.reduce_sum(tf.nn.softplus(x)),
    "norm": tf.sqrt(tf.reduce_sum(tf.square(x))),
    "softmax": tf.reduce_sum(tf.nn.softmax(x) * [1.0, 2.0, 3.0]),
    "product": tf.reduce_prod(x + 3.0),
    "relu": tf.reduce_sum(tf.nn.relu(x) * x),
}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for name, f in sorted(functions.items()):
        first = tf.gradients(f, x)[0]
        second = tf.gradients(first, x)[0]
        print(name, sess.run(first).round(4) + 0.0, sess.run(second).round(4) + 0.0)
    third = tf.gradients(tf.gradients(tf.gradients(functions["cube"], x)[0], x)[0], x)[0]
    print(third.name, sess.run(third))
    hessian = tf.hessians(functions["matmul"], x)[0]
    print(hessian.shape, sess.run(hessian).round(3).tolist())
    penalty = tf.square(tf.norm(tf.gradients(functions["matmul"], x)[0]) - 1.0)
    print(sess.run(tf.gradients(penalty, w)[0]).round(1).tolist())
