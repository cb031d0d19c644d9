"""tf.train.Checkpoint in graph mode: saved, restored, inspected, managed."""
import tensorflow as tf

# deviation 51: graph default.meta:

v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
w = tf.get_variable("w", initializer=3, use_resource=True)
checkpoint = tf.train.Checkpoint(weights=v, counter=w)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    path = checkpoint.save("ckpt", session=sess)
    print(path, tf.train.latest_checkpoint("."))
    sess.run([v.assign([9.0, 9.0]), w.assign(4)])
    print(checkpoint.write("written", session=sess))
    status = checkpoint.restore(path)
    status.assert_consumed().run_restore_ops(sess)
    print(sess.run([v, w]))
for name, shape in tf.train.list_variables("ckpt-1"):
    print(name, shape)
print(tf.train.load_variable("ckpt-1", "weights/.ATTRIBUTES/VARIABLE_VALUE"))
with tf.Graph().as_default(), tf.Session() as sess:
    only = tf.get_variable("other", [2], use_resource=True)
    partial = tf.train.Checkpoint(weights=only)
    partial.restore("ckpt-1").initialize_or_restore(sess)
    print(sess.run(only))
with tf.Graph().as_default(), tf.Session() as sess:
    v = tf.get_variable("v", [2])
    w = tf.get_variable("w", [], tf.int32)
    tf.train.Saver().restore(sess, "ckpt-1")
    print(sess.run([v, w]))
