"""Convolutions and pools: strides, paddings, dilations, depthwise, transposed, with gradients."""
import numpy as np
import tensorflow as tf

x = tf.constant(np.arange(98).reshape(1, 7, 7, 2) % 5 - 2, tf.float32, name="x")
k = tf.constant(np.arange(36).reshape(3, 3, 2, 2) % 3 - 1, tf.float32, name="k")
results = {
    "same": lambda: tf.nn.conv2d(x, k, [1, 1, 1, 1], "SAME"),
    "valid": lambda: tf.nn.conv2d(x, k, [1, 1, 1, 1], "VALID"),
    "strides": lambda: tf.nn.conv2d(x, k, [1, 2, 3, 1], "SAME"),
    "filters": lambda: tf.nn.conv2d(x, filter=k, strides=[1, 2, 2, 1], padding="VALID"),
    "dilated": lambda: tf.nn.convolution(x, k, "VALID", dilation_rate=[2, 2]),
    "atrous": lambda: tf.nn.atrous_conv2d(x, k, 2, "SAME"),
    "depthwise": lambda: tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], "SAME"),
    "separable": lambda: tf.nn.separable_conv2d(x, k, tf.ones([1, 1, 4, 1]), [1, 1, 1, 1], "VALID"),
    "transposed": lambda: tf.nn.conv2d_transpose(x, k, [1, 14, 14, 2], [1, 2, 2, 1], "SAME"),
    "one": lambda: tf.nn.conv1d(x[0], k[0], 2, "SAME"),
    "max": lambda: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
    "overlapping": lambda: tf.nn.max_pool(x, [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
    "average": lambda: tf.nn.avg_pool(x, [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
    "lrn": lambda: tf.nn.local_response_normalization(x, 1, bias=1.0, alpha=0.5, beta=0.5),
    "pool": lambda: tf.nn.pool(x, [2, 2], "AVG", "VALID", strides=[2, 2]),
}
with tf.Session() as sess:
    for name, make in sorted(results.items()):
        with tf.name_scope(name):
            y = make()
            weights = tf.reshape(tf.cast(tf.range(y.shape.num_elements()) % 4, tf.float32), y.shape)
            gradient = tf.gradients(y * weights, x)[0]
            value, slope = sess.run([y, gradient])
        print(name, y.op.type, y.shape, (value.round(3) + 0.0).ravel()[:8].tolist())
        print((slope.round(3) + 0.0).ravel()[40:46].tolist(), round(float(slope.sum()), 2))
