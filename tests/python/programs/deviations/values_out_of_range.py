"""Constants of values that their type cannot hold."""
import tensorflow as tf

for value, dtype in ((300, tf.uint8), (-1, tf.uint8), (2 ** 40, tf.int32)):
    try:
        with tf.Graph().as_default(), tf.Session() as sess:
            print(sess.run(tf.constant(value, dtype)))
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__)
