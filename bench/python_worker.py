"""Either half of the Python benchmarks: answers requests with seconds, or with a share.

Usage: python_worker.py tensorkeep|tensorflow

  train DATA STEPS   the first article's training step, each batch drawn in the loop
  step DATA STEPS    the same step with the same batch again and again
  empty RUNS         sess.run([])
  scalar RUNS        a fetch of a scalar variable
  save PREFIX        a variable of 64 MiB, through the Saver
  restore PREFIX
  processor          all processor time so far
  counting PREFIX SAVES   how fast another Python thread counts during saves, as a share of how fast
                          it counts alone
"""
import os
import sys
import threading
import time

import digits  # beside this file

if sys.argv[1] == "tensorkeep":
    import tensorkeep.compat.v1 as tf
else:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

ELEMENTS = 16 << 20
BATCH = 100


def seconds(work, times):
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - begin


def batches_of(data):
    """A function that draws a batch: by input_data, or as it did where it is gone."""
    if sys.argv[1] == "tensorkeep":
        from tensorkeep.examples.tutorials.mnist import input_data
        train = input_data.read_data_sets(data, one_hot=True, seed=1).train
        return lambda: train.next_batch(BATCH)
    batches = digits.batches(*digits.training_set(data), BATCH)
    return lambda: next(batches)


class Article:
    """The first article's program."""

    def __init__(self, data):
        self.next_batch = batches_of(data)
        with tf.Graph().as_default() as graph:
            self.x = tf.placeholder(tf.float32, [None, 784])
            W = tf.Variable(tf.zeros([784, 10]))
            b = tf.Variable(tf.zeros([10]))
            y = tf.nn.softmax(tf.matmul(self.x, W) + b)
            self.y_ = tf.placeholder(tf.float32, [None, 10])
            cross_entropy = -tf.reduce_sum(self.y_ * tf.log(y))
            optimizer = tf.train.GradientDescentOptimizer(0.01)
            self.train_step = optimizer.minimize(cross_entropy)
            self.session = tf.Session(graph=graph)
            self.session.run(tf.global_variables_initializer())
        self.batch = self.next_batch()

    def step(self, batch):
        self.session.run(self.train_step, feed_dict={self.x: batch[0], self.y_: batch[1]})

    def train(self):
        self.step(self.next_batch())

    def step_again(self):
        self.step(self.batch)


class State:
    """A variable of 64 MiB, and a scalar."""

    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            tf.Variable(tf.fill([ELEMENTS], 1.5), name="large")
            self.scalar = tf.Variable(1.5, name="scalar")
            self.saver = tf.train.Saver(max_to_keep=None)
            self.session = tf.Session()
            self.session.run(tf.global_variables_initializer())

    def save(self, prefix):
        with self.graph.as_default():
            self.saver.save(self.session, prefix, write_meta_graph=False)

    def restore(self, prefix):
        with self.graph.as_default():
            self.saver.restore(self.session, prefix)

    def counting(self, prefix, saves):
        counter = Counter()
        counter.start()
        try:
            alone = counter.speed(lambda: time.sleep(0.3))
            saving = counter.speed(lambda: [self.save(prefix) for _ in range(saves)])
        finally:
            counter.stop()
        return saving / alone


class Counter(threading.Thread):
    """A thread that does nothing but count, in Python."""

    def __init__(self):
        super().__init__(daemon=True)
        self.count = 0
        self.stopped = False

    def run(self):
        while not self.stopped:
            self.count += 1

    def stop(self):
        self.stopped = True
        self.join()

    def speed(self, work):
        """Counts a second while `work` is done."""
        count, begin = self.count, time.perf_counter()
        work()
        return (self.count - count) / (time.perf_counter() - begin)


def main():
    made = {}

    def get(kind, *args):
        if kind not in made:
            made[kind] = kind(*args)
        return made[kind]

    for line in sys.stdin:
        verb, *args = line.split()
        if verb == "train":
            answer = seconds(get(Article, args[0]).train, int(args[1]))
        elif verb == "step":
            answer = seconds(get(Article, args[0]).step_again, int(args[1]))
        elif verb == "empty":
            session = get(State).session
            answer = seconds(lambda: session.run([]), int(args[0]))
        elif verb == "scalar":
            session, scalar = get(State).session, get(State).scalar
            answer = seconds(lambda: session.run(scalar), int(args[0]))
        elif verb in ("save", "restore"):
            work = getattr(get(State), verb)
            answer = seconds(lambda: work(args[0]), 1)
        elif verb == "processor":
            answer = time.process_time()
        elif verb == "counting":
            answer = get(State).counting(args[0], int(args[1]))
        else:
            sys.exit(f"unknown request: {verb}")
        print(answer, flush=True)


if __name__ == "__main__":
    main()
