"""Variable obeys name scopes, get_variable only variable scopes."""
import tensorflow as tf

with tf.name_scope("ns"):
    print(tf.Variable(1.0, name="v").name, tf.get_variable("g", []).name)
    with tf.variable_scope("vs"):
        print(tf.Variable(1.0, name="v").name, tf.get_variable("g", []).name)
        with tf.name_scope("inner"):
            print(tf.Variable(1.0, name="v").name, tf.get_variable("h", []).name)
with tf.variable_scope("vs"):
    print(tf.Variable(1.0, name="v").name, tf.get_variable("k", []).name)

print(tf.Variable(1.0).name, tf.Variable(2.0).name, tf.Variable(2.0, name="Variable").name)
a = tf.Variable([1, 2], name="a")
print(a.initializer.name, a.op.type, a.value().name, a.read_value().name, a.initial_value.name)
print(a, repr(a.dtype), a.dtype.base_dtype, a.shape, a.get_shape())

only_b = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="ns")
print([v.name for v in only_b])
print([v.name for v in tf.trainable_variables(scope="vs")])
print([v.name for v in tf.global_variables(".*/g")])
print([v.name for v in tf.get_collection("variables", "vs/h")])
