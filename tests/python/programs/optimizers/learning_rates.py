"""Learning rates that decay, are fed, or are tensors; the global step that drives them."""
import tensorflow as tf

step = tf.train.create_global_step()
decays = [
    tf.train.exponential_decay(0.1, step, 3, 0.5), tf.train.exponential_decay(
        0.1, step, 3, 0.5, staircase=True, name="stairs"),
    tf.train.piecewise_constant(step, [2, 4], [1.0, 0.5, 0.1]),
    tf.train.polynomial_decay(0.1, step, 5, 0.01, power=2.0),
    tf.train.polynomial_decay(0.1, step, 2, cycle=True),
    tf.train.natural_exp_decay(0.1, step, 3, 0.5),
    tf.train.inverse_time_decay(0.1, step, 3, 0.5), tf.train.cosine_decay(0.1, step, 5),
    tf.train.cosine_decay(0.1, step, 5, alpha=0.2), tf.train.cosine_decay_restarts(0.1, step, 2),
    tf.train.linear_cosine_decay(0.1, step, 5), tf.train.natural_exp_decay(
        0.1, step, 3, 0.5, staircase=True), tf.train.inverse_time_decay(0.1, step, 2, 1.0, True),
]
print([t.op.name for t in decays])
v = tf.Variable(8.0, name="v")
rate = tf.placeholder_with_default(0.25, [], name="rate")
fed = tf.train.GradientDescentOptimizer(rate).minimize(v * v, global_step=step)
decaying = tf.train.GradientDescentOptimizer(decays[0]).minimize(v * v, global_step=step)
callable_rate = tf.train.MomentumOptimizer(lambda: 0.01, lambda: 0.5).minimize(v * v)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(7):
        print(tf.train.global_step(sess, step), [round(float(r), 5) for r in sess.run(decays)])
        sess.run([fed, decaying, callable_rate][i % 3])
        print("%.5f" % sess.run(v))
    sess.run(fed, {rate: 0.0})
    print("%.5f" % sess.run(v), sess.run(tf.train.get_global_step()))
