"""assign_moving_average and weighted_moving_average by hand."""
import tensorflow as tf
from tensorflow.python.training import moving_averages

for use_resource in (False, True):
    with tf.variable_scope("r%d" % use_resource, use_resource=use_resource):
        mean = tf.get_variable("mean", [2], initializer=tf.zeros_initializer(), trainable=False)
        other = tf.get_variable("other", [2], initializer=tf.zeros_initializer(), trainable=False)
    value = tf.constant([10.0, 20.0])
    plain = moving_averages.assign_moving_average(mean, value, 0.9, zero_debias=False)
    debiased = moving_averages.assign_moving_average(other, value, 0.9)
    with tf.control_dependencies([plain, debiased]):
        both = tf.identity(value)
    print(mean.name, [v.name for v in tf.global_variables()])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            sess.run(both)
            print(sess.run(mean).round(4), sess.run(other).round(4))
