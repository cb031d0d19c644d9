"""Checkpoints named by one of their files, by their folder, or with brackets in their names."""
import os

import tensorflow as tf

# deviation 7: want 'm.index NotFoundError' got 'm.index [1. 2.]'
# deviation 7: want 'm.index NotFoundError' got 'm.index None'
# deviation 7: DataLossError' got 'm.
# deviation 6: want 'brackets ValueError' got 'brackets None'
# deviation 6: want 'latest None' got 'latest run[1]/m'

os.makedirs("run[1]")
v = tf.Variable([1.0, 2.0], name="v")
saver = tf.train.Saver()


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


with tf.Session() as sess:
    sess.run(v.initializer)
    saver.save(sess, "m")
    saver.save(sess, "run[1]/m", latest_filename="state")
    for path in ("m.index", "m.data-00000-of-00001", "m.meta"):
        attempt(path, lambda: tf.train.NewCheckpointReader(path).get_tensor("v"))
        attempt(path, lambda: saver.restore(sess, path))
    attempt("brackets", lambda: saver.restore(sess, "run[1]/m"))
    attempt("latest", lambda: tf.train.latest_checkpoint("run[1]", "state"))
