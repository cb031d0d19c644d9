"""Assertions: static ones at once, others when run, with their message and data."""
import tensorflow as tf

x = tf.placeholder(tf.float32, [None], name="x")
n = tf.placeholder(tf.int32, [], name="n")
checks = {
    "Assert": tf.Assert(n > 0, [n, x], name="a"),
    "equal": tf.assert_equal(n, 1, message="n must be 1"),
    "positive": tf.assert_positive(x),
    "less": tf.assert_less(x, 10.0, data=[n]),
    "non_negative": tf.assert_non_negative(n),
    "rank": tf.assert_rank(x, 1),
    "greater_equal": tf.assert_greater_equal(x, 1.0),
    "none_equal": tf.assert_none_equal(n, 5),
    "integer": tf.assert_integer(n),
    "type": tf.assert_type(x, tf.float32),
}
print(sorted((name, op if op is None else op.type) for name, op in checks.items()))
with tf.control_dependencies([checks["equal"]]):
    guarded = x * 2.0
numbers = tf.check_numerics(tf.log(x), "bad logarithm")
with tf.Session() as sess:
    for feed in ({x: [1.0, 2.0], n: 1}, {x: [-1.0, 20.0], n: 0}, {x: [0.5], n: 5}):
        for name, op in sorted(checks.items()):
            try:
                sess.run(op, feed)
            except tf.errors.InvalidArgumentError as e:
                print(name, type(e).__name__, "n must be 1" in e.message)
    print(sess.run(guarded, {x: [3.0], n: 1}))
    for value in (1.0, 0.0, -1.0):
        try:
            print(sess.run(numbers, {x: [value]}))
        except tf.errors.InvalidArgumentError as e:
            print(type(e).__name__, "bad logarithm" in e.message)
for wrong in (lambda: tf.assert_equal(1, 2), lambda: tf.assert_rank(x, 2), lambda: tf.assert_less(
        [1, 2], [1, 3]), lambda: tf.assert_integer(x), lambda: tf.assert_positive([-1.0])):
    try:
        wrong()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
