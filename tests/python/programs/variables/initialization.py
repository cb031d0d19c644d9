"""Reading before initializing, and the ways to initialize."""
import tensorflow as tf

v = tf.Variable([1.0, 2.0], name="v")
w = tf.Variable(v.initialized_value() * 10.0, name="w")
r = tf.get_variable("r", [2], initializer=tf.ones_initializer(), use_resource=True)
u = tf.get_variable("u", [], initializer=tf.zeros_initializer(), collections=["local_variables"])
check = [tf.is_variable_initialized(v), tf.is_variable_initialized(r)]
report = tf.report_uninitialized_variables()
assertion = tf.assert_variables_initialized([v, w])


def attempt(what, fetch, feed=None):
    try:
        print(what, sess.run(fetch, feed))
    except tf.errors.OpError as e:
        print(what, type(e).__name__, e.error_code,
              "Attempting to use uninitialized value" in e.message)


with tf.Session() as sess:
    attempt("variable", v)
    attempt("sum", v + 1)
    attempt("resource", r)
    attempt("assign_add", tf.assign_add(v, [1.0, 1.0]))
    attempt("dependent", w.initializer)
    print(sess.run(check), sorted(sess.run(report)))
    attempt("assertion", assertion)
    print("fed", sess.run(v + 1, {v: [5.0, 6.0]}))
    sess.run(tf.variables_initializer([v]))
    print(sess.run(check), sorted(sess.run(report)))
    sess.run(tf.global_variables_initializer())
    sess.run(tf.local_variables_initializer())
    print(sess.run([v, w, r, u]), sess.run(report), sess.run(assertion))
    print(v.eval(), r.eval(session=sess), w.initial_value.eval())
print(tf.global_variables_initializer().name, tf.variables_initializer([]).type)
with tf.Session() as sess:
    attempt("new session", v)
    r.initializer.run()
    v.load([7.0, 8.0], sess)
    print(sess.run([v, r]))
