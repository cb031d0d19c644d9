"""Saving and restoring: what is written, what save returns, what comes back."""
import os

import tensorflow as tf

v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
result = v1 + v2
saver = tf.train.Saver()
os.makedirs("model")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(saver.save(sess, "model/model.ckpt"))
    print(saver.save(sess, "model/model.ckpt", global_step=3), saver.last_checkpoints)
    sess.run(v1.assign([9.0]))
    saver.restore(sess, "model/model.ckpt")
    print(sess.run(v1))
print(sorted(os.listdir("model")))
print(open("model/checkpoint").read())
print(tf.train.latest_checkpoint("model"), tf.train.latest_checkpoint("nowhere"),
      tf.train.checkpoint_exists("model/model.ckpt"), tf.train.checkpoint_exists("model/no"))
with tf.Session() as sess:
    saver.restore(sess, tf.train.latest_checkpoint("model"))
    print(sess.run(result))
with tf.Graph().as_default(), tf.Session() as sess:
    imported = tf.train.import_meta_graph("model/model.ckpt.meta")
    imported.restore(sess, "model/model.ckpt")
    print(sess.run(tf.get_default_graph().get_tensor_by_name("add:0")))
