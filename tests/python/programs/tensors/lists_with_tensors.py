"""Lists that hold tensors become one tensor, by Pack, nested where they nest."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [], name="x")
v = tf.Variable(3.0, name="v")
a = tf.convert_to_tensor([x, 1.0, 2])
b = tf.convert_to_tensor([[x, 0], [0, v]])
c = tf.stack([x, x])
d = tf.reshape(tf.range(6), [tf.constant(2), -1])
e = tf.zeros([tf.shape(c)[0], 2])
f = tf.concat([[x], [1.0, 2.0]], 0)
g = tf.convert_to_tensor([np.float32(1), x])
h = tf.reduce_sum([x, v, 1.0])
i = tf.fill([tf.size(f)], "s")
for t in (a, b, c, d, e, f, g, h, i):
    print(t.name, t.op.type, t.shape, [n.name for n in t.op.inputs])
with tf.Session() as sess:
    sess.run(v.initializer)
    for value in sess.run([a, b, c, d, e, f, g, h, i], {x: 5.0}):
        print(value.tolist())
