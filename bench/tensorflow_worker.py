"""TensorFlow's half of the benchmarks: the requests of worker.cc, answered by the real TensorFlow."""
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np  # noqa: E402
import tensorflow.compat.v1 as tf  # noqa: E402

import digits  # noqa: E402

tf.disable_v2_behavior()

TENSORS = 16
ELEMENTS = 16 << 20


class State:
    """A gibibyte of variables."""

    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            for i in range(TENSORS):
                tf.Variable(tf.fill([ELEMENTS], np.float32(1.5 + i)), name=f"v{i}")
            self.saver = tf.train.Saver(max_to_keep=None)
            self.saver_v1 = tf.train.Saver(max_to_keep=None, write_version=tf.train.SaverDef.V1)
            self.session = tf.Session()
            self.session.run(tf.global_variables_initializer())

    def save(self, prefix, saver=None):
        with self.graph.as_default():
            begin = time.perf_counter()
            (saver or self.saver).save(self.session, prefix, write_meta_graph=False)
            return time.perf_counter() - begin

    def save_v1(self, prefix):
        return self.save(prefix, self.saver_v1)

    def restore(self, prefix):
        with self.graph.as_default():
            begin = time.perf_counter()
            self.saver.restore(self.session, prefix)
            return time.perf_counter() - begin


def train(data, steps):
    images, labels = digits.training_set(data)
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 784])
        W = tf.Variable(tf.zeros([784, 10]))
        b = tf.Variable(tf.zeros([10]))
        y = tf.nn.softmax(tf.matmul(x, W) + b)
        y_ = tf.placeholder(tf.float32, [None, 10])
        cross_entropy = -tf.reduce_sum(y_ * tf.log(y))
        train_step = tf.train.GradientDescentOptimizer(0.01).minimize(cross_entropy)
        sess.run(tf.global_variables_initializer())
        batches = digits.batches(images, labels, 100)
        xs, ys = next(batches)
        sess.run(train_step, feed_dict={x: xs, y_: ys})
        begin = time.perf_counter()
        for _ in range(steps):
            xs, ys = next(batches)
            sess.run(train_step, feed_dict={x: xs, y_: ys})
        return time.perf_counter() - begin


def main():
    state = None
    for line in sys.stdin:
        verb, *args = line.split()
        if verb in ("save", "save_v1", "restore"):
            state = state or State()
            print(getattr(state, verb)(args[0]), flush=True)
        elif verb == "train":
            print(train(args[0], int(args[1])), flush=True)
        elif verb == "peak":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
        else:
            sys.exit(f"unknown request: {verb}")


if __name__ == "__main__":
    main()
