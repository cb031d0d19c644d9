"""Comparisons make tensors, equality compares objects, and a tensor is no bool."""
import numpy as np
import tensorflow as tf

a = tf.constant([1, 2, 3], name="a")
b = tf.constant([3, 2, 1], name="b")
made = [a < b, a <= b, a > b, a >= b, a < 2, 2 < a, np.array([2, 2, 2], np.int32) > a]
print([t.op.name for t in made], made[0].dtype)
print(a == b, a == a, a != b, a == 1, a in [b, a], [b, a].index(a))
print(len({a, b, a}), {a: "found"}[a])
equal = [tf.equal(a, b), tf.not_equal(a, b), tf.less(a, b), tf.greater_equal(a, [2, 2, 2])]
print([t.op.name for t in equal])


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


attempt("if", lambda: 1 if a < b else 2)
attempt("not", lambda: not a)
attempt("and", lambda: (a < b) and (a > b))
attempt("len", lambda: len(a))
attempt("for", lambda: [x for x in a])
attempt("int", lambda: int(tf.constant(1)))
attempt("float", lambda: float(tf.constant(1.0)))
attempt("in", lambda: 1 in a)
attempt("numpy", lambda: np.array(a))
attempt("hash", lambda: hash(a) == hash(a))
attempt("strings", lambda: tf.equal("x", tf.constant(["x", "y"])).op.type)
attempt("types", lambda: a < 2.5)
with tf.Session() as sess:
    for value in sess.run(made + equal):
        print(value)
