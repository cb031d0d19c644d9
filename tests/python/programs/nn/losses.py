"""Cross entropies, tf.losses, and the collection they fill."""
import numpy as np
import tensorflow as tf

logits = tf.constant([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]], name="logits")
onehot = tf.constant([[1.0, 0.0, 0.0], [0.0, 0.2, 0.8]], name="onehot")
classes = tf.constant([0, 2], name="classes")
results = [
    tf.nn.softmax_cross_entropy_with_logits(labels=onehot, logits=logits),
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=onehot, logits=logits),
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits),
    tf.nn.sigmoid_cross_entropy_with_logits(labels=onehot, logits=logits),
    tf.nn.in_top_k(logits, classes, 2), tf.nn.l2_loss(logits),
    tf.nn.weighted_cross_entropy_with_logits(labels=onehot, logits=logits, pos_weight=2.0),
]
gradients = tf.gradients([r for r in results if r.dtype == tf.float32], logits)[0]
with tf.Session() as sess:
    for t, value in zip(results, sess.run(results)):
        print(t.op.name, t.shape, value if value.dtype == bool else value.round(4))
    print(sess.run(gradients))

y = tf.constant([[0.25, 0.5], [0.75, 1.0]], name="y")
t = tf.constant([[0.0, 1.0], [1.0, 1.0]], name="t")
losses = [
    tf.losses.mean_squared_error(t, y), tf.losses.absolute_difference(t, y, weights=2.0),
    tf.losses.softmax_cross_entropy(onehot, logits), tf.losses.log_loss(t, y),
    tf.losses.sparse_softmax_cross_entropy(classes, logits),
    tf.losses.sigmoid_cross_entropy(onehot, logits), tf.losses.huber_loss(t, y, delta=0.3),
    tf.losses.hinge_loss(t, y), tf.losses.mean_squared_error(t, y, weights=[[1.0], [0.0]]),
]
print([loss.op.name for loss in losses])
print(len(tf.get_collection(tf.GraphKeys.LOSSES)), len(tf.losses.get_losses()))
with tf.Session() as sess:
    print(np.round(sess.run(losses), 4).tolist(), round(float(sess.run(
        tf.losses.get_total_loss())), 4))
