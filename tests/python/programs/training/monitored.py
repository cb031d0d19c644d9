"""MonitoredTrainingSession, Supervisor and Coordinator."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
step = tf.train.get_or_create_global_step()
v = tf.Variable(0.0, name="v")
train = tf.group(tf.assign_add(v, 1.5), tf.assign_add(step, 1))
hooks = [tf.train.StopAtStepHook(last_step=5)]
with tf.train.MonitoredTrainingSession(checkpoint_dir="run", hooks=hooks, save_summaries_steps=None,
                                       save_summaries_secs=None, save_checkpoint_steps=2,
                                       log_step_count_steps=None) as sess:
    while not sess.should_stop():
        sess.run(train)
print(tf.train.latest_checkpoint("run"), tf.train.load_variable("run", "v"))
hooks = [tf.train.StopAtStepHook(num_steps=2)]
with tf.train.MonitoredTrainingSession(checkpoint_dir="run", hooks=hooks, save_summaries_steps=None,
                                       save_summaries_secs=None, save_checkpoint_steps=100,
                                       log_step_count_steps=None) as sess:
    while not sess.should_stop():
        print(sess.run([v, step, train])[2])
print(tf.train.load_variable("run", "global_step"))


class Printing(tf.train.SessionRunHook):
    def begin(self):
        print("begin")

    def before_run(self, context):
        return tf.train.SessionRunArgs({"v": v})

    def after_run(self, context, values):
        print(values.results)
        if values.results["v"] > 2.0:
            context.request_stop()


with tf.Graph().as_default():
    v = tf.Variable(0.0, name="v")
    up = tf.assign_add(v, 1.0)
    with tf.train.SingularMonitoredSession(hooks=[Printing()]) as sess:
        while not sess.should_stop():
            sess.run(up)
coordinator = tf.train.Coordinator()
print(coordinator.should_stop())
coordinator.request_stop()
coordinator.join([])
print(coordinator.should_stop())
