"""Variables of every type in one checkpoint."""
import numpy as np
import tensorflow as tf

values = {
    "half": np.array([1.5, -2], np.float16),
    "float": np.array([[1.25]], np.float32),
    "double": np.array(3.5),
    "int8": np.array([-8], np.int8),
    "int16": np.array([16, -16], np.int16),
    "int32": np.int32(32),
    "int64": np.array([2 ** 40]),
    "uint8": np.array([255], np.uint8),
    "uint16": np.array([65535], np.uint16),
    "bool": np.array([True, False]),
    "complex64": np.array([1 + 2j], np.complex64),
    "complex128": np.array([2j]),
    "string": np.array(["a", "longer", ""]),
    "empty": np.zeros([0, 3], np.float32),
    "uint32": np.array([7], np.uint32),
    "uint64": np.array([8], np.uint64),
}
variables = {name: tf.Variable(value, name=name) for name, value in values.items()}
resources = {name: tf.get_variable("r/" + name, initializer=value, use_resource=True)
             for name, value in values.items() if name != "string"}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "all")
reader = tf.train.NewCheckpointReader("all")
for name, shape in sorted(reader.get_variable_to_shape_map().items()):
    value = np.asarray(reader.get_tensor(name))
    dtype = reader.get_variable_to_dtype_map()[name]
    print(name, shape, dtype.name, value.dtype.kind, value.tolist())
with tf.Session() as sess:
    tf.train.Saver().restore(sess, "all")
    for name, value in sorted(sess.run(variables).items()):
        print(name, np.asarray(value).tolist())
