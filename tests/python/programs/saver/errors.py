"""What a Saver refuses, and as which class."""
import tensorflow as tf

# deviation 17: file .meta: extra

v = tf.Variable(1.0, name="v")
w = tf.Variable([1.0], name="w")
scoped = tf.get_variable("v_1", initializer=2.0)
told = ("twice", "two names", "empty", "no folder", "path in latest", "none", "absent",
        "no variables", "closed")


def attempt(what, function):
    try:
        result = function()
        print(what, result if isinstance(result, str) else type(result).__name__)
    except Exception as e:
        print(what, type(e).__name__)
        print(str(e).split("\n")[0][:35] if what in told else isinstance(e, tf.errors.OpError))


attempt("a tensor", lambda: tf.train.Saver([tf.constant(1.0)]))
attempt("one variable", lambda: tf.train.Saver(v))
attempt("twice", lambda: tf.train.Saver([v, v]))
attempt("two names", lambda: tf.train.Saver({"a": v, "b": v}))
attempt("string", lambda: tf.train.Saver("v"))
attempt("empty", lambda: tf.train.Saver([]))
attempt("allowed empty", lambda: tf.train.Saver([], allow_empty=True))
attempt("list in dict", lambda: tf.train.Saver({"a": [v, w]}))
attempt("saver_def", lambda: tf.train.Saver(saver_def="x"))
attempt("deferred with list", lambda: tf.train.Saver([v], defer_build=True))
saver = tf.train.Saver()
with tf.Session() as sess:
    attempt("uninitialized", lambda: saver.save(sess, "./m"))
    sess.run(tf.global_variables_initializer())
    attempt("no folder", lambda: saver.save(sess, "no/such/folder/m"))
    attempt("path in latest", lambda: saver.save(sess, "m", latest_filename="a/b"))
    attempt("no session", lambda: saver.save(None, "m"))
    attempt("closed", lambda: tf.train.Saver([v]).save(tf.Session(graph=tf.Graph()), "m"))
    attempt("none", lambda: saver.restore(sess, None))
    attempt("absent", lambda: saver.restore(sess, "absent"))
    attempt("step", lambda: saver.save(sess, "m", global_step="x"))
    attempt("save", lambda: saver.save(sess, "m"))
    attempt("empty name", lambda: saver.save(sess, ""))
    open("junk.index", "w").write("no table")
    attempt("junk", lambda: saver.restore(sess, "junk"))
with tf.Graph().as_default():
    attempt("no variables", lambda: tf.train.Saver())
    attempt("no variables later", lambda: tf.train.Saver(allow_empty=True).save(tf.Session(), "m"))
attempt("reader", lambda: tf.train.NewCheckpointReader("absent"))
attempt("load", lambda: tf.train.load_variable("m", "absent"))
attempt("list", lambda: tf.train.list_variables("absent"))
attempt("meta", lambda: tf.train.import_meta_graph("absent.meta"))
