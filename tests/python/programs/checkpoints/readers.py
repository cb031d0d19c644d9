"""Looking into checkpoints: NewCheckpointReader, list_variables, load_variable."""
import os

import numpy as np
import tensorflow as tf
from tensorflow.python.training import checkpoint_utils

v1 = tf.Variable([1.0], name="v1")
v2 = tf.Variable([[1, 2], [3, 4]], name="scope/v2")
os.mkdir("model")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "model/model.test")
reader = tf.train.NewCheckpointReader("model/model.test")
shapes = reader.get_variable_to_shape_map()
for name in sorted(shapes):
    print(name, shapes[name])
print("Value for variable v1 is ", reader.get_tensor("v1"))
print(reader.get_variable_to_dtype_map() == {"v1": tf.float32, "scope/v2": tf.int32})
print(reader.has_tensor("v1"), reader.has_tensor("v3"))
print(reader.debug_string().decode())
for path in ("model/model.test", "model"):
    print(tf.train.list_variables(path), tf.train.load_variable(path, "scope/v2").tolist())
loaded = tf.train.load_checkpoint("model")
print(loaded.get_tensor("v1"), checkpoint_utils.list_variables("model")[0])
value = reader.get_tensor("scope/v2")
print(value.dtype, value.flags["C_CONTIGUOUS"], value.sum())
for wrong in (lambda: reader.get_tensor("v3"), lambda: tf.train.load_checkpoint("nothing"),
              lambda: tf.train.NewCheckpointReader("model/none"), lambda: reader.get_tensor(3),
              lambda: tf.train.load_variable("model", "none"), lambda: reader.has_tensor(None)):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
