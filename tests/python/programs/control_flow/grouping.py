"""group, tuple, no_op, with_dependencies, identity: order and what runs."""
import tensorflow as tf
from tensorflow.python.ops import control_flow_ops

v = tf.Variable(0.0, name="v")
w = tf.Variable(0.0, name="w", use_resource=True)
add_v = tf.assign_add(v, 1.0, name="add_v")
add_w = w.assign_add(10.0)
both = tf.group(add_v, add_w, name="both")
with tf.device("/cpu:0"):
    placed = tf.constant(1.0)
grouped = tf.group(both, placed.op, [tf.no_op()])
tupled = tf.tuple([v.read_value(), None, w.read_value()], control_inputs=[both], name="t")
after = control_flow_ops.with_dependencies([add_v], tf.constant(5.0), name="after")
print(both.type, sorted(c.name for c in both.control_inputs), grouped.name)
print([t if t is None else t.name for t in tupled], after.name)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(both), sess.run([v, w]))
    print(sess.run([grouped, after, placed]), sess.run([v, w]))
    sess.run([both, both, both.name])
    print(sess.run([v, w]), both.run(), sess.run(v))
