"""Only the graph's seed: every operation draws its own, the same in every run of the program."""
import tensorflow as tf

tf.set_random_seed(1234)
a = tf.random_uniform([2], name="a")
v = tf.get_variable("v", [2, 2])
b = tf.random_normal([2], name="b")
c = tf.nn.dropout(tf.ones([8]), 0.5, name="c")
d = tf.random_shuffle([1, 2, 3, 4], name="d")
print([a.name, b.name, c.name, d.name])
for _ in range(2):
    with tf.Session() as sess:
        sess.run(v.initializer)
        for t in (a, v, b, c, d, a):
            print(sess.run(t).round(5).tolist())
