import tensorflow as tf

# Declare the variables in the same way as when saving.
v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
result = v1 + v2

saver = tf.train.Saver()

with tf.Session() as sess:
    # Load the saved model, and compute the sum of what its variables hold.
    saver.restore(sess, "path/to/model/model.ckpt")
    print(sess.run(result))
