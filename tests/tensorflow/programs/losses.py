"""What networks are made of: activations, convolutions, pools and losses, with gradients."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def softmaxes():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.gradients([tf.nn.softmax(x), tf.nn.log_softmax(x)], [x])


@program
def softmaxes_along_other_axes():
    x = tf.placeholder(tf.float32, [None, 3, 4], name="x")
    tf.gradients([tf.nn.softmax(x, axis=1), tf.nn.log_softmax(x, axis=0, name="rows"),
                  tf.nn.softmax(x, axis=-2), tf.nn.softmax(x, axis=2)], [x])


@program
def softmax_cross_entropy_along_another_axis():
    logits = tf.placeholder(tf.float32, [None, 5, 4], name="logits")
    labels = tf.placeholder(tf.float32, [None, 5, 4], name="labels")
    tf.gradients(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, axis=1),
                 [logits, labels])
    tf.gradients(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=0),
                 [logits])


@program
def softmax_cross_entropy():
    logits = tf.placeholder(tf.float32, [None, 5], name="logits")
    labels = tf.placeholder(tf.float32, [None, 5], name="labels")
    tf.gradients(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits), [logits])


@program
def softmax_cross_entropy_v2():
    logits = tf.placeholder(tf.float32, [None, 5], name="logits")
    labels = tf.placeholder(tf.float32, [None, 5], name="labels")
    tf.gradients(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits),
                 [logits, labels])


@program
def sparse_softmax_cross_entropy():
    logits = tf.placeholder(tf.float32, [None, 5], name="logits")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    tf.gradients(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits),
                 [logits])


@program
def sparse_softmax_cross_entropy_of_images():
    logits = tf.placeholder(tf.float32, [2, 4, 4, 5], name="logits")
    labels = tf.placeholder(tf.int64, [2, 4, 4], name="labels")
    batch = tf.placeholder(tf.float32, [None, 4, 5], name="batch")
    batch_labels = tf.placeholder(tf.int32, [None, 4], name="batch_labels")
    unknown = tf.placeholder(tf.float32, name="unknown")
    unknown_labels = tf.placeholder(tf.int32, name="unknown_labels")
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits
    tf.gradients([loss(labels=labels, logits=logits), loss(labels=batch_labels, logits=batch),
                  loss(labels=unknown_labels, logits=unknown, name="of_unknown")],
                 [logits, batch, unknown])


@program
def sigmoid_cross_entropy():
    logits = tf.placeholder(tf.float32, [None, 5], name="logits")
    labels = tf.placeholder(tf.float32, [None, 5], name="labels")
    tf.gradients(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), [logits])


@program
def l2_loss():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients(tf.nn.l2_loss(x), [x])


@program
def dropout():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    keep_prob = tf.placeholder(tf.float32, name="keep_prob")
    tf.gradients([tf.nn.dropout(x, 0.5, seed=1), tf.nn.dropout(x, keep_prob=keep_prob, seed=2),
                  tf.nn.dropout(x, rate=0.3, seed=3), tf.nn.dropout(x, keep_prob=1.0)], [x])


@program
def dropout_unknown_batch():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.gradients(tf.nn.dropout(x, rate=0.25, seed=3), [x])


@program
def bias_add():
    x = tf.placeholder(tf.float32, [None, 4, 4, 3], name="x")
    m = tf.placeholder(tf.float32, [None, 3], name="m")
    b = tf.placeholder(tf.float32, [3], name="b")
    tf.gradients([tf.nn.bias_add(x, b), tf.nn.bias_add(m, b)], [x, m, b])


@program
def conv2d():
    x = tf.placeholder(tf.float32, [None, 9, 8, 2], name="x")
    w = tf.placeholder(tf.float32, [3, 3, 2, 4], name="w")
    tf.gradients([tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"),
                  tf.nn.conv2d(x, w, strides=[1, 2, 2, 1], padding="VALID")], [x, w])


@program
def conv2d_known_shape():
    x = tf.placeholder(tf.float32, [2, 9, 8, 2], name="x")
    w = tf.placeholder(tf.float32, [3, 3, 2, 4], name="w")
    tf.gradients(tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME", name="named"), [x, w])


@program
def pools():
    x = tf.placeholder(tf.float32, [None, 9, 8, 2], name="x")
    tf.gradients([
        tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"),
        tf.nn.max_pool(x, ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding="VALID"),
        tf.nn.avg_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"),
        tf.nn.avg_pool(x, ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding="VALID")], [x])


@program
def in_top_k():
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    targets = tf.placeholder(tf.int32, [None], name="targets")
    tf.nn.in_top_k(x, targets, 2)
