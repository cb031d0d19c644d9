"""Names that older programs use."""
import tensorflow as tf

v = tf.Variable(1.0, name="v")
local = tf.get_local_variable("local", [], initializer=tf.zeros_initializer())
w = tf.get_variable("w", [], initializer=tf.ones_initializer(), collections=[
    tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES])
print([x.name for x in tf.all_variables()], [x.name for x in tf.model_variables()])
print([x.name for x in tf.local_variables()], local.trainable)
init = tf.initialize_all_variables()
some = tf.initialize_variables([v])
locals_ = tf.initialize_local_variables()
print(init.name, some.name, locals_.name)
x = tf.constant([[1.0, 4.0], [9.0, 2.0]])
results = [tf.arg_max(x, 1), tf.arg_min(x, 0), tf.to_int32(x), tf.to_float([1]), tf.div(x, 2.0),
           tf.diag([1, 2]), tf.matrix_diag_part(x), tf.log(x), tf.mod([5], [3]), tf.floor_div(7, 2),
           tf.squared_difference(x, 1.0), tf.is_nan(x), tf.lbeta(x), tf.ceil(x), tf.reciprocal(x),
           tf.matrix_inverse(x), tf.unsorted_segment_sum([1, 2], [0, 0], 1),
           tf.where([True, False]), tf.realdiv(x, x), tf.truediv(3, 2),
           tf.invert_permutation([1, 0]),
           tf.reduce_sum(x, reduction_indices=[0], keep_dims=True), tf.expand_dims(x, dim=0),
           tf.squeeze(tf.expand_dims(x, 0), squeeze_dims=[0]), tf.sparse_to_dense([1], [3], 5),
           tf.nn.softmax(x, dim=0), tf.concat([x, x], axis=0), tf.split(x, 2)[0]]
with tf.Session() as sess:
    sess.run([init, locals_])
    for t in results:
        print(t.op.name, sess.run(t).round(3).tolist() if t.dtype != tf.bool else sess.run(t))
    print(sess.run([v, w, local]))
