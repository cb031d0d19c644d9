"""Operators with the tensor on the right: numbers, lists and numpy arrays on the left."""
import numpy as np
import tensorflow as tf

t = tf.constant([1.0, 2.0, 4.0], name="t")
array = np.array([3.0, 5.0, 7.0], np.float32)
results = {
    "number": [1 - t, 2 * t, 8 / t, 9 // t, 5 % t, 2 ** t, 1 + t],
    "array": [array - t, array * t, array / t, array // t, array % t, array ** t, array + t],
    "scalar": [np.float32(1) - t, np.float32(2) * t, np.float32(3) / t],
    "list": [[1.0, 1.0, 1.0] - t, [1.0, 1.0, 1.0] + t],
}
for kind, tensors in results.items():
    print(kind, [isinstance(r, tf.Tensor) for r in tensors], [r.dtype.name for r in tensors])
    print([r.op.inputs[1].op.name for r in tensors])
m = np.eye(2, dtype=np.float32) @ tf.constant([[1.0, 2.0], [3.0, 4.0]])
n = True & tf.constant([True, False])
print(m.op.type, n.op.type)

with tf.Session() as sess:
    for kind, values in sess.run(results).items():
        print(kind, [v.round(4).tolist() for v in values])
    print(sess.run([m, n]))
