"""CheckpointManager: numbers, what it keeps, latest, in a second program too."""
import os

import tensorflow as tf

# deviation 51: graph default.meta:

v = tf.get_variable("v", initializer=1.0, use_resource=True)
checkpoint = tf.train.Checkpoint(v=v)
with tf.Session() as sess, sess.as_default():
    sess.run(v.initializer)
    manager = tf.train.CheckpointManager(checkpoint, "managed", max_to_keep=2, checkpoint_name="c")
    print(manager.latest_checkpoint, manager.checkpoints)
    for _ in range(3):
        sess.run(v.assign_add(1.0))
        print(manager.save())
    print(manager.save(checkpoint_number=10), manager.checkpoints, manager.latest_checkpoint)
print(sorted(os.listdir("managed")), tf.train.latest_checkpoint("managed"))
print(tf.train.load_variable("managed", "v/.ATTRIBUTES/VARIABLE_VALUE"))
with tf.Graph().as_default(), tf.Session() as sess, sess.as_default():
    v = tf.get_variable("v", initializer=0.0, use_resource=True)
    checkpoint = tf.train.Checkpoint(v=v)
    manager = tf.train.CheckpointManager(checkpoint, "managed", max_to_keep=1, checkpoint_name="c")
    print(manager.checkpoints)
    checkpoint.restore(manager.latest_checkpoint).run_restore_ops()
    print(sess.run(v), manager.save(), manager.checkpoints)
print(sorted(os.listdir("managed")))
for wrong in (lambda: tf.train.CheckpointManager(checkpoint, "m", max_to_keep=0),
              lambda: tf.train.CheckpointManager(checkpoint, "m")):
    try:
        wrong()
    except (ValueError, TypeError) as e:
        print(type(e).__name__)
