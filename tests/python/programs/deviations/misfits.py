"""Restores that do not fit: what has been assigned by then, and shapes of resource variables."""
import tensorflow as tf

# deviation 16: want 'resource: [4.]' got 'resource: InvalidArgumentError'
# deviation 16: want "names: ['also']" got "names: ['none', 'also']"

a = tf.Variable([1.0], name="a")
b = tf.Variable([2.0, 3.0], name="b")
r = tf.get_variable("r", initializer=[4.0], use_resource=True)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "m")
with tf.Graph().as_default(), tf.Session() as sess:
    r = tf.get_variable("r", [3], use_resource=True)
    try:
        tf.train.Saver().restore(sess, "m")
        print("resource:", sess.run(r))
    except tf.errors.InvalidArgumentError as e:
        print("resource:", type(e).__name__)
with tf.Graph().as_default(), tf.Session() as sess:
    a = tf.Variable([0.0], name="a")
    none = tf.Variable([0.0], name="none")
    also = tf.Variable([0.0], name="also")
    try:
        tf.train.Saver().restore(sess, "m")
    except tf.errors.NotFoundError as e:
        print("names:", [name for name in ("none", "also") if "Key %s not found" % name in str(e)])
