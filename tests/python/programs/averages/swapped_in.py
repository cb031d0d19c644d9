"""A model trained with averages, evaluated with them in another graph."""
import numpy as np
import tensorflow as tf

# rounded: trained


def model(x):
    with tf.variable_scope("m"):
        w = tf.get_variable("w", [4, 1], initializer=tf.ones_initializer())
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    return tf.matmul(x, w) + b


x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 1])
loss = tf.reduce_mean(tf.square(model(x) - y))
step = tf.train.get_or_create_global_step()
train = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss, step)
ema = tf.train.ExponentialMovingAverage(0.8, step)
with tf.control_dependencies([train]):
    train_and_average = ema.apply(tf.trainable_variables())
print(train_and_average.name, [v.name for v in tf.global_variables()])
data = np.random.RandomState(1).rand(8, 4).astype(np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        sess.run(train_and_average, {x: data, y: data[:, :1]})
    tf.train.Saver().save(sess, "trained", global_step=step)
    averages = sess.run([ema.average(v) for v in tf.trainable_variables()])
print(tf.train.list_variables("trained-5"))
with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None, 4])
    prediction = model(x)
    to_restore = tf.train.ExponentialMovingAverage(0.8).variables_to_restore()
    print(sorted(to_restore))
    tf.train.Saver(to_restore).restore(sess, "trained-5")
    values = sess.run(tf.trainable_variables())
    print(all(np.array_equal(a, b) for a, b in zip(averages, values)), sess.run(
        prediction, {x: data[:1]}).shape)
