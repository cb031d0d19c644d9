"""Partial, renamed and swapped restores with resource variables, and from one kind to the other."""
import tensorflow as tf


def build(use_resource):
    with tf.variable_scope("net", use_resource=use_resource):
        a = tf.get_variable("a", initializer=[1.0, 2.0])
        with tf.variable_scope("deep"):
            b = tf.get_variable("b", initializer=3)
    return a, b


for kind in (False, True):
    with tf.Graph().as_default(), tf.Session() as sess:
        a, b = build(kind)
        sess.run(tf.global_variables_initializer())
        sess.run([a.assign([5.0, 6.0]), b.assign(7)])
        saver = tf.train.Saver({"one": a, "two": b})
        print(saver.save(sess, "kind%d" % kind, global_step=b))
        print(tf.train.Saver().save(sess, "all%d" % kind))

for saved in (0, 1):
    for kind in (False, True):
        with tf.Graph().as_default(), tf.Session() as sess:
            a, b = build(kind)
            tf.train.Saver([a]).restore(sess, "all%d" % saved)
            print(saved, kind, sess.run(a), end=" ")
            try:
                sess.run(b)
            except tf.errors.FailedPreconditionError as e:
                print(type(e).__name__, end=" ")
            tf.train.Saver({"two": b}).restore(sess, "kind%d-7" % saved)
            print(sess.run(b))
            for wrong in ({"none": a}, {"two": a}):
                try:
                    tf.train.Saver(wrong).restore(sess, "kind%d-7" % saved)
                except tf.errors.OpError as e:
                    print(type(e).__name__)
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.train.import_meta_graph("all%d.meta" % saved).restore(sess, "all%d" % saved)
            print([(v.name, v.dtype.name, sess.run(v).tolist()) for v in tf.global_variables()])
