"""make_callable, partial fetches, many runs of one session."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None], name="x")
k = tf.placeholder_with_default(2.0, [], name="k")
v = tf.Variable(0.0, name="v")
up = tf.assign_add(v, 1.0)
y = x * k
with tf.Session() as sess:
    sess.run(v.initializer)
    f = sess.make_callable(y, [x, k])
    g = sess.make_callable({"y": y, "v": up, "op": up.op}, feed_list=[x])
    h = sess.make_callable(up.op)
    print(f([1, 2], 3.0), f(np.array([1.0, 2.0]), 0.5))
    print(g([4]), g(np.float32([5])))
    print(h(), h(), sess.run(v))
    names = sess.make_callable("v:0")
    print(names())
    for wrong in (lambda: f("a", 1.0), lambda: f([object()], 2.0),
                  lambda: sess.make_callable("none:0"), lambda: sess.make_callable(y)()):
        try:
            print(wrong())
        except Exception as e:
            print(type(e).__name__)
    for _ in range(100):
        sess.run(up)
    print(sess.run(v), [sess.run(v) for _ in range(3)])
