"""A graph with branches, loops and their gradients, exported, imported twice, run and frozen."""
import tensorflow as tf

x = tf.placeholder(tf.float32, [2], name="x")
n = tf.placeholder_with_default(3, [], name="n")
w = tf.get_variable("w", initializer=[1.5, -1.0])
looped = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * w), [0, x], name="loop")[1]
branch = tf.cond(tf.reduce_sum(x) > 0.0, lambda: looped + 1.0, lambda: looped * w, name="branch")
out = tf.identity(branch, name="out")
gradient = tf.identity(tf.gradients(out, w)[0], name="gradient")
tf.add_to_collection("ends", out)
saver = tf.train.Saver()
feeds = [{"x:0": [1, 2]}, {"x:0": [-1, -2], "n:0": 2}, {"x:0": [1, 1], "n:0": 0}]
with tf.Session() as sess:
    sess.run(w.initializer)
    saver.save(sess, "flow")
    for feed in feeds:
        print(sess.run([out, gradient], feed))
    frozen = tf.graph_util.convert_variables_to_constants(
        sess, tf.get_default_graph().as_graph_def(), ["out"])
with tf.Graph().as_default() as imported, tf.Session() as sess:
    tf.train.import_meta_graph("flow.meta").restore(sess, "flow")
    tf.train.import_meta_graph("flow.meta", import_scope="again").restore(sess, "flow")
    for feed in feeds:
        print(sess.run(["out:0", "gradient:0"], feed))
        print(sess.run("again/out:0", {"again/" + key: value for key, value in feed.items()}))
    second = tf.gradients(tf.get_collection("ends")[0], imported.get_tensor_by_name("x:0"))[0]
    print(sess.run(second, feeds[0]))
    again = tf.train.export_meta_graph("again.meta")
    print(sorted(again.collection_def))
with tf.Graph().as_default(), tf.Session() as sess:
    result, = tf.import_graph_def(frozen, return_elements=["out:0"], name="")
    print([sess.run(result, feed).tolist() for feed in feeds])
