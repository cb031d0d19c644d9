"""A classifier as the books write it: layers, regularization, averages, decaying rate."""
import numpy as np
import tensorflow as tf

# rounded: model.ckpt

INPUT, HIDDEN, CLASSES = 6, 5, 3


def inference(x, average, w1, b1, w2, b2):
    get = (lambda v: v) if average is None else average.average
    layer1 = tf.nn.relu(tf.matmul(x, get(w1)) + get(b1))
    return tf.matmul(layer1, get(w2)) + get(b2)


x = tf.placeholder(tf.float32, [None, INPUT], name="x-input")
y_ = tf.placeholder(tf.float32, [None, CLASSES], name="y-input")
w1 = tf.Variable(tf.truncated_normal([INPUT, HIDDEN], stddev=0.1, seed=1))
b1 = tf.Variable(tf.constant(0.1, shape=[HIDDEN]))
w2 = tf.Variable(tf.truncated_normal([HIDDEN, CLASSES], stddev=0.1, seed=2))
b2 = tf.Variable(tf.constant(0.1, shape=[CLASSES]))
y = inference(x, None, w1, b1, w2, b2)
global_step = tf.Variable(0, trainable=False)
variable_averages = tf.train.ExponentialMovingAverage(0.99, global_step)
cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax(y_, 1), logits=y)
regularization = 0.001 * (tf.nn.l2_loss(w1) + tf.nn.l2_loss(w2))
tf.add_to_collection("losses", tf.reduce_mean(cross_entropy))
tf.add_to_collection("losses", regularization)
loss = tf.add_n(tf.get_collection("losses"))
learning_rate = tf.train.exponential_decay(0.8, global_step, 10, 0.9, staircase=True)
train_step = tf.train.GradientDescentOptimizer(learning_rate).minimize(loss, global_step)
with tf.control_dependencies([train_step]):
    variables_averages_op = variable_averages.apply(tf.trainable_variables())
train_op = tf.group(train_step, variables_averages_op, name="train")
average_y = inference(x, variable_averages, w1, b1, w2, b2)
correct = tf.equal(tf.argmax(average_y, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
saver = tf.train.Saver()
rng = np.random.RandomState(3)
data = rng.rand(60, INPUT)
labels = np.eye(CLASSES)[np.argmax(data[:, :CLASSES], 1)]
with tf.Session() as sess:
    tf.global_variables_initializer().run()
    for i in range(31):
        if i % 10 == 0:
            print("%d %.4f %.4f" % (i, sess.run(loss, {x: data, y_: labels}),
                                    sess.run(learning_rate)))
        sess.run(train_op, {x: data, y_: labels})
    print(saver.save(sess, "./model.ckpt", global_step), accuracy.eval({x: data, y_: labels}) > 0.3)
print([v.name for v in tf.global_variables()])
