"""The divisions and what they make of integers, signs and types."""
import tensorflow as tf

x = [7, -7, 7, -7]
y = [2, 2, -2, -2]
for dtype in (tf.int32, tf.int64, tf.int16, tf.uint8, tf.float32, tf.float64):
    a = tf.constant([7, 9, 4, 1] if dtype == tf.uint8 else x, dtype)
    b = tf.constant([2, 2, 3, 5] if dtype == tf.uint8 else y, dtype)
    results = [a / b, a // b, a % b, tf.div(a, b), tf.floordiv(a, b), tf.floormod(a, b),
               tf.truediv(a, b), tf.divide(a, b), tf.truncatediv(a, b) if dtype.is_integer else a]
    print(dtype.name, [r.dtype.name for r in results], [r.op.type for r in results])
    with tf.Session() as sess:
        print([v.tolist() for v in sess.run(results)])
print(tf.divide(7, 2), tf.truediv(7, 2).dtype)

zero = tf.placeholder(tf.int32, [])
with tf.Session() as sess:
    for op in (tf.constant(1) // zero, tf.constant(1) % zero, tf.div(tf.constant(1), zero)):
        try:
            sess.run(op, {zero: 0})
        except tf.errors.InvalidArgumentError as e:
            print(type(e).__name__, "Integer division by zero" in e.message)
    print(sess.run(tf.constant(1) / zero, {zero: 0}), sess.run(tf.constant(1.0) // 0.0))
    print(sess.run(tf.div_no_nan([1.0, 2.0], [0.0, 4.0])))
