"""Some of the variables, under other names; what is missing or does not fit is an error."""
import tensorflow as tf

v1 = tf.Variable(1.0, name="v1")
v2 = tf.Variable([2.0, 3.0], name="v2")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "both")
    tf.train.Saver({"renamed/one": v1, "two": v2}).save(sess, "renamed")
    tf.train.Saver([v1]).save(sess, "one")
print(tf.train.list_variables("renamed"), tf.train.list_variables("one"))


def restore(what, make_saver, path, fetches):
    with tf.Session() as sess:
        try:
            make_saver().restore(sess, path)
        except (tf.errors.OpError, ValueError) as e:
            print(what, type(e).__name__, [key for key in ("other", "two", "v1") if
                                           "Key %s not found in checkpoint" % key in str(e)])
        for fetch in fetches:
            try:
                print(what, fetch.op.name, sess.run(fetch))
            except tf.errors.FailedPreconditionError as e:
                print(what, fetch.op.name, type(e).__name__)


restore("only v1", lambda: tf.train.Saver([v1]), "both", [v1, v2])
restore("swapped", lambda: tf.train.Saver({"renamed/one": v1, "two": v2}), "renamed", [v1, v2])
restore("missing", lambda: tf.train.Saver([v1]), "renamed", [v1])
with tf.Graph().as_default():
    other = tf.Variable(0.0, name="other")
    v1 = tf.Variable(0.0, name="v1")
    restore("not there", lambda: tf.train.Saver([other]), "both", [other])
    restore("renaming", lambda: tf.train.Saver({"v1": other}), "both", [other])
    restore("nothing", tf.train.Saver, "nothing", [])
with tf.Graph().as_default():
    v2 = tf.Variable([0.0, 0.0, 0.0], name="v2")
    restore("shape", tf.train.Saver, "both", [v2])
    restore("reshape", lambda: tf.train.Saver(reshape=True), "both", [v2])
with tf.Graph().as_default():
    v2 = tf.Variable([[0.0], [0.0]], name="v2")
    restore("reshaped", lambda: tf.train.Saver(reshape=True), "both", [v2])
with tf.Graph().as_default():
    v1 = tf.Variable(0, name="v1")
    restore("type", tf.train.Saver, "both", [v1])
