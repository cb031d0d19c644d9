"""The V1 format, sharded savers, and reading both."""
import glob

import numpy as np
import tensorflow as tf

with tf.device("/cpu:0"):
    a = tf.Variable([1.0, 2.0], name="a")
b = tf.Variable([[3, 4]], name="b")
c = tf.get_variable("c", initializer=np.array([True, False]), use_resource=True)
p = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2),
                    initializer=tf.ones_initializer())
savers = {
    "v1": tf.train.Saver(write_version=tf.train.SaverDef.V1),
    "v2": tf.train.Saver(write_version=tf.train.SaverDef.V2),
    "sharded": tf.train.Saver(sharded=True),
    "sharded_v1": tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1),
}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for name, saver in savers.items():
        print(name, saver.save(sess, name, latest_filename="state_" + name))
        print(sorted(glob.glob(name + "[.-]*")), saver.saver_def.version, saver.saver_def.sharded)
for name, saver in savers.items():
    with tf.Session() as sess:
        path = tf.train.latest_checkpoint(".", "state_" + name)
        saver.restore(sess, path)
        print(name, path, sess.run([a, b, c, tf.convert_to_tensor(p)]))
    if "sharded_v1" != name:
        reader = tf.train.NewCheckpointReader(name)
        print(sorted(reader.get_variable_to_shape_map().items()), reader.has_tensor("b"))
