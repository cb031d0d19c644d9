from tensorflow.examples.tutorials.mnist import input_data
mnist = input_data.read_data_sets("MNIST_data/", one_hot=True, seed=1)
import tensorflow as tf
import time

start = time.perf_counter()

x = tf.placeholder(tf.float32, [None, 784])
W = tf.Variable(tf.zeros([784, 10]))
b = tf.Variable(tf.zeros([10]))
y = tf.nn.softmax(tf.matmul(x, W) + b)
# To compute the cross entropy, a new placeholder takes the right values.
y_ = tf.placeholder(tf.float32, [None, 10])
cross_entropy = -tf.reduce_sum(y_*tf.log(y))
# Gradient descent minimizes the cross entropy at a learning rate of 0.01.
train_step = tf.train.GradientDescentOptimizer(0.01).minimize(cross_entropy)
init = tf.global_variables_initializer()
sess = tf.Session()
sess.run(init)
# A Saver that keeps the newest model.
saver = tf.train.Saver(max_to_keep=1)
saver_max_acc = 0
for i in range(100):
    batch_xs, batch_ys = mnist.train.next_batch(100)
    sess.run(train_step, feed_dict={x: batch_xs, y_: batch_ys})
    correct_prediction = tf.equal(tf.argmax(y, 1), tf.arg_max(y_, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_prediction, "float"))
    if (i+1) % 10 == 0:
        acc = accuracy.eval(session=sess, feed_dict={x: mnist.test.images, y_: mnist.test.labels})
        print('{0:0>2d}:{1:.4f}'.format((i+1), acc))
        # Keep the model of the highest accuracy.
        if acc > saver_max_acc:
            saver.save(sess, 'ckpt/mnist.ckpt', global_step=i+1)
            saver_max_acc = acc
sess.close()
assert time.perf_counter() > start
