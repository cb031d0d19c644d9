"""cond: values of both branches, structures, side effects, nesting."""
import tensorflow as tf

p = tf.placeholder(tf.bool, [], name="p")
x = tf.constant(3.0, name="x")
v = tf.Variable(1.0, name="v")
simple = tf.cond(p, lambda: x + 1.0, lambda: x * 2.0)
pair = tf.cond(p, lambda: (x, [x * 2.0]), lambda: (x - 1.0, [x]))
as_dict = tf.cond(p, lambda: {"a": x}, lambda: {"a": -x})
compared = tf.cond(x < 5.0, lambda: tf.constant("small"), lambda: tf.constant("large"), name="cmp")
updating = tf.cond(p, lambda: tf.assign_add(v, 10.0), lambda: tf.assign_sub(v, 1.0))
nested = tf.cond(p, lambda: tf.cond(x > 2.0, lambda: x * 100.0, lambda: x),
                 lambda: tf.cond(v > 5.0, lambda: v.read_value(), lambda: tf.zeros([])))
keywords = tf.cond(pred=p, true_fn=lambda: 1, false_fn=lambda: 2, strict=True)
operation = tf.cond(p, lambda: tf.group(v.initializer), lambda: tf.no_op())
print(simple.name, type(pair).__name__, pair[0].shape, sorted(as_dict), compared.name)
print(nested.name, keywords, operation.op.type)
with tf.Session() as sess:
    sess.run(v.initializer)
    for value in (True, False):
        feed = {p: value}
        print(sess.run([simple, pair, as_dict, compared], feed))
        print(sess.run(updating, feed), sess.run(v))
        print(sess.run(nested, feed), sess.run(keywords, feed))
        print(sess.run(operation, feed) in (True, False, None), sess.run(v))
