"""Whole networks, trained: a multi-layer perceptron and a small convolutional network."""

import tensorflow.compat.v1 as tf

from programs import program


def dense(x, inputs, outputs, seed, use_resource):
    w = tf.Variable(tf.truncated_normal([inputs, outputs], stddev=0.1, seed=seed), name="w",
                    use_resource=use_resource)
    b = tf.Variable(tf.constant(0.1, shape=[outputs]), name="b", use_resource=use_resource)
    return tf.matmul(x, w) + b


def mlp(use_resource):
    x = tf.placeholder(tf.float32, [None, 20], name="x")
    labels = tf.placeholder(tf.int32, [None], name="labels")
    keep_prob = tf.placeholder(tf.float32, name="keep_prob")
    with tf.name_scope("relu"):
        h = tf.nn.relu(dense(x, 20, 16, 1, use_resource))
        h = tf.nn.dropout(h, keep_prob=keep_prob, seed=7)
    with tf.name_scope("sigmoid"):
        h = tf.sigmoid(dense(h, 16, 12, 2, use_resource))
    with tf.name_scope("tanh"):
        h = tf.tanh(dense(h, 12, 8, 3, use_resource))
    with tf.name_scope("out"):
        logits = dense(h, 8, 5, 4, use_resource)
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits), name="loss")
    global_step = tf.Variable(0, trainable=False, name="global_step", use_resource=use_resource)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, global_step=global_step)
    predicted = tf.argmax(logits, 1, output_type=tf.int32)
    tf.reduce_mean(tf.cast(tf.equal(predicted, labels), tf.float32), name="accuracy")
    tf.global_variables_initializer()
    return tf.train.Saver()


@program
def mlp_momentum():
    return mlp(use_resource=False)


@program
def mlp_momentum_resource():
    return mlp(use_resource=True)


def convolution(x, shape, seed, use_resource):
    w = tf.Variable(tf.truncated_normal(shape, stddev=0.1, seed=seed), name="w",
                    use_resource=use_resource)
    b = tf.Variable(tf.zeros([shape[3]]), name="b", use_resource=use_resource)
    return tf.nn.relu(tf.nn.bias_add(
        tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"), b))


def convnet(use_resource, v2):
    x = tf.placeholder(tf.float32, [None, 784], name="x")
    y_ = tf.placeholder(tf.float32, [None, 10], name="y_")
    keep_prob = tf.placeholder(tf.float32, name="keep_prob")
    image = tf.reshape(x, [-1, 28, 28, 1])
    with tf.name_scope("conv1"):
        h = convolution(image, [5, 5, 1, 4], 1, use_resource)
        h = tf.nn.max_pool(h, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    with tf.name_scope("conv2"):
        h = convolution(h, [3, 3, 4, 8], 2, use_resource)
        h = tf.nn.avg_pool(h, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
    with tf.name_scope("dense"):
        h = tf.reshape(h, [-1, 7 * 7 * 8])
        h = tf.nn.relu(dense(h, 7 * 7 * 8, 32, 3, use_resource))
        h = tf.nn.dropout(h, keep_prob=keep_prob, seed=7)
    with tf.name_scope("out"):
        logits = dense(h, 32, 10, 4, use_resource)
    if v2:
        each = tf.nn.softmax_cross_entropy_with_logits_v2(labels=y_, logits=logits)
    else:
        each = tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=logits)
    loss = tf.reduce_mean(each)
    tf.train.AdamOptimizer(1e-3).minimize(loss)
    correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1))
    tf.reduce_mean(tf.cast(correct, tf.float32), name="accuracy")
    tf.global_variables_initializer()
    return tf.train.Saver()


@program
def convnet_adam():
    return convnet(use_resource=False, v2=False)


@program
def convnet_adam_v2_loss():
    return convnet(use_resource=False, v2=True)


@program
def convnet_adam_resource():
    return convnet(use_resource=True, v2=True)
