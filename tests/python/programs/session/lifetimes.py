"""Sessions: default ones, nested, closed, reopened, of other graphs, interactive."""
import tensorflow as tf

a = tf.constant(1.0, name="a")
v = tf.Variable(5.0, name="v")


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


attempt("no default", lambda: a.eval())
print(tf.get_default_session())
sess = tf.Session()
print(sess.graph is tf.get_default_graph(), tf.get_default_session() is sess)
with sess.as_default():
    print(a.eval(), tf.get_default_session() is sess)
    v.initializer.run()
    with tf.Session() as inner:
        print(tf.get_default_session() is inner)
        attempt("another session's variable", lambda: inner.run(v))
        with inner.as_default():
            pass
    print(v.eval(), a.eval(session=sess), tf.assign(v, 6.0).op.run())
print(sess.run(v))
with sess:
    print(sess.run(v))
attempt("closed by with", lambda: sess.run(v))
other = tf.Session()
other.close()
other.close()
attempt("closed", lambda: other.run(a))
g = tf.Graph()
with g.as_default():
    b = tf.constant("b", name="b")
    attempt("graph of its own", lambda: tf.Session(graph=g).run(b))
with tf.Session(graph=g) as of_g:
    print(of_g.graph is g, of_g.run(b), of_g.run("b:0"), tf.get_default_graph() is g)
    attempt("tensor of the first graph", lambda: of_g.run(a))
print(tf.get_default_graph() is g)
attempt("graph is no graph", lambda: tf.Session(graph="g"))
attempt("config is no config", lambda: tf.Session(config="c"))
attempt("target is a number", lambda: tf.Session(3))
attempt("empty graph", lambda: tf.Session(graph=tf.Graph()).run("a:0"))
config = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
config.gpu_options.allow_growth = True
with tf.Session(config=config) as sess:
    print(sess.run(a, options=tf.RunOptions(timeout_in_ms=10000), run_metadata=tf.RunMetadata()))
interactive = tf.InteractiveSession()
v.initializer.run()
print(v.eval(), (a + v).eval(), tf.get_default_session() is interactive)
interactive.close()
with tf.Session("") as sess, sess.graph.as_default():
    grown = a + 1.0
    print(sess.run(grown), grown.eval(), sess.run(grown * 2.0), sess.sess_str == b"")
