"""constant: the type that values get, types asked for, shapes filled."""
import numpy as np
import tensorflow as tf

values = [1, 1.5, True, "text", b"bytes", 1 + 2j, [1, 2], [1, 2.5], [[True], [False]], [],
          [["a", "bc"], ["d", ""]], np.int8(3), np.array([1, 2]), np.array([1.5]), 2 ** 40,
          np.float16(0.5), np.array(["x", "yz"]), np.zeros([0, 3]), (1, (2))]
tensors = [tf.constant(v) for v in values]
for t in tensors:
    print(t.dtype.name, t.shape)
typed = [tf.constant(3, dtype) for dtype in (
    tf.float16, tf.float32, tf.float64, tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint16,
    tf.uint32, tf.uint64, tf.complex64, tf.complex128, tf.bfloat16)]
print([t.dtype.name for t in typed])
filled = [tf.constant(0.5, shape=[2, 3]), tf.constant([1, 2], shape=[2, 1]),
          tf.constant("s", shape=[2]), tf.constant(7, tf.int64, [3]), tf.constant(1, shape=[]),
          tf.constant([1, 2], shape=[4])]
with tf.Session() as sess:
    for value in sess.run(tensors + typed + filled):
        value = np.asarray(value)
        print(value.dtype, value.shape, value.tolist())
