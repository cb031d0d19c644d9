"""bfloat16 and half: constants, casts, feeds, fetches, variables, files."""
import numpy as np
import tensorflow as tf

numpy_bfloat16 = tf.bfloat16.as_numpy_dtype
a = tf.constant([1.0, 1.5, 3.14159, -65504.0], tf.bfloat16, name="a")
h = tf.constant([1.0, 1.5, 3.14159, -65504.0], tf.float16, name="h")
f = tf.constant([0.1, 1e-3, 1e10, 7.7], tf.float32)
p = tf.placeholder(tf.bfloat16, [2])
v = tf.get_variable("v", [3], tf.bfloat16, initializer=tf.ones_initializer())
w = tf.get_variable("w", initializer=np.array([0.25, 2], np.float16))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for t in (a, h, tf.cast(f, tf.bfloat16), tf.cast(f, tf.float16), tf.cast(a, tf.float32),
              tf.cast(a, tf.float64), tf.cast(tf.cast(f, tf.bfloat16), tf.int32), a * a, h + h,
              tf.reduce_sum(a), v + 1, w):
        value = sess.run(t)
        print(t.dtype.base_dtype.name, value.dtype, value.astype(np.float64).tolist())
    print(sess.run(p, {p: np.array([1, 2.5], numpy_bfloat16)}).dtype == numpy_bfloat16)
    print(sess.run(p * 2, {p: [0.5, 3]}).astype(float))
    tf.train.Saver().save(sess, "narrow")
reader = tf.train.NewCheckpointReader("narrow")
print(reader.get_tensor("v").dtype, reader.get_tensor("w"))
print(sorted(reader.get_variable_to_dtype_map()))
print(tf.to_bfloat16(f).dtype)
