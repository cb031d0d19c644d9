"""Scopes entered by object: where names of operations and of variables go."""
import tensorflow as tf

with tf.variable_scope("model") as scope:
    tf.get_variable("a", [])
    print(tf.constant(0, name="c").name)

with tf.variable_scope(scope) as again:
    print(again.name, again.original_name_scope, tf.constant(0, name="c").name)
    print(tf.get_variable("b", []).name)
    again.reuse_variables()
    print(tf.get_variable("a", []).name)
print(scope.reuse)

with tf.variable_scope("other"):
    with tf.variable_scope(scope, reuse=True):
        print(tf.get_variable("a", []).name, tf.constant(0, name="c").name)
        with tf.variable_scope("deep"):
            print(tf.get_variable_scope().name, tf.constant(0, name="c").name)
    print(tf.get_variable_scope().name)

with tf.variable_scope(scope, auxiliary_name_scope=False):
    print(tf.constant(0, name="c").name, tf.get_variable("e", []).name)
with tf.variable_scope(scope, auxiliary_name_scope=False) as inner:
    with tf.name_scope(inner.original_name_scope):
        print(tf.constant(0, name="c").name)
with tf.variable_scope("model"):
    print(tf.constant(0, name="c").name)
with tf.variable_scope("model/deep"):
    print(tf.get_variable("a", []).name, tf.constant(0, name="c").name)

root = tf.get_variable_scope()
print(repr(root.name), repr(root.original_name_scope))
with tf.variable_scope("late"):
    with tf.variable_scope(root):
        print(tf.get_variable("at_root", []).name, tf.constant(0, name="c").name)
print(sorted(v.name for v in tf.global_variables()))
