"""convert_to_tensor, cast, make_tensor_proto and back."""
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0], name="v")
for value, kwargs in ((1, {}), ([1, 2], {"dtype": tf.float32}), (np.arange(3), {}), (v, {}),
                      (tf.constant(1), {}), (2.5, {"preferred_dtype": tf.int32}),
                      (3, {"preferred_dtype": tf.float64}), (np.float64(1), {"name": "n"}),
                      (tf.TensorShape([2, 3]), {}), (True, {}), (("a", b"b"), {})):
    t = tf.convert_to_tensor(value, **kwargs)
    print(t.name, t.dtype, t.shape)
for value, dtype in ((v, tf.int32), (tf.constant(1), tf.float32), ("a", tf.int32),
                     (tf.TensorShape([None]), None), (object(), None)):
    try:
        tf.convert_to_tensor(value, dtype)
    except (TypeError, ValueError) as e:
        print(type(e).__name__)

x = tf.constant([-1.9, 0.0, 2.7, 300.0], name="x")
casts = [tf.cast(x, t) for t in (tf.int32, tf.int64, tf.bool, tf.float64, tf.complex64)]
casts += [tf.cast([1, 0, 5], tf.bool), tf.cast([True, False], tf.float32), tf.cast(x, "float"),
          tf.to_float([1, 2]), tf.to_int32(x), tf.to_int64(x), tf.to_double(x),
          tf.saturate_cast(x, tf.uint8)]
print(tf.cast(x, tf.float32) is x, [t.op.type for t in casts])
with tf.Session() as sess:
    for value in sess.run(casts):
        print(value.dtype, value.tolist())

for value in (1.5, [1, 2, 3], [["a"]], np.ones([2, 2], np.float16), [True], 1j, np.zeros([0])):
    proto = tf.make_tensor_proto(value)
    back = tf.make_ndarray(proto)
    print(proto.dtype, str(proto.tensor_shape).split(), back.dtype, back.tolist())
print(tf.make_tensor_proto(3, tf.int64, [2]).SerializeToString())
print(tf.is_numeric_tensor(x), tf.is_numeric_tensor(tf.constant("s")), tf.is_tensor(x))
