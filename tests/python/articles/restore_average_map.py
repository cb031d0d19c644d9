import tensorflow as tf

v = tf.Variable(0, dtype=tf.float32, name="v")
# By renaming, the average of v becomes the value of v.
saver = tf.train.Saver({"v/ExponentialMovingAverage": v})
with tf.Session() as sess:
    saver.restore(sess, "path/to/model/model.ckpt")
    print(sess.run(v))
