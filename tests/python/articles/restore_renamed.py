import tensorflow as tf

# The variables have other names here than in the model that is saved.
v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="other-v1")
v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="other-v2")

with tf.Session() as sess:
    # A Saver of its own accord does not find them.
    try:
        tf.train.Saver().restore(sess, "path/to/model/model.ckpt")
    except tf.errors.NotFoundError as e:
        print("NotFoundError", "Key other-v1 not found in checkpoint" in e.message)

    # A dictionary says what is loaded into which variable.
    saver = tf.train.Saver({"v1": v1, "v2": v2})
    saver.restore(sess, "path/to/model/model.ckpt")
    print(sess.run([v1, v2]))
