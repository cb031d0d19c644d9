"""Saving what is no variable: a SaveableObject of one's own, and a hash table."""
import tensorflow as tf
from tensorflow.python.training import saver as saver_lib

v = tf.Variable([1.0, 2.0], name="v")
w = tf.Variable([0.0, 0.0], name="w")


class Doubled(saver_lib.BaseSaverBuilder.SaveableObject):
    """Saves twice the value of a variable, and halves what it restores."""

    def __init__(self, variable, name):
        self.variable = variable
        spec = saver_lib.BaseSaverBuilder.SaveSpec(variable * 2.0, "", name + "/doubled")
        super(Doubled, self).__init__(variable, [spec], name)

    def restore(self, restored_tensors, restored_shapes):
        return self.variable.assign(restored_tensors[0] * 0.5)


saver = tf.train.Saver({"v": Doubled(v, "v"), "w": w})
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver.save(sess, "doubled")
    sess.run(v.assign([7.0, 7.0]))
    saver.restore(sess, "doubled")
    print(sess.run(v), tf.train.list_variables("doubled"),
          tf.train.load_variable("doubled", "v/doubled"))
tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, Doubled(v, "collected"))
everything = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    everything.save(sess, "everything")
print(tf.train.list_variables("everything"))
