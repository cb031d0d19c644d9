"""Every initializer: values where they are certain, draws where a seed makes them so."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
made = {
    "zeros": tf.zeros_initializer(),
    "ones": tf.ones_initializer(tf.float64),
    "constant": tf.constant_initializer(2.5),
    "values": tf.constant_initializer([1, 2, 3, 4, 5, 6]),
    "uniform": tf.random_uniform_initializer(-1, 1, seed=1),
    "normal": tf.random_normal_initializer(0.0, 0.1, seed=2),
    "truncated": tf.truncated_normal_initializer(stddev=0.5, seed=3),
    "glorot": tf.glorot_uniform_initializer(seed=4),
    "xavier": tf.glorot_normal_initializer(5),
    "scaling": tf.variance_scaling_initializer(2.0, "fan_in", "uniform", seed=6),
    "average": tf.variance_scaling_initializer(mode="fan_avg", seed=7),
    "scaled": tf.uniform_unit_scaling_initializer(seed=8),
    "he": tf.initializers.he_normal(9),
    "lecun": tf.initializers.lecun_uniform(10),
    "identity": tf.initializers.identity(2.0),
    "class": tf.zeros_initializer,
    "default": None,
    "function": lambda shape, dtype, partition_info=None: tf.fill(shape, 7.0),
}
variables = {}
for name, initializer in made.items():
    dtype = tf.float64 if name == "ones" else tf.float32
    variables[name] = tf.get_variable(name, [2, 3], dtype, initializer)
integers = tf.get_variable("integers", [2], tf.int32)
flags = tf.get_variable("flags", [1], tf.bool, initializer=tf.ones_initializer())
no_shape = tf.Variable(tf.zeros_initializer()([2]), name="no_shape")
late = tf.Variable(lambda: tf.constant([1, 2]), name="late")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for name, value in sorted(sess.run(variables).items()):
        print(name, value.dtype, value.round(4).tolist())
    print(sess.run([integers, flags, no_shape, late]))
print(tf.constant_initializer(2.5).get_config()["value"], made["uniform"].get_config()["seed"])
