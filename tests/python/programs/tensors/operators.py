"""Python's operators on tensors, and the operations they make."""
import numpy as np
import tensorflow as tf

a = tf.constant([1.0, -2.0, 3.5])
b = tf.constant([2.0, 4.0, -0.5])
i = tf.constant([7, -7, 5])
j = tf.constant([2, 2, -3])
results = [a - b, a * b, a / b, a // b, a % b, a ** 2.0, -a, abs(a), a + 1,
           i - j, i * j, i / j, i // j, i % j, -i, abs(i), i + 1, i ** 2]
names = [t.op.name for t in results]
print(names)
print([t.op.type for t in results if "add" not in t.name])
print([t.dtype.name for t in results])

p = tf.constant([True, True, False])
q = tf.constant([True, False, False])
logical = [p & q, p | q, p ^ q, ~p]
print([t.op.type for t in logical])
bits = [i & j, i | j, i ^ j, ~i]
print([t.op.type for t in bits])

with tf.Session() as sess:
    for name, value in zip(names, sess.run(results)):
        print(name, value)
    for value in sess.run(logical):
        print(value)
    print([v.tolist() for v in sess.run(bits)])
