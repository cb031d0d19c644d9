"""Slices of variables: read, and assigned to."""
import tensorflow as tf

v = tf.Variable([[1, 2, 3], [4, 5, 6]], name="v")
r = tf.get_variable("r", initializer=[1.0, 2.0, 3.0, 4.0], use_resource=True)
row = v[1]
cell = v[0, 2]
tail = r[-2:]
print(row.name, cell.shape, tail.name)
set_row = v[0].assign([7, 8, 9])
set_some = r[1:3].assign([0.0, 0.5])
print(set_row.op.type, set_some.op.type if hasattr(set_some, "op") else set_some.type)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([row, cell, tail]))
    print(sess.run(set_row).tolist(), sess.run(v).tolist())
    sess.run(set_some)
    print(sess.run(r).tolist())
    sess.run(v[:, ::2].assign([[0, 0], [1, 1]]))
    print(sess.run(v).tolist())
    try:
        sess.run(v[0].assign([1, 2]))
    except (tf.errors.InvalidArgumentError, ValueError) as e:
        print(type(e).__name__)
try:
    v[0] = 3
except TypeError as e:
    print(type(e).__name__)
try:
    tf.constant([1, 2])[0].assign(3)
except (ValueError, AttributeError) as e:
    print(type(e).__name__)
