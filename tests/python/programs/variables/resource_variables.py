"""use_resource everywhere: switched on for a scope, for all, read consistently, saved alike."""
import tensorflow as tf

with tf.variable_scope("scope", use_resource=True):
    a = tf.get_variable("a", [2], initializer=tf.ones_initializer())
b = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
c = tf.Variable([1.0, 2.0], use_resource=True, name="c")
print([(v.name, v.op.type, repr(v.dtype)) for v in (a, b, c)])
print(tf.get_variable_scope().use_resource)
tf.enable_resource_variables()
d = tf.Variable(3.0, name="d")
e = tf.get_variable("e", [])
print(d.op.type, e.op.type, tf.resource_variables_enabled())
tf.disable_resource_variables()
print(tf.Variable(3.0, name="f").op.type)

before = c.read_value()
with tf.control_dependencies([before]):
    up = c.assign_add([10.0, 10.0])
with tf.control_dependencies([up]):
    after = c.read_value()
gradient = tf.gradients(tf.reduce_sum(a * c), [a, c])
step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(tf.square(a - c)))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([before, after]), sess.run(gradient))
    sess.run(step)
    print(sess.run([a, c]))
    print(tf.train.Saver([a, b, c, d]).save(sess, "resource"))
print(tf.train.list_variables("resource"))
print([v.name for v in tf.trainable_variables()])
