"""Branches, loops and groups that are refused."""
import tensorflow as tf


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


p = tf.placeholder(tf.bool, [], name="p")
x = tf.constant(3.0, name="x")
n = tf.constant(3, name="n")
attempt("cond: structures", lambda: tf.cond(p, lambda: x, lambda: (x, x)))
attempt("cond: no function", lambda: tf.cond(p, x, lambda: x))
attempt("cond: types", lambda: tf.cond(p, lambda: x, lambda: tf.constant(1)))
attempt("cond: one branch", lambda: tf.cond(p, lambda: x))
attempt("cond: Python's bool", lambda: tf.cond(True, lambda: x, lambda: x))
attempt("cond: nothing returned", lambda: tf.cond(p, lambda: None, lambda: x))
attempt("cond: a float", lambda: tf.cond(x, lambda: x, lambda: x))
attempt("case: nothing", lambda: tf.case([]))
attempt("case: no pairs", lambda: tf.case([p]))
attempt("case: no function", lambda: tf.case([(p, 3)]))
attempt("case: no bool", lambda: tf.case([(n, lambda: x)]))
attempt("case: a number", lambda: tf.case(3))
attempt("loop: more returned", lambda: tf.while_loop(lambda i: i < 3, lambda i: (i, i), [0]))
attempt("loop: shape changes", lambda: tf.while_loop(
    lambda i: i[0] < 3, lambda i: tf.concat([i, i], 0), [tf.zeros([1], tf.int32)]))
attempt("loop: no bool", lambda: tf.while_loop(lambda i: i, lambda i: i, [0]))
attempt("loop: no variables", lambda: tf.while_loop(lambda: True, lambda: [], []))
attempt("loop: no function", lambda: tf.while_loop(1, lambda i: i, [0]))
attempt("loop: invariants", lambda: tf.while_loop(
    lambda i: i < 3, lambda i: i + 1, [0], shape_invariants=[]))
attempt("group: a number", lambda: tf.group(1))
attempt("tuple: nothing", lambda: tf.tuple([]))
attempt("tuple: only None", lambda: tf.tuple([None]))

tf.reset_default_graph()  # what attempts leave behind is nobody's graph
