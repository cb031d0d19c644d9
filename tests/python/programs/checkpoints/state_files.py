"""The state file: written, read, generated; relative and absolute paths; latest_checkpoint."""
import os

import tensorflow as tf
from google.protobuf import text_format

# deviation 4: want ' None' got ' a/b/../m-1'

os.makedirs("a/b")
v = tf.Variable(1, name="v")
with tf.Session() as sess:
    sess.run(v.initializer)
    saver = tf.train.Saver()
    for step in range(2):
        saver.save(sess, "a/m", global_step=step)
print(tf.train.get_checkpoint_state("a"))
print(tf.train.get_checkpoint_state("a/b"), tf.train.get_checkpoint_state("nowhere"))
tf.train.update_checkpoint_state("a", "a/m-0", ["a/m-1", "a/m-0"])
print(open("a/checkpoint").read(), tf.train.latest_checkpoint("a"))
tf.train.update_checkpoint_state("a", "a/m-1")
print(open("a/checkpoint").read())
tf.train.update_checkpoint_state("a", "a/m-1", latest_filename="other")
print(sorted(os.listdir("a")), tf.train.latest_checkpoint("a", latest_filename="other"))
tf.train.update_checkpoint_state("a/b", "../m-1")
print(open("a/b/checkpoint").read(), tf.train.latest_checkpoint("a/b"))
state = tf.train.generate_checkpoint_state_proto("a", "a/m-1", ["a/m-0"])
print(type(state).__name__, state)
print(text_format.Parse(open("a/checkpoint").read(), type(state)()).model_checkpoint_path)
tf.train.update_checkpoint_state("a", "a/gone", latest_filename="gone")
print(tf.train.latest_checkpoint("a", "gone"), len(tf.train.get_checkpoint_mtimes(["a/m-1"])))
tf.train.remove_checkpoint("a/m-1")
print(sorted(os.listdir("a")), tf.train.latest_checkpoint("a"))
for path in ("m-0", "a/m-0", "a", "a/m-0.index"):
    print(path, tf.train.checkpoint_exists(path))
