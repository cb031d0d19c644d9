"""A convolutional net: shapes, values, training steps, with dropout of a fixed seed."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 8, 8, 1], name="x")
y = tf.placeholder(tf.int64, [None], name="y")
keep = tf.placeholder_with_default(1.0, [], name="keep")


def weights(shape, seed):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1, seed=seed), name="w")


with tf.name_scope("conv1"):
    h = tf.nn.conv2d(x, weights([3, 3, 1, 4], 1), strides=[1, 1, 1, 1], padding="SAME")
    h = tf.nn.relu(h + tf.Variable(tf.constant(0.1, shape=[4]), name="b"))
    h = tf.nn.max_pool(h, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
with tf.name_scope("conv2"):
    h = tf.nn.conv2d(h, weights([3, 3, 4, 2], 2), [1, 2, 2, 1], "VALID")
    h = tf.nn.avg_pool(tf.nn.elu(h), [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
print(h.shape)
with tf.name_scope("fc"):
    flat = tf.reshape(h, [-1, int(np.prod(h.shape.as_list()[1:]))])
    dropped = tf.nn.dropout(flat, keep_prob=keep, seed=3)
    logits = tf.matmul(dropped, weights([2, 3], 4)) + tf.Variable(tf.zeros([3]), name="b")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
step = tf.train.AdamOptimizer(0.01).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), y), tf.float32))
print([v.name for v in tf.trainable_variables()])

images = np.random.RandomState(0).rand(12, 8, 8, 1)
labels = np.arange(12) % 3
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        print("%.4f" % sess.run([loss, step], {x: images, y: labels, keep: 0.5})[0])
    print("%.4f" % sess.run(loss, {x: images, y: labels}), sess.run(logits, {x: images[:1]}).shape)
