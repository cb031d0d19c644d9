"""Hash tables: mutable ones, static ones and their initializers."""

import tensorflow.compat.v1 as tf
from tensorflow.python.ops import lookup_ops

from programs import program


def mutable(**options):
    return lookup_ops.MutableHashTable(tf.string, tf.int64, -1, **options)


@program
def table_mutable():
    table = mutable()
    table.insert(["a", "b"], [1, 2])
    table.insert(tf.constant(["c"]), tf.constant([3], tf.int64), name="more")
    table.lookup(["a", "x"])
    table.lookup(tf.placeholder(tf.string, [3, None]), name="found")
    table.size()
    table.size(name="count")
    table.remove(tf.constant(["b"]))
    table.remove(tf.constant(["a"]), name="gone")
    table.export()
    table.export(name="all")
    return tf.train.Saver()


@program
def table_mutable_unsaved():
    table = mutable(name="words", checkpoint=False)
    keys = tf.placeholder(tf.string, [None])
    table.lookup(keys, dynamic_default_values=tf.placeholder(tf.int64, [None]))
    table.lookup(keys, dynamic_default_values=tf.constant(7, tf.int64))
    other = lookup_ops.MutableHashTable(tf.int64, tf.float32, tf.constant(0.5), checkpoint=False)
    tf.add(other.lookup(tf.constant([[1, 2]], tf.int64)), 1.0)


@program
def table_of_vectors():
    table = lookup_ops.MutableHashTable(tf.int64, tf.float32, [0.0, 0.0], name="vectors")
    table.insert([1, 2], [[1.0, 2.0], [3.0, 4.0]])
    found = table.lookup(tf.placeholder(tf.int64, [5]))
    tf.reduce_sum(found * 2.0, axis=1)
    table.export()
    return tf.train.Saver()


@program
def table_in_scopes_and_on_devices():
    with tf.name_scope("outer"), tf.device("/cpu:0"):
        table = mutable(checkpoint=False)
        again = mutable(name="second", checkpoint=False)
    with tf.name_scope("use"), tf.device("/gpu:0"):
        with tf.control_dependencies([table.insert(["a"], [1])]):
            table.lookup(["a"])
        again.remove(tf.constant(["a"]))
        again.size()


@program
def table_static():
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    table.lookup(tf.placeholder(tf.string, [2, 3]))
    table.lookup(tf.constant(["x"]), name="found")
    table.size()
    table.export()
    tf.tables_initializer()


@program
def tables_static_two():
    with tf.name_scope("first"):
        keys = tf.constant([1, 2], tf.int64, name="numbers")
        initializer = tf.lookup.KeyValueTensorInitializer(keys, ["one", "two"], name="fill")
        first = tf.lookup.StaticHashTable(initializer, "none", name="names")
    second = lookup_ops.HashTable(
        tf.lookup.KeyValueTensorInitializer([1, 2], [1.5, 2.5], key_dtype=tf.int64,
                                            value_dtype=tf.float64), 0)
    first.lookup(keys)
    second.lookup(keys)
    tf.tables_initializer(name="fill_all")


@program
def tables_initializer_of_none():
    tf.tables_initializer()
    tf.tables_initializer(name="nothing")


@program
def table_in_a_branch():
    def branch():
        initializer = tf.lookup.KeyValueTensorInitializer(["a"], [5])
        table = tf.lookup.StaticHashTable(initializer, -1)
        return table.lookup(tf.constant(["a"]))

    flag = tf.placeholder(tf.bool, [])
    tf.cond(flag, branch, lambda: tf.constant([0]))
    tf.tables_initializer()
