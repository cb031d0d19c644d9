"""A negative max_to_keep."""
import glob

import tensorflow as tf

# deviation 2: want '[]' got "['m-0.index', 'm-1.index', 'm-2.index']"
# deviation 2: file m-

v = tf.Variable(1.0, name="v")
with tf.Session() as sess:
    sess.run(v.initializer)
    saver = tf.train.Saver(max_to_keep=-1)
    for step in range(3):
        saver.save(sess, "m", global_step=step)
print(sorted(glob.glob("*.index")))
