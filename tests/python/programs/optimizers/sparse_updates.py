"""Optimizers with gradients of gather: only some rows, some of them twice."""
import numpy as np
import tensorflow as tf

optimizers = [tf.train.GradientDescentOptimizer(0.1), tf.train.MomentumOptimizer(0.1, 0.9),
              tf.train.AdamOptimizer(0.1), tf.train.RMSPropOptimizer(0.1),
              tf.train.AdagradOptimizer(0.1), tf.train.AdadeltaOptimizer(1.0),
              tf.train.FtrlOptimizer(0.1), tf.train.RMSPropOptimizer(0.1, centered=True)]
for use_resource in (False, True):
    for i, optimizer in enumerate(optimizers):
        with tf.variable_scope("r%d_%d" % (use_resource, i)):
            table = tf.get_variable("t", initializer=np.ones([4, 2], np.float32),
                                    use_resource=use_resource)
            rows = tf.gather(table, [0, 2, 2])
            step = optimizer.minimize(tf.reduce_sum(tf.square(rows) * [[1.0], [2.0], [3.0]]),
                                      var_list=[table])
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(2):
                sess.run(step)
            print(optimizer.get_name(), use_resource, sess.run(table)[:3].round(4).tolist())
