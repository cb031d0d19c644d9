"""Random initial values."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def random_with_seeds():
    tf.random_uniform([2, 3], seed=1)
    tf.random_uniform([2], -1.0, 1.0, seed=2)
    tf.random_normal([2, 3], seed=3)
    tf.random_normal([2, 3], mean=1.0, stddev=0.5, dtype=tf.float64, seed=4)
    tf.truncated_normal([2, 3], seed=5)
    tf.truncated_normal([2, 3], stddev=0.1, seed=6, name="named")
    tf.random_uniform([4], maxval=10, dtype=tf.int32, seed=7)


@program
def random_without_seeds():
    tf.random_uniform([2, 3])
    tf.random_normal([2, 3])
    tf.truncated_normal([2, 3])


@program
def random_graph_seed():
    tf.set_random_seed(42)
    tf.random_uniform([2, 3])
    tf.constant(1.0)
    tf.random_normal([2, 3])
    tf.truncated_normal([2, 3], seed=9)
    tf.nn.dropout(tf.ones([3]), rate=0.5)


@program
def random_variables():
    w = tf.Variable(tf.random_uniform([784, 10], -0.05, 0.05, seed=1), name="w")
    tf.matmul(tf.placeholder(tf.float32, [None, 784]), w)
    return tf.train.Saver()


def draw(tensor):
    """One of the tensors that test_random.py draws in several runs."""
    tf.add_to_collection("draws", tensor)


def every_distribution(seed=None):
    for dtype in (tf.float32, tf.float64, tf.float16):
        draw(tf.random_uniform([37], dtype=dtype, seed=seed))
        draw(tf.random_normal([37], dtype=dtype, seed=seed))
        draw(tf.truncated_normal([37], stddev=0.1, dtype=dtype, seed=seed))
    for dtype in (tf.int32, tf.int64):
        draw(tf.random_uniform([37], -5, 1000000007, dtype=dtype, seed=seed))
    draw(tf.random_shuffle(tf.range(37), seed=seed))
    draw(tf.nn.dropout(tf.ones([37]), rate=0.25, seed=seed))


@program
def draws_of_a_graph_seed():
    tf.set_random_seed(17)
    every_distribution()


@program
def draws_of_operation_seeds():
    every_distribution(seed=3)


@program
def draws_of_both_seeds():
    tf.set_random_seed(-17)
    every_distribution(seed=2**31 + 5)
    every_distribution()


@program
def draws_of_zero_seeds():
    tf.set_random_seed(0)
    every_distribution()


@program
def draws_of_variables():
    tf.set_random_seed(1234)
    draw(tf.identity(tf.Variable(tf.truncated_normal([7, 5], stddev=0.1), name="weights")))
    tf.Variable(tf.zeros([5]), name="bias")
    draw(tf.identity(tf.Variable(tf.random_uniform([7, 5], -1.0, 1.0), name="resource",
                                 use_resource=True)))
    for initializer in (tf.glorot_uniform_initializer(), tf.glorot_normal_initializer(),
                        tf.random_normal_initializer(stddev=2.0, seed=8), tf.initializers.he_normal()):
        draw(tf.identity(tf.Variable(initializer([7, 5]))))
    tf.set_random_seed(4321)  # goes on counting
    v = tf.Variable(tf.random_normal([3]), name="v")
    draw(tf.identity(tf.Variable(v.initialized_value() * 2.0, name="twice")))
    draw(tf.identity(v))
    tf.global_variables_initializer()
