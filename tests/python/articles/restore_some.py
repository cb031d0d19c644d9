import tensorflow as tf

v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
result = v1 + v2

saver = tf.train.Saver([v1])

with tf.Session() as sess:
    saver.restore(sess, "path/to/model/model.ckpt")
    print(sess.run(v1))
    try:
        sess.run(result)
    except tf.errors.FailedPreconditionError as e:
        print("FailedPreconditionError", "Attempting to use uninitialized value v2" in e.message)
