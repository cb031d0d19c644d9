"""assign, assign_add, assign_sub, scatter: operations, shapes, values, for both kinds."""
import tensorflow as tf

for use_resource in (False, True):
    with tf.variable_scope("resource" if use_resource else "plain"):
        v = tf.get_variable("v", initializer=[1.0, 2.0, 3.0], use_resource=use_resource)
        n = tf.get_variable("n", initializer=5, use_resource=use_resource)
    print(v.dtype, n.dtype, v.op.type)
    ops = [tf.assign(v, [4.0, 5.0, 6.0]), v.assign_add([1.0, 1.0, 1.0]), tf.assign_sub(v, v * 0.5),
           v.assign([0.0, 0.0, 9.0]), n.assign_add(2), n.assign_sub(1), tf.assign_add(n, n),
           tf.scatter_update(v, [0, 2], [7.0, 8.0]), tf.scatter_add(v, [1, 1], [1.0, 2.0]),
           tf.scatter_sub(v, 0, 7.0)]
    print([getattr(op, "op", op).type for op in ops])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for op in ops:
            print(sess.run(op), sess.run(v), sess.run(n))
        sess.run(v.initializer)
        print(sess.run(v.assign([1.0, 1.0, 1.0], read_value=False)), sess.run(v.read_value()))
        try:
            sess.run(tf.scatter_update(v, [3], [1.0]))
        except tf.errors.InvalidArgumentError as e:
            print(type(e).__name__)
free = tf.Variable([1.0], validate_shape=False, name="free")
with tf.Session() as sess:
    sess.run(free.initializer)
    sess.run(tf.assign(free, [1.0, 2.0], validate_shape=False))
    print(free.shape, sess.run(free))
