"""A recurrent cell by hand, unrolled and in a loop, with truncated gradients."""
import numpy as np
import tensorflow as tf

steps, batch, inputs, units = 4, 3, 2, 5
x = tf.placeholder(tf.float32, [batch, steps, inputs], name="x")
target = tf.placeholder(tf.float32, [batch, units], name="target")


def cell(value, state, reuse=tf.AUTO_REUSE):
    with tf.variable_scope("cell", reuse=reuse):
        kernel = tf.get_variable("kernel", [inputs + units, 2 * units],
                                 initializer=tf.random_uniform_initializer(-0.3, 0.3, seed=5))
        bias = tf.get_variable("bias", [2 * units], initializer=tf.zeros_initializer())
    gate, candidate = tf.split(tf.matmul(tf.concat([value, state], 1), kernel) + bias, 2, axis=1)
    gate = tf.sigmoid(gate)
    return gate * state + (1.0 - gate) * tf.tanh(candidate)


state = tf.zeros([batch, units])
for t in range(steps):
    state = cell(x[:, t], state)
by_time = tf.transpose(x, [1, 0, 2])
looped = tf.while_loop(lambda t, s: t < steps, lambda t, s: (t + 1, cell(tf.gather(by_time, t), s)),
                       [tf.constant(0), tf.zeros([batch, units])])[1]
loss = tf.reduce_mean(tf.square(state - target))
loop_loss = tf.reduce_mean(tf.square(looped - target))
variables = tf.trainable_variables()
print([v.name for v in variables], state.shape, looped.shape)
unrolled_gradients = tf.gradients(loss, variables)
loop_gradients = tf.gradients(loop_loss, variables)
clipped, norm = tf.clip_by_global_norm(loop_gradients, 0.05)
train = tf.train.RMSPropOptimizer(0.01).apply_gradients(zip(clipped, variables))
rng = np.random.RandomState(0)
feed = {x: rng.rand(batch, steps, inputs), target: rng.rand(batch, units) - 0.5}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    a, b = sess.run([state, looped], feed)
    print(np.allclose(a, b), a[0].round(3))
    for p, q in zip(sess.run(unrolled_gradients, feed), sess.run(loop_gradients, feed)):
        print(np.allclose(p, q, atol=1e-6), p.shape)
    for _ in range(10):
        value, _ = sess.run([loop_loss, train], feed)
    print("%.4f %.4f" % (value, sess.run(norm, feed)))
