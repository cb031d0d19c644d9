"""Freezing a net with batch normalisation and dropout that a placeholder switches."""
import numpy as np
import tensorflow as tf

training = tf.placeholder_with_default(False, [], name="training")
x = tf.placeholder(tf.float32, [None, 4, 4, 2], name="x")
k = tf.get_variable("k", [3, 3, 2, 3], initializer=tf.random_normal_initializer(seed=1))
h = tf.nn.conv2d(x, k, [1, 1, 1, 1], "SAME")
gamma = tf.get_variable("gamma", [3], initializer=tf.ones_initializer())
beta = tf.get_variable("beta", [3], initializer=tf.zeros_initializer())
mean = tf.get_variable("mean", [3], initializer=tf.zeros_initializer(), trainable=False)
variance = tf.get_variable("variance", [3], initializer=tf.ones_initializer(), trainable=False)


def train_branch():
    y, m, v = tf.nn.fused_batch_norm(h, gamma, beta)
    with tf.control_dependencies([tf.assign(mean, mean * 0.9 + m * 0.1),
                                  tf.assign(variance, variance * 0.9 + v * 0.1)]):
        return tf.identity(y)


def infer_branch():
    return tf.nn.fused_batch_norm(h, gamma, beta, mean, variance, is_training=False)[0]


trained = tf.cond(training, train_branch, infer_branch)
inference = tf.nn.relu(infer_branch(), name="inference")
out = tf.reduce_mean(tf.nn.relu(trained), [1, 2], name="out")
data = np.random.RandomState(0).rand(5, 4, 4, 2).astype(np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        sess.run(out, {x: data, training: True})
    expected = sess.run([out, inference], {x: data})
    print(expected[0].round(4).tolist())
    graph_def = tf.get_default_graph().as_graph_def()
    frozen = tf.graph_util.convert_variables_to_constants(sess, graph_def, ["inference"])
print([(n.name, n.op) for n in frozen.node])
slim = tf.graph_util.remove_training_nodes(frozen)
print([n.op for n in slim.node])
for graph_def in (frozen, slim):
    with tf.Graph().as_default(), tf.Session() as sess:
        result, = tf.import_graph_def(graph_def, return_elements=["inference:0"], name="")
        print(np.allclose(sess.run(result, {"x:0": data}), expected[1], atol=1e-5))
