"""Savers of what is not a variable."""

import tensorflow.compat.v1 as tf
from tensorflow.python.ops import lookup_ops
from tensorflow.python.training.saver import BaseSaverBuilder

from programs import program


class Pair(BaseSaverBuilder.SaveableObject):
    """Two variables that are restored together, by one operation."""

    def __init__(self, first, second, name):
        self.pair = (first, second)
        specs = [BaseSaverBuilder.SaveSpec(v.value(), "", f"{name}/{part}")
                 for v, part in zip(self.pair, ("first", "second"))]
        super().__init__(first.op, specs, name)

    def restore(self, restored_tensors, restored_shapes):
        with tf.name_scope("restore_pair"):
            if restored_shapes is not None:
                restored_tensors = [tf.reshape(t, s)
                                    for t, s in zip(restored_tensors, restored_shapes)]
            return tf.group(*(tf.assign(v, t) for v, t in zip(self.pair, restored_tensors)))


def local(value, name, **options):
    return tf.Variable(value, name=name, collections=[tf.GraphKeys.LOCAL_VARIABLES], **options)


def pair(name="state"):
    first = local(tf.zeros([2]), name)
    second = local(1, name + "_count")
    return Pair(first, second, name)


def pair_and_variables():
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, pair())
    tf.Variable(1.0, name="a")
    tf.Variable([1.0], name="z", use_resource=True)


@program
def saveable_pair():
    pair_and_variables()
    return tf.train.Saver()


@program
def saveable_pair_reshape():
    pair_and_variables()
    return tf.train.Saver(reshape=True)


@program
def saveable_pair_v1():
    pair_and_variables()
    return tf.train.Saver(write_version=tf.train.SaverDef.V1)


@program
def saveable_read_by_each():
    pair_and_variables()
    with tf.device("/gpu:0"):
        return tf.train.Saver(builder=BaseSaverBuilder(), reshape=True)


@program
def saveables_in_a_list():
    b = tf.Variable(1.0, name="b")
    last = pair("zoo")
    return tf.train.Saver([last, b, pair("ape")])


@program
def saveables_in_a_dict():
    b = tf.Variable(1.0, name="b")
    return tf.train.Saver({"y": pair("zoo"), "z": b, "x": pair("ape")})


@program
def saveable_that_reads_when_saved():
    v = local([1.0, 2.0], "v", use_resource=True)

    class Doubled(BaseSaverBuilder.SaveableObject):
        def __init__(self):
            specs = [BaseSaverBuilder.SaveSpec(lambda: v.read_value() * 2.0, "", "doubled",
                                               dtype=tf.float32, device=v.device)]
            super().__init__(None, specs, "v")

        def restore(self, restored_tensors, restored_shapes):
            return v.assign(restored_tensors[0] / 2.0).op

    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, Doubled())
    return tf.train.Saver(reshape=True)


def tables_and_variables():
    with tf.device("/cpu:0"):
        lookup_ops.MutableHashTable(tf.string, tf.float32, 0.0, name="words")
        tf.Variable(1.0, name="on_cpu")
    tf.Variable([1.0], name="anywhere")
    lookup_ops.MutableHashTable(tf.int64, tf.int64, [0, 0], name="pairs")


@program
def saver_of_tables():
    tables_and_variables()
    return tf.train.Saver()


@program
def saver_of_tables_reshape():
    tables_and_variables()
    return tf.train.Saver(reshape=True)


@program
def saver_of_tables_sharded():
    tables_and_variables()
    return tf.train.Saver(sharded=True)


@program
def saver_of_tables_sharded_each():
    tables_and_variables()
    with tf.device("/job:worker"):
        return tf.train.Saver(sharded=True, builder=BaseSaverBuilder())


@program
def saver_of_tables_v1_sharded():
    tables_and_variables()
    with tf.device("/job:worker"):
        return tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1)


@program
def saver_of_partitions_reshape():
    parts = tf.fixed_size_partitioner(2)
    tf.get_variable("p", [4, 2], partitioner=parts)
    tf.get_variable("r", [4, 2], partitioner=parts, use_resource=True)
    return tf.train.Saver(reshape=True)


@program
def saver_of_one_table_under_another_name():
    table = lookup_ops.MutableHashTable(tf.string, tf.float32, 0.0, name="words", checkpoint=False)
    return tf.train.Saver([lookup_ops.MutableHashTable._Saveable(table, "other", "words")])
