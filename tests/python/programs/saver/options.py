"""Saver's and save's options, one by one."""
import os

import tensorflow as tf

v = tf.Variable(1.0, name="v")
step = tf.train.get_or_create_global_step()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(tf.assign(step, 42))
    os.mkdir("a")
    os.mkdir("b")
    padded = tf.train.Saver(pad_step_number=True)
    print(padded.save(sess, "a/padded", global_step=7), padded.save(sess, "a/padded", step))
    plain = tf.train.Saver(name="mine", filename="default_name", allow_empty=True)
    print(plain.as_saver_def().filename_tensor_name, plain.save(sess, "b/plain", global_step=step,
                                                                write_meta_graph=False))
    print(plain.save(sess, "b/other", latest_filename="latest", meta_graph_suffix="graph"))
    print(plain.save(sess, "b/silent", write_state=False, strip_default_attrs=True))
    print(plain.save(sess, os.path.abspath("b/absolute"), write_state=False,
                     write_meta_graph=False).endswith("b/absolute"))
    relative = tf.train.Saver(save_relative_paths=True, max_to_keep=2)
    for i in range(3):
        relative.save(sess, "a/relative", global_step=i, latest_filename="relative_state")
    print(open("a/relative_state").read(), relative.last_checkpoints)
    print(tf.train.latest_checkpoint("a", "relative_state"), tf.train.latest_checkpoint("b"))
    sequential = tf.train.Saver({"v": v, "s": step}, restore_sequentially=True, builder=None)
    print(sequential.save(sess, "a/sequential", write_state=False))
    sequential.restore(sess, "a/sequential")
    late = tf.train.Saver(defer_build=True)
    try:
        late.save(sess, "a/late")
    except RuntimeError as e:
        print(type(e).__name__)
    late.build()
    print(late.save(sess, "a/late", write_state=False), late.saver_def.restore_op_name)
    again = tf.train.Saver(saver_def=late.as_saver_def())
    again.restore(sess, "a/late")
    print(sess.run([v, step]), again.saver_def == late.saver_def)
    print(str(padded.to_proto()))
for folder in "ab":
    print(sorted(os.listdir(folder)))
