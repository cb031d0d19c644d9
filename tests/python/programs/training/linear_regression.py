"""A whole little program: data, model, loop, summaries of progress, saving the best."""
import numpy as np
import tensorflow as tf

# rounded: linear

tf.app.flags.DEFINE_float("lr", 0.1, "learning rate")
tf.app.flags.DEFINE_integer("steps", 40, "steps")
rng = np.random.RandomState(7)
xs = rng.rand(64, 1).astype(np.float32)
ys = xs * 3.0 + 0.5 + rng.randn(64, 1).astype(np.float32) * 0.01

x = tf.placeholder(tf.float32, [None, 1], name="x")
y = tf.placeholder(tf.float32, [None, 1], name="y")
w = tf.Variable(tf.zeros([1, 1]), name="weight")
b = tf.Variable(tf.zeros([1]), name="bias")
prediction = tf.add(tf.matmul(x, w), b, name="prediction")
loss = tf.reduce_mean(tf.square(prediction - y), name="loss")
global_step = tf.Variable(0, name="global_step", trainable=False)
train_op = tf.train.GradientDescentOptimizer(0.5).minimize(loss, global_step=global_step)
init = tf.global_variables_initializer()
saver = tf.train.Saver(max_to_keep=2)
best = float("inf")
with tf.Session() as sess:
    sess.run(init)
    for epoch in range(8):
        for i in range(0, 64, 16):
            _, value, step = sess.run([train_op, loss, global_step],
                                      feed_dict={x: xs[i:i + 16], y: ys[i:i + 16]})
        total = loss.eval({x: xs, y: ys})
        print("epoch %d step %d loss %.4f" % (epoch, step, total))
        if total < best:
            best = total
            saver.save(sess, "./linear", global_step=global_step)
    print("%.2f %.2f" % (sess.run(w)[0, 0], sess.run(b)[0]))
with tf.Session() as sess:
    saver.restore(sess, tf.train.latest_checkpoint("."))
    print("%.4f" % sess.run(loss, {x: xs, y: ys}), sess.run(global_step))
print([n.name for n in tf.get_default_graph().as_graph_def().node if n.op == "Placeholder"])
