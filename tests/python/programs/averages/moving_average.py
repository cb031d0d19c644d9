"""ExponentialMovingAverage: names, values, restoring the averages as the variables."""
import tensorflow as tf

v = tf.Variable(0, dtype=tf.float32, name="v")
for variable in tf.global_variables():
    print(variable.name)
ema = tf.train.ExponentialMovingAverage(0.99)
maintain_averages_op = ema.apply(tf.global_variables())
for variable in tf.global_variables():
    print(variable.name)
print(ema.average_name(v), ema.average(v).name, ema.variables_to_restore(), ema.name)
print([x.name for x in tf.moving_average_variables()], maintain_averages_op.name)
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(tf.assign(v, 10))
    sess.run(maintain_averages_op)
    saver.save(sess, "model")
    print(sess.run([v, ema.average(v)]))
for mapping in (lambda v: {"v/ExponentialMovingAverage": v},
                lambda v: tf.train.ExponentialMovingAverage(0.99).variables_to_restore()):
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.Variable(0, dtype=tf.float32, name="v")
        saver = tf.train.Saver(mapping(v))
        saver.restore(sess, "model")
        print(sess.run(v))
