"""Restores what examples/mnist_softmax trained, in Python, and tells how well it knows the digits.

  restore_digits.py DATA_DIR CHECKPOINT_DIR
"""

import sys

import tensorkeep as tf
from tensorkeep.examples.tutorials.mnist import input_data

mnist = input_data.read_data_sets(sys.argv[1], one_hot=True)
x = tf.placeholder(tf.float32, [None, 784])
W = tf.Variable(tf.zeros([784, 10]))
b = tf.Variable(tf.zeros([10]))
y = tf.nn.softmax(tf.matmul(x, W) + b)
y_ = tf.placeholder(tf.float32, [None, 10])
correct = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))

with tf.Session() as sess:
    newest = tf.train.latest_checkpoint(sys.argv[2])
    tf.train.Saver().restore(sess, newest)
    value = sess.run(accuracy, feed_dict={x: mnist.test.images, y_: mnist.test.labels})
    print("restored {}: {:.4f}".format(newest, value))
