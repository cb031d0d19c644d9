"""InteractiveSession, eval and run without a session at hand, as in a notebook."""
import numpy as np
import tensorflow as tf

sess = tf.InteractiveSession()
x = tf.placeholder(tf.float32, [None, 2])
w = tf.Variable(np.eye(2, dtype=np.float32) * 2)
y = tf.matmul(x, w)
tf.global_variables_initializer().run()
print(y.eval({x: [[1, 2]]}), w.eval(), y.eval(feed_dict={x: [[3, 4]]}).sum())
print(tf.get_default_session() is sess, sess.graph is tf.get_default_graph())
tf.assign(w, [[0.0, 1.0], [1.0, 0.0]]).op.run()
print(sess.run(y, {x: [[1, 2]]}))
step = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(y))
step.run(feed_dict={x: [[1, 2]]})
print(w.eval().tolist())
with tf.Session() as inner:
    try:
        w.eval()
    except tf.errors.FailedPreconditionError as e:
        print(type(e).__name__)
print(w.eval(session=sess).shape)
sess.close()
try:
    sess.run(w)
except RuntimeError as e:
    print(type(e).__name__)
with tf.Graph().as_default() as other:
    c = tf.constant(3.0)
    sess = tf.InteractiveSession(graph=other)
    print(c.eval())
    sess.close()
print(tf.get_default_session())
