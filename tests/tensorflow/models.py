"""The models of trainer.cc as TensorFlow programs, and how they are trained, step by step alike."""
import gzip
import pathlib

import numpy as np
import tensorflow.compat.v1 as tf

BATCH = 100


def _inputs(dtype):
    return (tf.placeholder(dtype, [None, 784], name="x"), tf.placeholder(dtype, [None, 10], name="y_"))


def _accuracy(predicted, labels):
    correct = tf.equal(tf.argmax(predicted, 1), tf.argmax(labels, 1))
    tf.reduce_mean(tf.cast(correct, "float"), name="accuracy")


def _dense(x, inputs, outputs, seed):
    w = tf.Variable(tf.truncated_normal([inputs, outputs], stddev=0.1, dtype=x.dtype, seed=seed))
    b = tf.Variable(tf.zeros([outputs], dtype=x.dtype))
    return tf.matmul(x, w) + b


def _cross_entropy(logits, labels):
    each = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
    return tf.reduce_mean(each, name="loss")


def softmax(dtype):
    x, labels = _inputs(dtype)
    w = tf.Variable(tf.zeros([784, 10], dtype=dtype))
    b = tf.Variable(tf.zeros([10], dtype=dtype))
    y = tf.nn.softmax(tf.matmul(x, w) + b)
    loss = tf.negative(tf.reduce_sum(labels * tf.log(y)), name="loss")
    tf.train.GradientDescentOptimizer(0.01).minimize(loss, name="train")
    _accuracy(y, labels)


def _perceptron(dtype, optimizer):
    x, labels = _inputs(dtype)
    hidden = tf.nn.relu(_dense(x, 784, 64, 1))
    hidden = tf.tanh(_dense(hidden, 64, 32, 2))
    logits = _dense(hidden, 32, 10, 3)
    optimizer.minimize(_cross_entropy(logits, labels), name="train")
    _accuracy(logits, labels)


OPTIMIZERS = {
    "perceptron": lambda: tf.train.MomentumOptimizer(0.05, 0.9),
    "rms_prop": lambda: tf.train.RMSPropOptimizer(1e-3, momentum=0.9),
    "centered_rms_prop": lambda: tf.train.RMSPropOptimizer(1e-3, centered=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.05),
    "adadelta": lambda: tf.train.AdadeltaOptimizer(1.0),
    "ftrl": lambda: tf.train.FtrlOptimizer(0.05, l1_regularization_strength=1e-4,
                                           l2_shrinkage_regularization_strength=1e-4),
}


def _convolution(x, shape, seed):
    w = tf.Variable(tf.truncated_normal(shape, stddev=0.1, dtype=x.dtype, seed=seed))
    b = tf.Variable(tf.zeros([shape[3]], dtype=x.dtype))
    return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"), b))


def convnet(dtype):
    x, labels = _inputs(dtype)
    h = _convolution(tf.reshape(x, [-1, 28, 28, 1]), [5, 5, 1, 8], 1)
    h = tf.nn.max_pool(h, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    h = _convolution(h, [3, 3, 8, 16], 2)
    h = tf.nn.avg_pool(h, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
    logits = _dense(tf.reshape(h, [-1, 7 * 7 * 16]), 7 * 7 * 16, 10, 3)
    tf.train.AdamOptimizer(1e-3).minimize(_cross_entropy(logits, labels), name="train")
    _accuracy(logits, labels)


MODELS = {"softmax": softmax, "convnet": convnet,
          **{name: lambda dtype, make=make: _perceptron(dtype, make())
             for name, make in OPTIMIZERS.items()}}


def build(model, dtype, prefix):
    """The model, initialised and saved at `prefix`."""
    with tf.Graph().as_default(), tf.Session() as sess:
        MODELS[model](dtype)
        init = tf.global_variables_initializer()
        saver = tf.train.Saver()
        sess.run(init)
        saver.save(sess, prefix)


def _idx(directory, name):
    path = pathlib.Path(directory, name)
    data = path.read_bytes() if path.exists() else gzip.decompress(
        path.with_name(name + ".gz").read_bytes())
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _set(directory, kind):
    images = _idx(directory, f"{kind}-images-idx3-ubyte").reshape(-1, 784)
    labels = _idx(directory, f"{kind}-labels-idx1-ubyte")
    return images.astype(np.float32) * np.float32(1 / 255), np.eye(10, dtype=np.float32)[labels]


def train(prefix, data, steps, out, every=0):
    """Restores `prefix` with its .meta, trains, saves `out`; (losses before each step, accuracy).

    With `every`, also saves `out-K` before each K-th step.
    """
    images, labels = _set(data, "train")
    with tf.Graph().as_default(), tf.Session() as sess:
        saver = tf.train.import_meta_graph(prefix + ".meta")
        saver.restore(sess, prefix)
        losses = []
        for step in range(steps):
            if every and step % every == 0:
                saver.save(sess, f"{out}-{step}")
            at = step % (len(images) // BATCH) * BATCH
            loss, _ = sess.run(["loss:0", "train"], {"x:0": images[at:at + BATCH],
                                                     "y_:0": labels[at:at + BATCH]})
            losses.append(float(loss))
        images, labels = _set(data, "t10k")
        accuracy = sess.run("accuracy:0", {"x:0": images, "y_:0": labels})
        saver.save(sess, out)
    return losses, float(accuracy)
