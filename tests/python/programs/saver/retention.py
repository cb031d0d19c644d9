"""max_to_keep: what stays, in which order, what the state file says."""
import glob

import tensorflow as tf

v = tf.Variable(0, name="v")
up = tf.assign_add(v, 1)


def kept(name):
    return sorted(path[:-6] for path in glob.glob(name + "*.index"))


with tf.Session() as sess:
    sess.run(v.initializer)
    for max_to_keep in (1, 2, 5, 0, None):
        name = "keep_%s" % max_to_keep
        saver = tf.train.Saver(max_to_keep=max_to_keep)
        for step in range(7):
            sess.run(up)
            saver.save(sess, name, global_step=step * 10, latest_filename="state_" + name)
        print(name, kept(name), saver.last_checkpoints)
        state = tf.train.get_checkpoint_state(".", "state_" + name)
        print(state.model_checkpoint_path, list(state.all_model_checkpoint_paths))

    saver = tf.train.Saver(max_to_keep=2)
    for step in (1, 2, 1, 3, 1):
        saver.save(sess, "again", global_step=step, latest_filename="state_again")
        print(kept("again-"), saver.last_checkpoints)
    every = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=1e-12)
    rarely = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=1000)
    for step in range(4):
        every.save(sess, "every", global_step=step, latest_filename="state_every")
        rarely.save(sess, "rarely", global_step=step, latest_filename="state_rarely")
    print(kept("every"), every.last_checkpoints, kept("rarely"))

    recovered = tf.train.Saver(max_to_keep=2)
    recovered.recover_last_checkpoints(["keep_5-40", "keep_5-50", "keep_5-60", "gone"])
    print(recovered.last_checkpoints)
    recovered.save(sess, "recovered", latest_filename="state_recovered")
    print(recovered.last_checkpoints, kept("keep_5"))
    recovered.set_last_checkpoints(["x-1", "x-2"])
    print(recovered.last_checkpoints)
print(tf.train.latest_checkpoint(".", "state_again"))
