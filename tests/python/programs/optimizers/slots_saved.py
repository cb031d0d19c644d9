"""Training that is saved with its slots, restored in a new graph and goes on alike."""
import numpy as np
import tensorflow as tf

# rounded: adam


def model():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("layer"):
        w = tf.get_variable("w", initializer=[[1.0], [-1.0]])
        b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - 1.0), name="loss")
    step = tf.train.get_or_create_global_step()
    optimizer = tf.train.AdamOptimizer(0.1)
    train = optimizer.minimize(loss, global_step=step, name="train")
    return x, loss, train, optimizer, [w, b]


data = np.array([[1, 2], [3, 4], [0, 1]], np.float32)
x, loss, train, optimizer, variables = model()
print([v.name for v in tf.global_variables()])
print([v.name for v in tf.trainable_variables()])
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(4):
        sess.run(train, {x: data})
    print(saver.save(sess, "adam", global_step=tf.train.get_global_step()))
    for _ in range(2):
        sess.run(train, {x: data})
    expected = sess.run(variables + [loss], {x: data})
print(tf.train.list_variables("adam-4"))
with tf.Graph().as_default(), tf.Session() as sess:
    x, loss, train, optimizer, variables = model()
    tf.train.Saver().restore(sess, tf.train.latest_checkpoint("."))
    for _ in range(2):
        sess.run(train, {x: data})
    again = sess.run(variables + [loss], {x: data})
    print(all(np.array_equal(a, b) for a, b in zip(expected, again)), sess.run("global_step:0"))
with tf.Graph().as_default(), tf.Session() as sess:
    tf.train.import_meta_graph("adam-4.meta").restore(sess, "adam-4")
    sess.run(["train", "train"], {"x:0": data})
    sess.run("train", {"x:0": data})
    print(np.array_equal(sess.run("loss:0", {"x:0": data}), expected[-1]))
