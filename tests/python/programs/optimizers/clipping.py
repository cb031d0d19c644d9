"""compute_gradients, gradients changed by hand, apply_gradients."""
import tensorflow as tf

x = tf.Variable([3.0, 4.0], name="x")
y = tf.Variable(2.0, name="y")
unused = tf.Variable(1.0, name="unused")
step = tf.train.get_or_create_global_step()
loss = tf.reduce_sum(x * x) * y
optimizer = tf.train.GradientDescentOptimizer(0.5)
pairs = optimizer.compute_gradients(loss)
print([(g if g is None else g.name, v.name) for g, v in pairs])
by_value = optimizer.apply_gradients([(tf.clip_by_value(g, -1.0, 1.0), v) for g, v in pairs
                                      if g is not None], global_step=step)
grads, variables = zip(*[(g, v) for g, v in pairs if g is not None])
clipped, norm = tf.clip_by_global_norm(grads, 2.5)
by_norm = optimizer.apply_gradients(zip(clipped, variables), name="by_norm")
each = optimizer.apply_gradients([(tf.clip_by_norm(g, 1.0), v) for g, v in pairs[:2]])
partial = optimizer.compute_gradients(loss, var_list=[y], gate_gradients=optimizer.GATE_GRAPH)
scaled = optimizer.compute_gradients(loss, [x], grad_loss=tf.constant(2.0),
                                     colocate_gradients_with_ops=True)
with_none = optimizer.apply_gradients(pairs)
print(by_value.name, by_value.type, by_norm.name, each.name, with_none.type, len(partial))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([g for g, _ in pairs if g is not None]), sess.run(norm), sess.run(scaled[0][0]))
    for op in (by_value, by_norm, each, with_none):
        sess.run(op)
        print(sess.run([x, y]), sess.run(step))
