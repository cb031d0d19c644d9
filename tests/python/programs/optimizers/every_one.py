"""Every optimizer on both kinds of variables: names, slots, three steps."""
import numpy as np
import tensorflow as tf

optimizers = {
    "sgd": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True, name="Nesterov"),
    "adam": lambda: tf.train.AdamOptimizer(0.1, beta1=0.8),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "centered": lambda: tf.train.RMSPropOptimizer(0.1, centered=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1, initial_accumulator_value=0.2),
    "adadelta": lambda: tf.train.AdadeltaOptimizer(1.0, rho=0.9),
    "ftrl": lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01,
                                           l2_regularization_strength=0.1),
    "shrinkage": lambda: tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=0.1),
}
for use_resource in (False, True):
    for name, make in optimizers.items():
        with tf.Graph().as_default():
            v = tf.get_variable("v", initializer=[1.0, -2.0, 3.0], use_resource=use_resource)
            w = tf.get_variable("w", initializer=np.array([0.5], np.float64),
                                use_resource=use_resource)
            optimizer = make()
            loss = tf.reduce_sum(tf.square(v)) + tf.cast(tf.reduce_sum(w * w), tf.float32)
            step = optimizer.minimize(loss)
            print(name, step.name, step.type, optimizer.get_name(), optimizer.get_slot_names())
            print([(x.name, x.dtype.name) for x in optimizer.variables()])
            slots = [optimizer.get_slot(v, s) for s in optimizer.get_slot_names()]
            print([s.name for s in slots], optimizer.get_slot(v, "nothing"))
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                for _ in range(3):
                    sess.run(step)
                for value in sess.run([v, w] + slots):
                    print(value.round(4).tolist())
