"""Variables in expressions: operators, reflected too, as arguments, in lists, as booleans."""
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0], name="v")
r = tf.get_variable("r", initializer=np.array([3.0, 4.0], np.float32), use_resource=True)
b = tf.Variable([True, False], name="b")
results = [v + r, v - 1, 2 * r, 1 / v, v ** 2, -r, abs(-v), v // 2, r % 2, 2 ** v, 5 - r,
           np.array([1, 1], np.float32) + v, tf.concat([v, r], 0), tf.reduce_sum([v, r]), ~b,
           b & True, v > 1.5, r <= 3, tf.stack([v[0], r[1]]), tf.matmul([v], tf.expand_dims(r, 1)),
           tf.identity(v), tf.convert_to_tensor(r), tf.cast(v, tf.int32), v[::-1], tf.shape(r)]
for t in results:
    print(t.op.name, t.dtype.name, t.shape)
print(v == v, v == r, len({v, r, v}), v is tf.global_variables()[0])
print(v.graph is tf.get_default_graph(), v.device == "", r.handle.dtype, v.trainable, r.trainable)
print(v, r, sep="\n")
print(v.to_proto().snapshot_name, r.to_proto().is_resource, v.to_proto().initializer_name)
copy = tf.Variable.from_proto(v.to_proto())
print(copy.name, copy == v, copy.op is v.op)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for value in sess.run(results):
        print(value.tolist())
    print(sess.run({"v": v, "r": [r, copy]}))
