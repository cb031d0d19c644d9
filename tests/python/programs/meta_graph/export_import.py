"""Exporting a graph and going on with it: collections, savers, training."""
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], name="x")
with tf.variable_scope("layer"):
    w = tf.get_variable("w", initializer=[[1.0], [2.0]])
    r = tf.get_variable("r", initializer=[0.5], use_resource=True)
y = tf.add(tf.matmul(x, w), r, name="y")
loss = tf.reduce_sum(tf.square(y), name="loss")
train = tf.train.MomentumOptimizer(0.01, 0.5).minimize(loss, name="train")
for t in (x, y):
    tf.add_to_collection("ends", t)
tf.add_to_collection("ends_names", "y:0")
tf.add_to_collection("sizes", 3)
tf.add_to_collection("rates", 0.25)
tf.add_to_collection("train_op", train)
saver = tf.train.Saver(max_to_keep=3)
meta = saver.export_meta_graph("text.meta", as_text=True, collection_list=["variables", "ends"])
print(sorted(meta.collection_def))
meta = tf.train.export_meta_graph("binary.meta", saver_def=saver.as_saver_def())
print(sorted(meta.collection_def), meta.saver_def.max_to_keep, len(meta.graph_def.node) > 20)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver.save(sess, "trained")
    expected = sess.run(y, {x: [[1, 2]]})
for source in ("trained.meta", "text.meta", "binary.meta", meta):
    with tf.Graph().as_default(), tf.Session() as sess:
        restorer = tf.train.import_meta_graph(source)
        restorer.restore(sess, "trained")
        ends = tf.get_collection("ends")
        print([t.name for t in ends], tf.get_collection("sizes"), tf.get_collection("rates"),
              [v.op.type for v in tf.global_variables()])
        print(np.array_equal(sess.run(ends[1], {ends[0]: [[1, 2]]}), expected))
        for op in tf.get_collection("train_op"):
            sess.run(op, {"x:0": [[1, 2]]})
            print(sess.run("layer/w/read:0").ravel(), [v.name for v in tf.trainable_variables()])
