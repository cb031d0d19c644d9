"""Shapes and parts of tensors, with gradients."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def constants():
    tf.constant(1.0)
    tf.constant([1, 2, 3])
    tf.constant([[1.0, 2.0], [3.0, 4.0]], name="matrix")
    tf.constant(2.5, dtype=tf.float64)
    tf.constant(0.5, shape=[2, 3])
    tf.constant("text")
    tf.constant(["a", "bc"])
    tf.constant([True, False, False])
    tf.constant(5, dtype=tf.int64)
    tf.constant(1, dtype=tf.uint8)
    tf.constant(0.5, dtype=tf.float16)
    tf.zeros([2])
    tf.zeros([2, 3], tf.int32)
    tf.zeros([])
    tf.ones([3])
    tf.ones([2, 2], tf.float64, name="ones")
    tf.fill([2, 3], 9.0)
    tf.zeros([1000, 1000])


@program
def placeholders():
    tf.placeholder(tf.float32)
    tf.placeholder(tf.float64, [])
    tf.placeholder(tf.int32, [None, 3])
    tf.placeholder(tf.bool, [2], name="flag")
    tf.placeholder_with_default(tf.constant([1.0]), [None], name="default")


@program
def shapes():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    u = tf.placeholder(tf.float32, [None, 3], name="u")
    for t in (x, u):
        tf.shape(t)
        tf.size(t)
        tf.rank(t)
        tf.zeros_like(t)
        tf.ones_like(t)
    tf.shape(u, out_type=tf.int64, name="wide")
    tf.size(u, out_type=tf.int64)


@program
def reshape():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    u = tf.placeholder(tf.float32, [None, 4], name="u")
    tf.gradients([tf.reshape(x, [3, 2]), tf.reshape(x, [-1]), tf.reshape(x, [6, 1, 1])], [x])
    tf.gradients([tf.reshape(u, [-1, 2, 2]), tf.reshape(u, tf.shape(u))], [u])


@program
def expand_and_squeeze():
    x = tf.placeholder(tf.float32, [2, 1, 3], name="x")
    tf.gradients([tf.expand_dims(x, 0), tf.expand_dims(x, -1), tf.squeeze(x), tf.squeeze(x, [1]),
                  tf.squeeze(x, axis=1)], [x])


@program
def transpose():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    c = tf.placeholder(tf.float32, [None, 3, 4], name="c")
    tf.gradients([tf.transpose(x), tf.transpose(x, [1, 0])], [x])
    tf.gradients([tf.transpose(c, [2, 0, 1])], [c])


@program
def concat():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [4, 3], name="b")
    c = tf.placeholder(tf.float32, [None, 3], name="c")
    tf.gradients([tf.concat([a, b], 0), tf.concat([a, b, c], axis=0)], [a, b, c])
    tf.gradients([tf.concat([a, a], 1), tf.concat([a, a], -1, name="last")], [a])
    tf.concat([a], 0)


@program
def split():
    x = tf.placeholder(tf.float32, [4, 6], name="x")
    a, b = tf.split(x, 2)
    c, d, e = tf.split(x, 3, axis=1)
    f, g = tf.split(x, [2, 4], 1)
    tf.gradients([a, b, c, e, f, g], [x])
    tf.gradients([d], [x])


@program
def stack():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [2, 3], name="b")
    tf.gradients([tf.stack([a, b]), tf.stack([a, b], axis=1)], [a, b])
    tf.stack([a, b], axis=-1, name="last")


@program
def unstack():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    a, b = tf.unstack(x)
    c, d, e = tf.unstack(x, axis=1)
    tf.gradients([a, b, c, d, e], [x])


@program
def slices():
    x = tf.placeholder(tf.float32, [4, 5], name="x")
    tf.gradients([tf.slice(x, [1, 0], [2, 3]), tf.slice(x, [0, 2], [-1, 2])], [x])


@program
def strided_slices():
    x = tf.placeholder(tf.float32, [4, 5, 6], name="x")
    ys = [x[0], x[-1], x[1:3], x[:, 2], x[..., 0], x[1:, :-1], x[::2, 1:4:2], x[:, tf.newaxis, 1],
          x[0, 1, 2]]
    tf.gradients(ys, [x])
    tf.strided_slice(x, [0, 1, 2], [2, 3, 4])


@program
def strided_slice_of_shape():
    u = tf.placeholder(tf.float32, [None, 3], name="u")
    batch = tf.shape(u)[0]
    tf.reshape(u, tf.stack([batch, 3, 1]))


@program
def gather():
    x = tf.placeholder(tf.float32, [5, 3], name="x")
    i = tf.placeholder(tf.int32, [None], name="i")
    tf.gradients([tf.gather(x, i), tf.gather(x, [0, 2]), tf.gather(x, i, axis=1)], [x])


@program
def gather_batches():
    x = tf.placeholder(tf.float32, [2, 5, 3], name="x")
    u = tf.placeholder(tf.float32, [None, 5, None], name="u")
    i = tf.placeholder(tf.int32, [2, None], name="i")
    l = tf.placeholder(tf.int64, [2, 5, 1], name="l")
    tf.gradients([tf.gather(x, i, batch_dims=1), tf.gather(x, i, axis=2, batch_dims=1),
                  tf.gather(x, l, batch_dims=2), tf.gather(x, i, batch_dims=-1)], [x])
    tf.gradients(tf.gather(u, i, axis=-1, batch_dims=1), [u])


def gather_variable(use_resource):
    w = tf.Variable(tf.zeros([5, 3]), name="w", use_resource=use_resource)
    i = tf.placeholder(tf.int32, [None], name="i")
    tf.gradients([tf.gather(w, i), tf.gather(w, i, axis=1), tf.gather(w, i, name="named")], [w])


@program
def gather_reference_variable():
    gather_variable(use_resource=False)


@program
def gather_resource_variable():
    gather_variable(use_resource=True)


@program
def gather_nd():
    x = tf.placeholder(tf.float32, [5, 3], name="x")
    i = tf.placeholder(tf.int32, [None, 2], name="i")
    tf.gradients([tf.gather_nd(x, i)], [x])


@program
def one_hot():
    i = tf.placeholder(tf.int32, [None], name="i")
    tf.one_hot(i, 10)
    tf.one_hot(i, 3, on_value=2.0, off_value=-1.0)
    tf.one_hot(i, 3, dtype=tf.int64, axis=0, name="columns")


@program
def tile_and_pad():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients([tf.tile(x, [2, 1]), tf.pad(x, [[1, 1], [0, 2]])], [x])


@program
def ranges():
    tf.range(5)
    tf.range(2, 10, 3)
    tf.range(0.0, 1.0, 0.25)


@program
def matmul():
    a = tf.placeholder(tf.float32, [None, 3], name="a")
    b = tf.placeholder(tf.float32, [3, 4], name="b")
    c = tf.placeholder(tf.float32, [None, 4], name="c")
    tf.gradients([tf.matmul(a, b), tf.matmul(a, c, transpose_a=True),
                  tf.matmul(c, b, transpose_b=True),
                  tf.matmul(b, a, transpose_a=True, transpose_b=True)], [a, b, c])


@program
def batch_matmul():
    a = tf.placeholder(tf.float32, [5, 2, 3], name="a")
    b = tf.placeholder(tf.float32, [5, 3, 4], name="b")
    tf.gradients([tf.matmul(a, b)], [a, b])


@program
def scatter_nd():
    i = tf.placeholder(tf.int32, [4, 1], name="i")
    u = tf.placeholder(tf.float32, [4, 3], name="u")
    tf.gradients(tf.scatter_nd(i, u, [8, 3]), [u])


@program
def broadcast_and_reverse():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients([tf.broadcast_to(x, [4, 2, 3]), tf.reverse(x, [0]), tf.reverse(x, [0, -1])], [x])
    tf.bitcast(x, tf.int32)
    tf.invert_permutation([2, 0, 1])


@program
def pad_modes():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    paddings = tf.constant([[1, 1], [0, 2]])
    tf.gradients([tf.pad(x, paddings, mode="REFLECT"), tf.pad(x, paddings, "SYMMETRIC"),
                  tf.pad(x, paddings, constant_values=1.0, name="ones")], [x])


@program
def diagonals():
    v = tf.placeholder(tf.float32, [3], name="v")
    m = tf.placeholder(tf.float32, [3, 3], name="m")
    tf.gradients([tf.diag(v), tf.diag_part(m), tf.matrix_band_part(m, 1, 0)], [v, m])


@program
def partitions():
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    p = tf.placeholder(tf.int32, [4], name="p")
    i = tf.placeholder(tf.int32, [2], name="i")
    parts = tf.dynamic_partition(x, p, 2)
    stitched = tf.dynamic_stitch([i, [1, 3]], [x[:2], x[2:]])
    tf.gradients([*parts, stitched], [x])
    tf.gradients(parts[1], [x])


@program
def linspace():
    tf.linspace(1.0, 2.0, 5)
    tf.linspace(tf.constant([1.0, 2.0]), [3.0, 4.0], 4, name="rows")
    tf.linspace(tf.placeholder(tf.float64, name="start"), 4.0, tf.placeholder(tf.int32, [], name="n"), axis=-1)


@program
def boolean_mask():
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    mask = tf.placeholder(tf.bool, [4], name="mask")
    tf.gradients(tf.boolean_mask(x, mask), [x])


@program
def identity_n():
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.placeholder(tf.int32, [], name="y")
    a, b = tf.identity_n([x, y])
    tf.gradients(a, [x])
