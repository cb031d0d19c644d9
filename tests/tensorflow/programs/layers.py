"""What layers are made of beyond products and convolutions, with gradients."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def depthwise_conv2d():
    x = tf.placeholder(tf.float32, [None, 9, 8, 2], name="x")
    w = tf.placeholder(tf.float32, [3, 3, 2, 4], name="w")
    tf.gradients([tf.nn.depthwise_conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"),
                  tf.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "VALID", name="named"),
                  tf.nn.depthwise_conv2d_native(x, w, [1, 1, 1, 1], "SAME")], [x, w])


@program
def depthwise_second_gradients():
    x = tf.placeholder(tf.float32, [None, 9, 8, 2], name="x")
    w = tf.placeholder(tf.float32, [3, 3, 2, 4], name="w")
    y = tf.nn.depthwise_conv2d_native(x, w, [1, 1, 1, 1], "SAME")
    tf.gradients(tf.gradients(y * y, [x, w]), [x, w])


@program
def grouped_conv2d():
    x = tf.placeholder(tf.float32, [None, 9, 8, 4], name="x")
    w = tf.placeholder(tf.float32, [3, 3, 2, 6], name="w")
    tf.gradients(tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"), [x, w])


@program
def moments():
    x = tf.placeholder(tf.float32, [None, 8, 3], name="x")
    h = tf.placeholder(tf.float16, [4, 3], name="h")
    a, b = tf.nn.moments(x, [0, 1])
    c, d = tf.nn.moments(x, [0], keep_dims=True, name="kept")
    e, _ = tf.nn.moments(h, 0)
    tf.gradients([a, b, c, d], [x])
    tf.gradients(e, [h])


@program
def l2_normalize():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    z = tf.placeholder(tf.complex64, [None, 3], name="z")
    tf.gradients([tf.nn.l2_normalize(x, 1), tf.nn.l2_normalize(x, axis=[0, 1], epsilon=1e-6, name="all")],
                 [x])
    tf.nn.l2_normalize(z, 0)


@program
def zero_fraction():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    i = tf.placeholder(tf.int32, [4], name="i")
    tf.nn.zero_fraction(x)
    tf.nn.zero_fraction(i, name="of_four")


def embeddings(use_resource):
    whole = tf.Variable(tf.zeros([10, 4]), name="whole", use_resource=use_resource)
    parts = [tf.Variable(tf.zeros([n, 4]), name=f"part_{n}", use_resource=use_resource)
             for n in (4, 3, 3)]
    ids = tf.placeholder(tf.int32, [None], name="ids")
    pairs = tf.placeholder(tf.int64, [None, 2], name="pairs")
    ys = [tf.nn.embedding_lookup(whole, ids), tf.nn.embedding_lookup([whole], pairs, name="pairs_of"),
          tf.nn.embedding_lookup(parts, pairs),
          tf.nn.embedding_lookup(parts, ids, partition_strategy="div")]
    tf.gradients(ys, [whole, *parts])


@program
def embedding_lookup():
    embeddings(use_resource=False)


@program
def embedding_lookup_resource():
    embeddings(use_resource=True)


@program
def embedding_lookup_of_unknown_sizes():
    parts = [tf.placeholder(tf.float32, [n, m], name="p") for n, m in ((None, 4), (3, None))]
    ids = tf.placeholder(tf.int32, name="ids")
    tf.nn.embedding_lookup(parts, ids, "div")
    tf.nn.embedding_lookup(parts[0], ids)


def clipped_embeddings(use_resource):
    whole = tf.Variable(tf.zeros([10, 4]), name="whole", use_resource=use_resource)
    parts = [tf.Variable(tf.zeros([n, 4]), name=f"part_{n}", use_resource=use_resource) for n in (4, 3)]
    ids = tf.placeholder(tf.int32, [None], name="ids")
    one = tf.placeholder(tf.int32, [], name="one")
    ys = [tf.nn.embedding_lookup(whole, ids, max_norm=2.0), tf.nn.embedding_lookup(parts, ids, max_norm=1.5),
          tf.nn.embedding_lookup(whole, one, max_norm=2.0)]
    tf.gradients(ys, [whole, *parts])


@program
def embedding_lookup_max_norm():
    clipped_embeddings(use_resource=False)


@program
def embedding_lookup_max_norm_resource():
    clipped_embeddings(use_resource=True)


@program
def clip_by_norm():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    limit = tf.placeholder(tf.float64, [], name="limit")
    tf.gradients([tf.clip_by_norm(x, 1.0), tf.clip_by_norm(x, -1.0, axes=[1], name="rows"),
                  tf.clip_by_norm(x, limit)], [x])


@program
def unique():
    x = tf.placeholder(tf.int32, [None], name="x")
    tf.unique(x)
    tf.unique(x, out_idx=tf.int64, name="wide")


@program
def batch_normalization():
    x = tf.placeholder(tf.float32, [None, 4, 3], name="x")
    h = tf.placeholder(tf.float16, [None, 3], name="h")
    scale = tf.Variable(tf.ones([3]), name="scale")
    offset = tf.Variable(tf.zeros([3]), name="offset", use_resource=True)
    mean, variance = tf.nn.moments(x, [0, 1])
    ys = [tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-3),
          tf.nn.batch_normalization(x, mean, variance, None, scale, 1e-3),
          tf.nn.batch_normalization(x, mean, variance, offset, None, 1e-3, name="shifted"),
          tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3),
          tf.nn.batch_normalization(h, mean, variance, offset, scale, 1e-3)]
    tf.gradients(ys, [x, h, scale, offset])


@program
def fused_batch_norm():
    x = tf.placeholder(tf.float32, [None, 4, 4, 3], name="x")
    n = tf.placeholder(tf.float32, [None, 3, 4, 4], name="n")
    h = tf.placeholder(tf.float16, [2, 4, 4, 3], name="h")
    scale = tf.Variable(tf.ones([3]), name="scale")
    offset = tf.Variable(tf.zeros([3]), name="offset", use_resource=True)
    mean = tf.placeholder(tf.float32, [3], name="mean")
    variance = tf.placeholder(tf.float32, [3], name="variance")
    a, batch_mean, batch_variance = tf.nn.fused_batch_norm(x, scale, offset)
    b, _, _ = tf.nn.fused_batch_norm(x, scale, offset, mean, variance, epsilon=0.01, is_training=False,
                                     name="frozen")
    c, _, _ = tf.nn.fused_batch_norm(n, scale, offset, data_format="NCHW")
    d, _, _ = tf.nn.fused_batch_norm(n, scale, offset, mean, variance, data_format="NCHW", is_training=False)
    e, _, _ = tf.nn.fused_batch_norm(h, scale, offset)
    tf.identity(batch_mean + batch_variance)
    tf.gradients([a, b, c, d, e], [x, n, h, scale, offset])


@program
def dilated_depthwise_conv2d():
    x = tf.placeholder(tf.float32, [None, 9, 8, 2], name="x")
    w = tf.placeholder(tf.float32, [3, 2, 2, 4], name="w")
    tf.gradients([tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME", rate=[2, 3]),
                  tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID", rate=[2, 1], name="named")], [x, w])


@program
def space_and_batch():
    x = tf.placeholder(tf.float32, [None, 9, 8, 2], name="x")
    b = tf.placeholder(tf.int32, [2], name="b")
    y = tf.space_to_batch_nd(x, [3, 2], [[0, 0], [1, 1]])
    tf.gradients([tf.batch_to_space_nd(y, [3, 2], [[1, 0], [0, 2]]), tf.space_to_batch_nd(x, b, [[0, 0], [1, 1]])],
                 [x])
