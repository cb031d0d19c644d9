"""case: the first that holds, exclusively, with and without a default."""
import tensorflow as tf

x = tf.placeholder(tf.int32, [], name="x")
pairs = [(x < 1, lambda: tf.constant(10)), (x < 5, lambda: x * 2), (x > 100, lambda: -x)]
first = tf.case(pairs, default=lambda: tf.constant(-1))
as_dict = tf.case({tf.equal(x, 3): lambda: tf.constant("three"),
                   tf.equal(x, 4): lambda: tf.constant("four")},
                  default=lambda: tf.constant("many"), exclusive=True, name="names")
strict = tf.case(pairs, exclusive=True, name="strict")
several = tf.case([(x > 2, lambda: (x, x + 1))], default=lambda: (tf.constant(0), tf.constant(1)))
print(first.name, as_dict.name, strict.shape, [t.shape.as_list() for t in several])
with tf.Session() as sess:
    for value in (0, 3, 4, 50, 200):
        print(value, sess.run([first, as_dict, several], {x: value}))
    for value in (3, 0, 50):
        try:
            print(value, sess.run(strict, {x: value}))
        except tf.errors.InvalidArgumentError as e:
            print(value, type(e).__name__, e.op.type)
