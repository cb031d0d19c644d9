"""Savers' graphs and definitions."""

import tensorflow.compat.v1 as tf

from programs import program


def two_variables(use_resource=False):
    a = tf.Variable(tf.zeros([2, 3]), name="a", use_resource=use_resource)
    b = tf.Variable(0, name="b", use_resource=use_resource)
    return a, b


@program
def saver_plain():
    two_variables()
    return tf.train.Saver()


@program
def saver_resource():
    two_variables(use_resource=True)
    return tf.train.Saver()


@program
def saver_keeping_all():
    two_variables()
    return tf.train.Saver(max_to_keep=None, keep_checkpoint_every_n_hours=2)


@program
def saver_of_list():
    a, b = two_variables()
    return tf.train.Saver([b])


@program
def saver_of_dict():
    a, b = two_variables()
    return tf.train.Saver({"z": a, "model/b": b})


@program
def saver_named():
    two_variables()
    with tf.name_scope("outer"):
        return tf.train.Saver(name="keep")


@program
def saver_reshape():
    two_variables()
    return tf.train.Saver(reshape=True)


@program
def saver_reshape_resource():
    two_variables(use_resource=True)
    return tf.train.Saver(reshape=True)


@program
def saver_restore_sequentially():
    two_variables()
    return tf.train.Saver(restore_sequentially=True)


@program
def saver_filename():
    two_variables()
    return tf.train.Saver(filename="checkpoint-file")


@program
def savers_two():
    a, b = two_variables()
    tf.train.Saver([a])
    return tf.train.Saver(max_to_keep=2)


@program
def savers_in_a_collection():
    a, b = two_variables()
    tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver([a]))
    return tf.train.Saver()


@program
def saver_on_devices():
    with tf.device("/cpu:0"):
        tf.Variable(1.0, name="on_cpu")
    tf.Variable(1.0, name="anywhere")
    return tf.train.Saver()


def variables_on_devices(**options):
    with tf.device("/cpu:0"):
        tf.Variable(tf.zeros([2]), name="a", **options)
        tf.Variable(0, name="c", **options)
    with tf.device("/job:worker/task:1"):
        tf.Variable(1.0, name="b", **options)
    tf.Variable(1.0, name="anywhere", **options)


@program
def saver_sharded():
    variables_on_devices()
    return tf.train.Saver(sharded=True)


@program
def saver_sharded_resource():
    variables_on_devices(use_resource=True)
    return tf.train.Saver(sharded=True)


@program
def saver_sharded_one_device():
    two_variables()
    return tf.train.Saver(sharded=True)


@program
def saver_v1():
    two_variables()
    return tf.train.Saver(write_version=tf.train.SaverDef.V1)


@program
def saver_v1_resource():
    two_variables(use_resource=True)
    return tf.train.Saver(reshape=True, write_version=tf.train.SaverDef.V1)


@program
def saver_v1_sharded():
    variables_on_devices()
    return tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1)


@program
def saver_deferred():
    two_variables()
    saver = tf.train.Saver(defer_build=True)
    saver.build()
    return saver


@program
def saver_allow_empty():
    tf.constant(1.0)
    return tf.train.Saver(allow_empty=True)
