"""Variables in parts: how partitioners cut, how parts are named, read and converted."""
import tensorflow as tf

with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(3)):
    v = tf.get_variable("v", [7, 2], initializer=tf.ones_initializer())
    s = tf.get_variable("s", [], initializer=tf.zeros_initializer())
print(type(v).__name__, v.name, v.shape, v.dtype, len(list(v)))
for part in v:
    print(part.name, part.shape, part._get_save_slice_info().spec)
print(s.name, s.shape)

w = tf.get_variable("w", [4, 6], partitioner=tf.fixed_size_partitioner(2, axis=1),
                    initializer=tf.constant_initializer(2.0))
a = tf.get_variable("a", [10, 10], partitioner=tf.variable_axis_size_partitioner(100),
                    initializer=tf.zeros_initializer())
m = tf.get_variable("m", [1000, 10], partitioner=tf.min_max_variable_partitioner(
    max_partitions=4, min_slice_size=8 << 10), initializer=tf.zeros_initializer())
print([p.shape.as_list() for p in w], [p.shape.as_list() for p in a],
      [p.shape.as_list() for p in m])
with tf.variable_scope("p", reuse=True, partitioner=tf.fixed_size_partitioner(3)):
    print(tf.get_variable("v", [7, 2]) is v)
whole = tf.convert_to_tensor(w)
print(whole.name, whole.shape)
looked_up = tf.nn.embedding_lookup(v, [0, 6, 3], partition_strategy="div")
print(v.as_tensor().name, looked_up.shape)
print([x.name for x in tf.global_variables()])
with tf.variable_scope("q"):
    try:
        tf.get_variable("v", [7, 2], partitioner=lambda shape, dtype: [2, 3])
    except ValueError as e:
        print(type(e).__name__)
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(v[1].assign([[5, 5], [6, 6]]) if hasattr(v, "__getitem__") else
             list(v)[1].assign([[5, 5], [6, 6]]))
    print(sess.run(v.as_tensor()).tolist(), sess.run(looked_up).tolist())
    print(saver.save(sess, "model"))
