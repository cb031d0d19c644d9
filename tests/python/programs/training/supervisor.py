"""train.Supervisor: initializes or restores, saves, and stops."""
import os

import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def build():
    step = tf.train.get_or_create_global_step()
    v = tf.Variable(2.0, name="v")
    return step, v, tf.group(tf.assign(v, v * 2.0), tf.assign_add(step, 1))


for _ in range(2):
    with tf.Graph().as_default():
        step, v, train = build()
        supervisor = tf.train.Supervisor(logdir="log", global_step=step, save_model_secs=0,
                                         save_summaries_secs=0, summary_op=None,
                                         summary_writer=None)
        with supervisor.managed_session() as sess:
            print(sess.run([v, step]))
            for _ in range(3):
                if supervisor.should_stop():
                    break
                sess.run(train)
            supervisor.saver.save(sess, supervisor.save_path, global_step=step)
            print(supervisor.save_path, tf.train.global_step(sess, step))
        print(tf.train.latest_checkpoint("log"))
print(sorted(name for name in os.listdir("log") if "events" not in name))
