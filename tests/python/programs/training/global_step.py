"""The global step's functions."""
import tensorflow as tf

# deviation 43: want 'False False' got 'True True'

print(tf.train.get_global_step())
step = tf.train.get_or_create_global_step()
print(step, step is tf.train.get_global_step(), step is tf.train.get_or_create_global_step())
print([v.name for v in tf.get_collection(tf.GraphKeys.GLOBAL_STEP)], step.trainable)
up = tf.assign_add(step, 2)
with tf.Session() as sess:
    sess.run(step.initializer)
    sess.run(up)
    print(tf.train.global_step(sess, step), tf.train.global_step(sess, tf.train.get_global_step()))
tf.train.assert_global_step(step)
with tf.Graph().as_default():
    own = tf.Variable(0, name="global_step", trainable=False)
    print(tf.train.get_global_step() is own, tf.train.get_or_create_global_step() is own)
with tf.Graph().as_default():
    with tf.variable_scope("model"):
        print(tf.train.create_global_step().name)
    try:
        tf.train.create_global_step()
    except ValueError as e:
        print(type(e).__name__)
with tf.Graph().as_default() as g:
    print(tf.train.get_or_create_global_step(g).name, tf.train.get_global_step(graph=g).dtype)
for wrong in (lambda: tf.train.assert_global_step(tf.Variable([1, 2])),
              lambda: tf.train.assert_global_step(tf.Variable(1.0)),
              lambda: tf.train.assert_global_step(3)):
    try:
        wrong()
        print("no error")
    except (TypeError, AttributeError) as e:
        print(type(e).__name__)
