"""Complex numbers, with gradients."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def complex_parts():
    z = tf.placeholder(tf.complex64, [2, 3], name="z")
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    ys = [tf.real(z), tf.imag(z), tf.angle(z), tf.abs(z)]
    tf.gradients(ys, [z])
    tf.gradients(tf.conj(z), [z], grad_ys=[z])
    tf.real(x)
    tf.imag(x)
    tf.angle(x)
    tf.conj(x)
    tf.real(tf.placeholder(tf.complex128, name="w"), name="named")


@program
def complex_numbers():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    y = tf.placeholder(tf.float32, [3], name="y")
    tf.gradients(tf.abs(tf.complex(x, y)), [x, y])
    tf.complex(tf.constant(1.0), 2.0, name="named")
