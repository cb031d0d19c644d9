"""where, boolean_mask, gather, gather_nd, one_hot, top values."""
import numpy as np
import tensorflow as tf

x = tf.constant(np.arange(12).reshape(3, 4), tf.float32, name="x")
ids = tf.placeholder(tf.int32, [None], name="ids")
mask = tf.placeholder(tf.bool, [None], name="mask")
results = {
    "where": tf.where(x > 5),
    "where3": tf.where(x > 5, x, tf.zeros_like(x)),
    "rows": tf.where([True, False, True], x, -x),
    "mask": tf.boolean_mask(x, mask),
    "mask1": tf.boolean_mask(x, [True, False, False, True], axis=1),
    "gather": tf.gather(x, ids),
    "gather1": tf.gather(x, [[3], [0]], axis=1),
    "nd": tf.gather_nd(x, [[0, 1], [2, 3]]),
    "ndrow": tf.gather_nd(x, [[1]]),
    "one_hot": tf.one_hot([0, 2, -1], 3),
    "hot": tf.one_hot([1], 2, 5, 7, axis=0, dtype=tf.int32),
    "scatter": tf.scatter_nd([[1], [3]], [5, 6], [4]),
    "diag": tf.diag([1.0, 2.0]),
    "part": tf.diag_part(x[:3, :3]),
    "band": tf.matrix_band_part(x[:3, :3], 0, -1),
    "unique": tf.unique([4, 4, 1, 4, 7])[0],
    "index": tf.unique([4, 4, 1, 4, 7])[1],
    "reverse": tf.reverse(x, [1]),
    "invert": tf.invert_permutation([2, 0, 1]),
    "eye": tf.eye(2, 3),
    "sequence": tf.sequence_mask([1, 3], 4),
    "parts": tf.dynamic_partition([1, 2, 3, 4], [0, 1, 0, 1], 2),
    "stitch": tf.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]]),
    "segment": tf.segment_sum(x, [0, 0, 1]),
    "unsorted": tf.unsorted_segment_sum(x, [2, 0, 2], 3),
}
for name, t in sorted(results.items()):
    print(name, [p.shape.as_list() for p in t] if isinstance(t, list) else t.shape)
with tf.Session() as sess:
    values = sess.run(results, {ids: [2, 0], mask: [False, True, True]})
    for name, value in sorted(values.items()):
        print(name, [v.tolist() for v in value] if isinstance(value, list) else value.tolist())
    try:
        sess.run(results["gather"], {ids: [3]})
    except tf.errors.InvalidArgumentError as e:
        print(type(e).__name__, "indices[0] = 3 is not in [0, 3)" in e.message)
