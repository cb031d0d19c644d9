"""Control dependencies: kept, nested, cleared; what is made outside is not delayed."""
import tensorflow as tf

v = tf.Variable(1.0, name="v")
outside = v.read_value()
up = tf.assign_add(v, 10.0, name="up")
with tf.control_dependencies([up]):
    after = v.read_value()
    not_delayed = outside
    delayed = tf.identity(outside, name="delayed")
    with tf.control_dependencies([tf.no_op(name="n")]):
        both = tf.constant(1.0, name="both")
    with tf.control_dependencies(None):
        free = tf.constant(2.0, name="free")
        with tf.variable_scope("inside"):
            fresh = tf.get_variable("fresh", [], initializer=tf.zeros_initializer())
for op in (after.op, delayed.op, both.op, free.op, fresh.op, fresh.initializer):
    print(op.name, [c.name for c in op.control_inputs])
with tf.get_default_graph().control_dependencies([v.initializer, v]):
    print([c.name for c in tf.identity(2.0).op.control_inputs])
try:
    with tf.control_dependencies([1]):
        pass
except TypeError as e:
    print(type(e).__name__)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(after), sess.run(not_delayed), sess.run(after), sess.run(v))
    print(sess.run(tf.group(up, up)), sess.run(v))
    with tf.control_dependencies([up.op]):
        print(sess.run(tf.tuple([v.read_value(), tf.constant(5.0)])))
