"""Complex tensors: parts, arithmetic, products, gradients."""
import numpy as np
import tensorflow as tf

z = tf.constant([1 + 2j, -3 + 0.5j, 2j], tf.complex64, name="z")
re = tf.constant([1.0, 2.0], name="re")
c = tf.complex(re, [0.5, -1.0])
print(c.dtype, tf.real(z).dtype, tf.abs(z).dtype, tf.constant(1j).dtype)
results = [tf.real(z), tf.imag(z), tf.conj(z), tf.abs(z), tf.angle(z), z * z, z / (1 + 1j), -z,
           tf.square(z), tf.exp(z), tf.reduce_sum(z), c, tf.cast(re, tf.complex128), z - 1.0,
           tf.matmul([[1j, 2.0]], [[3.0], [1j]]), tf.real(re)]
grad = tf.gradients(tf.reduce_sum(tf.abs(c) ** 2), re)[0]
v = tf.Variable([1 + 1j], name="v", dtype=tf.complex64)
with tf.Session() as sess:
    for value in sess.run(results):
        print(value.dtype, np.round(value, 4).tolist())
    print(sess.run(grad))
    sess.run(v.initializer)
    sess.run(v.assign_add([0.5j]))
    print(sess.run(v))
    tf.train.Saver().save(sess, "complex")
print(tf.train.load_variable("complex", "v"))
