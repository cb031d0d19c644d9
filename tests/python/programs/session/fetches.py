"""What run takes and gives: nests, names, operations, nothing, the same twice."""
import collections

import numpy as np
import tensorflow as tf

Pair = collections.namedtuple("Pair", ["first", "second"])
a = tf.constant(1.0, name="a")
b = tf.constant([1, 2], name="b")
v = tf.Variable(3.0, name="v")
op = tf.no_op(name="op")
with tf.Session() as sess:
    sess.run(v.initializer)
    for fetches in (a, [a], (a, b), {"x": a, "y": [b, {"z": a}]}, Pair(a, [b]), "a:0",
                    ["a:0", "op"],
                    op, [op, a], [], {}, (), [[]], v, "v:0", [a, a, b, a], {"same": a, "again": a},
                    collections.OrderedDict([("q", b), ("p", a)]), "op", [(a, (b, [op]))]):
        value = sess.run(fetches)
        print(type(value).__name__, value)
    result = sess.run(Pair(a, b))
    print(result.first, result.second, result._fields)
    print(type(sess.run(a)).__name__, sess.run(b).dtype)
    value = sess.run(v)
    sess.run(v.assign(4.0))
    print(value, sess.run(v))

    def attempt(fetch):
        try:
            print(sess.run(fetch))
        except Exception as e:
            print(type(e).__name__)

    for wrong in (None, 3, [None], {"a": None}, "none:0", "none", "a:1", "a:x", object(), [a, 2.5],
                  np.array([1]), b"a:0", ["a"], "a", ":0", "", "^op", set([1]), {"k": "none:0"}):
        attempt(wrong)
    with tf.Graph().as_default():
        other = tf.constant(1.0)
    attempt(other)
    attempt([a, other])
