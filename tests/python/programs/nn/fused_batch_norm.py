"""fused_batch_norm: in training, in inference, and its gradients."""
import numpy as np
import tensorflow as tf

x = tf.constant(np.arange(24).reshape(2, 2, 2, 3) % 7, tf.float32, name="x")
scale = tf.get_variable("scale", initializer=[1.0, 2.0, 0.5])
offset = tf.get_variable("offset", initializer=[0.0, 1.0, -1.0])
y, mean, variance = tf.nn.fused_batch_norm(x, scale, offset, name="train")
z, m, v = tf.nn.fused_batch_norm(x, scale, offset, mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0],
                                 epsilon=0.01, is_training=False, name="infer")
print(y.name, y.op.type, y.shape, mean.shape, z.shape)
weights = tf.constant(np.arange(24).reshape(2, 2, 2, 3), tf.float32)
gradients = tf.gradients(y * weights, [x, scale, offset])
inference = tf.gradients(z * weights, [x, scale, offset])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(y)[0, 0].round(4).tolist(), sess.run(mean), sess.run(variance))
    print(sess.run(z)[1, 1].round(4).tolist(), sess.run([m, v]))
    for g in sess.run(gradients) + sess.run(inference):
        print(g.shape, g.ravel()[:6].round(3) + 0.0)
