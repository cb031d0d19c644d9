"""Mutable hash tables, which a Saver saves with the variables."""
import tensorflow as tf
from tensorflow.python.ops import lookup_ops


def build():
    table = lookup_ops.MutableHashTable(tf.string, tf.int64, -1, name="table", checkpoint=True)
    return table, tf.get_variable("v", initializer=[1.0])


table, v = build()
insert = table.insert(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64))
found = table.lookup(tf.constant(["b", "none", "a"]))
print(table.name, len(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)))
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([found, table.size()]))
    sess.run(insert)
    print(sess.run([found, table.size()]))
    saver.save(sess, "table")
print(tf.train.list_variables("table"))
with tf.Graph().as_default(), tf.Session() as sess:
    table, v = build()
    tf.train.Saver().restore(sess, "table")
    keys, values = sess.run(table.export())
    print(sorted(zip(keys.tolist(), values.tolist())), sess.run(v))
