"""Several savers and sessions in one graph, several graphs in one program."""
import tensorflow as tf

with tf.variable_scope("encoder"):
    a = tf.get_variable("w", [2], initializer=tf.ones_initializer())
with tf.variable_scope("decoder"):
    b = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
encoder = tf.train.Saver(tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="encoder"))
decoder = tf.train.Saver({v.op.name[len("decoder/"):]: v for v in tf.global_variables("decoder")})
everything = tf.train.Saver(tf.global_variables(), max_to_keep=1)
with tf.name_scope("savers"):
    scoped = tf.train.Saver(name="scoped")
for saver in (encoder, decoder, everything, scoped):
    definition = saver.as_saver_def()
    print(definition.save_tensor_name, definition.restore_op_name, definition.max_to_keep)
first, second = tf.Session(), tf.Session()
first.run(tf.global_variables_initializer())
first.run(a.assign([5.0, 6.0]))
encoder.save(first, "encoder")
decoder.save(first, "decoder")
everything.save(first, "everything")
encoder.restore(second, "encoder")
second.run(b.initializer)
print(second.run([a, b]))
decoder.restore(second, "decoder")
tf.train.Saver({"w": a}).restore(second, "decoder")
print(second.run([a, b]), first.run([a, b]))
first.close()
second.close()
for name in ("encoder", "decoder", "everything"):
    print(name, tf.train.list_variables(name))
with tf.Graph().as_default() as other, tf.Session() as sess:
    w = tf.get_variable("w", [2])
    tf.train.Saver().restore(sess, "decoder")
    tf.train.Saver({"encoder/w": w}).restore(sess, "everything")
    print(sess.run(w))
