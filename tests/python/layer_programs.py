"""Programs over tf.layers, as functions of the module: each returns (fetches, feeds)."""

import numpy as np

PROGRAMS = {}
RANDOM = np.random.RandomState(5)
ROWS = RANDOM.rand(4, 3).astype(np.float32)
SEQUENCES = RANDOM.rand(2, 7, 3).astype(np.float32)
IMAGES = RANDOM.rand(2, 6, 5, 3).astype(np.float32)
VOLUMES = RANDOM.rand(2, 4, 5, 3, 2).astype(np.float32)


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def rows(tf, shape=(None, 3), dtype="float32"):
    x = tf.placeholder(dtype, shape, name="x")
    return x, {x: ROWS}


def sequences(tf, shape=(None, 7, 3)):
    x = tf.placeholder(tf.float32, shape, name="x")
    return x, {x: SEQUENCES}


def images(tf, shape=(None, 6, 5, 3)):
    x = tf.placeholder(tf.float32, shape, name="x")
    return x, {x: IMAGES if shape is None or shape[-1] == 3 else IMAGES.transpose(0, 3, 1, 2)}


def volumes(tf):
    x = tf.placeholder(tf.float32, [None, 4, 5, 3, 2], name="x")
    return x, {x: VOLUMES}


def training_of(tf, loss):
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        return optimizer.minimize(loss)


@program
def dense(tf):
    x, feeds = rows(tf)
    hidden = tf.layers.dense(x, 5, activation=tf.nn.relu)
    hidden = tf.layers.dense(hidden, 4, tf.tanh, name="named")
    logits = tf.layers.dense(hidden, 2)
    loss = tf.reduce_mean(tf.square(logits))
    return [logits, training_of(tf, loss)], feeds


@program
def dense_options(tf):
    x, feeds = rows(tf)
    y = tf.layers.dense(x, 4, use_bias=False, kernel_initializer=tf.truncated_normal_initializer(
        stddev=0.1, seed=3), name="a")
    y = tf.layers.dense(y, 3, kernel_initializer=tf.zeros_initializer(),
                        bias_initializer=tf.constant_initializer(0.5), trainable=False)
    y = tf.layers.dense(y, 2, kernel_constraint=tf.nn.relu, bias_constraint=tf.nn.relu)
    return [y, training_of(tf, tf.reduce_sum(y))], feeds


@program
def dense_ranks(tf):
    x, feeds = sequences(tf, (None, None, 3))
    y = tf.placeholder(tf.float32, [2, 7, 3], name="y")
    first = tf.layers.dense(x, 4)
    second = tf.layers.dense(y, 4)
    assert first.shape.as_list() == [None, None, 4]
    return [first, second], {**feeds, y: SEQUENCES}


@program
def dense_of_literals(tf):
    return [tf.layers.dense(ROWS, 2), tf.layers.dense(ROWS.astype(np.float64), 2)], {}


@program
def reuse(tf):
    x, feeds = rows(tf)
    with tf.variable_scope("model"):
        a = tf.layers.dense(x, 3, name="fc")
    with tf.variable_scope("model", reuse=True):
        b = tf.layers.dense(x, 3, name="fc")
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
        c = tf.layers.dense(x, 3, name="fc")
        d = tf.layers.dense(x, 3, name="fc2")
    e = tf.layers.dense(x, 3, name="top")
    f = tf.layers.dense(x, 3, name="top", reuse=True)
    g = tf.layers.dense(x, 3, name="auto", reuse=tf.AUTO_REUSE)
    h = tf.layers.dense(x, 3, name="auto", reuse=tf.AUTO_REUSE)
    assert len(tf.global_variables()) == 8
    return [a, b, c, d, e, f, g, h], feeds


@program
def scopes(tf):
    x, feeds = rows(tf)
    with tf.name_scope("outer"):
        a = tf.layers.dense(x, 2)
    with tf.variable_scope("a", initializer=tf.ones_initializer(),
                           regularizer=lambda w: tf.reduce_sum(tf.abs(w))):
        b = tf.layers.dense(x, 2)
        with tf.variable_scope("b"):
            c = tf.layers.dense(x, 2, name="c")
        b2 = tf.layers.dense(x, 2)
    with tf.variable_scope(None, default_name="a"):
        d = tf.layers.dense(x, 2)
    with tf.variable_scope("a", reuse=True) as scope:
        e = tf.layers.dense(x, 2, name="dense")
    return [a, b, b2, c, d, e], feeds


@program
def regularizers(tf):
    x, feeds = rows(tf)

    def l2(w):
        return 0.5 * tf.nn.l2_loss(w)

    layer = tf.layers.Dense(3, kernel_regularizer=l2, bias_regularizer=lambda b: tf.reduce_sum(b),
                            activity_regularizer=lambda y: tf.reduce_sum(tf.abs(y)))
    y = layer(x)
    z = layer.apply(y)
    again = tf.layers.dense(x, 3, kernel_regularizer=l2, name="again")
    tf.layers.dense(x, 3, kernel_regularizer=l2, name="again", reuse=True)
    conv = tf.layers.conv2d(tf.reshape(y, [-1, 3, 1, 1]), 2, [2, 1], kernel_regularizer=l2)
    tf.layers.batch_normalization(conv, beta_regularizer=l2, gamma_regularizer=l2)
    return [z, again, tf.losses.get_regularization_loss(), tf.add_n(layer.losses)], feeds


@program
def layer_objects(tf):
    x, feeds = rows(tf)
    layer = tf.layers.Dense(3, "relu", name="mine")
    assert not layer.built and layer.weights == []
    a = layer(x)
    with tf.variable_scope("elsewhere"):
        b = layer(a)
    unnamed = tf.layers.Dense(2, activation="sigmoid", dtype=tf.float32)
    c = unnamed(b)
    d = unnamed(tf.constant(ROWS))
    frozen = tf.layers.Dense(2, trainable=False)
    e = frozen(x)
    assert [v.name for v in layer.variables] == ["mine/kernel:0", "mine/bias:0"]
    assert layer.scope_name == "mine" and unnamed.scope_name == "dense"
    assert layer.name == "mine" and unnamed.name == "dense_1" and frozen.name == "dense_2"
    assert frozen.trainable_weights == [] and len(frozen.non_trainable_variables) == 2
    assert layer.count_params() == 12 and layer.dtype == tf.float32
    assert layer.compute_output_shape([None, 3]).as_list() == [None, 3]
    assert len(tf.trainable_variables()) == 4
    return [a, b, c, d, e], feeds


@program
def own_layer(tf):
    class Scale(tf.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_variable("factor", [input_shape[-1]],
                                            initializer=tf.ones_initializer())
            self.counter = self.add_weight("counter", [], dtype=tf.int32, trainable=False,
                                           initializer=tf.zeros_initializer())
            super().build(input_shape)

        def call(self, inputs):
            self.add_update(tf.assign_add(self.counter, 1))
            self.add_loss(tf.reduce_sum(self.factor), inputs=inputs)
            return inputs * self.factor

    x, feeds = rows(tf)
    layer = Scale()
    y = layer(x)
    z = Scale(name="other")(y)
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2
    assert len(layer.trainable_variables) == 1 and len(layer.variables) == 2
    return [y, z, training_of(tf, tf.reduce_sum(z))], feeds


@program
def dropout(tf):
    x, feeds = rows(tf)
    training = tf.placeholder(tf.bool, [])
    default = tf.placeholder_with_default(False, [])
    results = [tf.layers.dropout(x), tf.layers.dropout(x, training=True, seed=1),
               tf.layers.dropout(x, 0.3, training=training, seed=2),
               tf.layers.dropout(x, rate=0.4, training=default, name="named"),
               tf.layers.dropout(x, noise_shape=[None, 1], training=1, seed=4),
               tf.layers.Dropout(0.2, seed=5)(x, training=tf.constant(True))]
    return results, {**feeds, training: True}


@program
def flatten(tf):
    x, feeds = images(tf)
    y = tf.placeholder(tf.float32, [2, None, None, 3])
    z = tf.placeholder(tf.float32, [None, None, 5, 3])
    w = tf.placeholder(tf.float32, [None])
    results = [tf.layers.flatten(x), tf.layers.flatten(y, name="named"), tf.layers.flatten(z),
               tf.layers.flatten(w), tf.layers.Flatten(data_format="channels_first")(x)]
    return results, {**feeds, y: IMAGES, z: IMAGES, w: ROWS[0]}


@program
def conv2d(tf):
    x, feeds = images(tf)
    y = tf.layers.conv2d(x, 4, 3, padding="same", activation=tf.nn.relu)
    y = tf.layers.conv2d(y, 4, [3, 2], strides=(2, 1), name="named")
    y = tf.layers.conv2d(y, 2, 1, use_bias=False, padding="SAME")
    layer = tf.layers.Conv2D(2, (1, 2), activation="relu")
    y = layer(layer(y))
    return [y, training_of(tf, tf.reduce_sum(y))], feeds


@program
def conv2d_dilated(tf):
    x, feeds = images(tf)
    unknown = tf.placeholder(tf.float32, [None, None, None, 3])
    results = [tf.layers.conv2d(x, 2, 2, dilation_rate=2, padding="same"),
               tf.layers.conv2d(x, 2, 2, dilation_rate=(2, 3)),
               tf.layers.conv2d(unknown, 2, 2, dilation_rate=2, padding="same"),
               tf.layers.conv2d(unknown, 2, 3, dilation_rate=2)]
    return results, {**feeds, unknown: IMAGES}


@program
def conv1d(tf):
    x, feeds = sequences(tf)
    y = tf.layers.conv1d(x, 4, 3, activation=tf.nn.relu)
    y = tf.layers.conv1d(y, 2, 2, strides=2, padding="same", name="named")
    z = tf.layers.Conv1D(2, 2, padding="causal")(x)
    w = tf.layers.conv1d(x, 2, 2, padding="same", dilation_rate=2)
    return [y, z, w, training_of(tf, tf.reduce_sum(y))], feeds


@program
def conv3d(tf):
    x, feeds = volumes(tf)
    y = tf.layers.conv3d(x, 3, 2, padding="same")
    z = tf.layers.conv3d(x, 2, (2, 3, 1), strides=(1, 2, 1), name="named")
    return [y, z, training_of(tf, tf.reduce_sum(y))], feeds


@program
def conv2d_transpose(tf):
    x, feeds = images(tf)
    unknown = tf.placeholder(tf.float32, [None, None, None, 3])
    y = tf.layers.conv2d_transpose(x, 4, 3, strides=2, padding="same", activation=tf.nn.relu)
    z = tf.layers.conv2d_transpose(x, 2, (3, 2), name="named", use_bias=False)
    w = tf.layers.conv2d_transpose(unknown, 2, 2, strides=(1, 2))
    return [y, z, w, training_of(tf, tf.reduce_sum(y))], {**feeds, unknown: IMAGES}


@program
def conv3d_transpose(tf):
    x, feeds = volumes(tf)
    return [tf.layers.conv3d_transpose(x, 3, 2, strides=2, padding="same"),
            tf.layers.conv3d_transpose(x, 1, (2, 3, 1), name="named")], feeds


@program
def separable(tf):
    x, feeds = images(tf)
    s = tf.placeholder(tf.float32, [None, 7, 3])
    y = tf.layers.separable_conv2d(x, 4, 3, padding="same", depth_multiplier=2)
    z = tf.layers.separable_conv2d(x, 2, 2, dilation_rate=2, name="named", activation=tf.nn.relu)
    w = tf.layers.separable_conv1d(s, 2, 3)
    v = tf.layers.SeparableConv1D(2, 2, padding="causal", use_bias=False)(s)
    return [y, z, w, v, training_of(tf, tf.reduce_sum(y))], {**feeds, s: SEQUENCES}


@program
def channels_first(tf):
    x, feeds = images(tf, (None, 3, 6, 5))
    first = {"data_format": "channels_first"}
    s = tf.placeholder(tf.float32, [None, 3, 7])
    tf.layers.conv2d(x, 4, 2, **first)
    tf.layers.conv2d(x, 4, 2, dilation_rate=2, padding="same", **first)
    tf.layers.conv1d(s, 2, 2, **first)
    tf.layers.max_pooling2d(x, 2, 2, **first)
    up = tf.layers.conv2d_transpose(x, 2, 2, strides=2, **first)
    pooled = tf.layers.max_pooling1d(s, 2, 2, **first)
    tf.layers.batch_normalization(x, axis=1, training=True)
    return [up, pooled, tf.layers.average_pooling1d(s, 2, 1, **first)], {
        **feeds, s: SEQUENCES.transpose(0, 2, 1)}


@program
def pooling(tf):
    x, feeds = images(tf)
    s = tf.placeholder(tf.float32, [None, 7, 3])
    v = tf.placeholder(tf.float32, [None, 4, 5, 3, 2])
    results = [tf.layers.max_pooling2d(x, 2, 2), tf.layers.max_pooling2d(x, [2, 3], (1, 2), "same"),
               tf.layers.average_pooling2d(x, 2, 2, name="named"),
               tf.layers.MaxPooling2D(2, 1)(x), tf.layers.AveragePooling2D((3, 2), 1, "SAME")(x),
               tf.layers.max_pooling1d(s, 2, 2), tf.layers.average_pooling1d(s, 3, 1, "same"),
               tf.layers.max_pooling3d(v, 2, 2), tf.layers.average_pooling3d(v, (2, 1, 2), 1)]
    return results, {**feeds, s: SEQUENCES, v: VOLUMES}


@program
def batch_normalization(tf):
    x, feeds = images(tf)
    y = tf.layers.batch_normalization(x, training=True)
    y = tf.layers.batch_normalization(y, training=False)
    y = tf.layers.batch_normalization(y, momentum=0.9, epsilon=1e-5, center=False, training=True,
                                      name="named")
    y = tf.layers.batch_normalization(y, scale=False, training=1)
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 6
    assert [v.op.name for v in tf.global_variables()[:4]] == [
        "batch_normalization/" + name for name in
        ("gamma", "beta", "moving_mean", "moving_variance")]
    return [y, training_of(tf, tf.reduce_sum(tf.square(y)))], feeds


@program
def batch_normalization_fed(tf):
    x, feeds = images(tf)
    training = tf.placeholder(tf.bool, name="training")
    y = tf.layers.batch_normalization(x, training=training)
    loss = tf.reduce_sum(tf.square(y))
    step = training_of(tf, loss)
    averages = [v for v in tf.global_variables() if "moving" in v.name]
    return [y, step, averages], [{**feeds, training: True}, {**feeds, training: False}]


@program
def batch_normalization_by_formula(tf):
    x, feeds = rows(tf)
    training = tf.placeholder_with_default(True, [])
    y = tf.layers.batch_normalization(x, training=True)
    y = tf.layers.batch_normalization(y)
    y = tf.layers.batch_normalization(y, training=training, momentum=0.9, name="fed")
    y = tf.layers.batch_normalization(y, center=False, scale=False, training=True)
    pictures = tf.constant(IMAGES)
    a = tf.layers.batch_normalization(pictures, axis=1, fused=False, training=True)
    b = tf.layers.batch_normalization(pictures, axis=[1, 3], training=True)
    c = tf.layers.batch_normalization(pictures, axis=2, training=training)
    d = tf.layers.batch_normalization(tf.constant(IMAGES.astype(np.float64)), training=True)
    e = tf.layers.batch_normalization(tf.constant(VOLUMES), training=True)
    return [y, a, b, c, d, training_of(tf, tf.reduce_sum(y * y)), e], feeds


@program
def batch_normalization_shared(tf):
    x, feeds = images(tf)
    layer = tf.layers.BatchNormalization(fused=True)
    a = layer(x, training=True)
    b = layer(a, training=False)
    frozen = tf.layers.batch_normalization(b, training=True, trainable=False)
    c = tf.layers.batch_normalization(x, name="bn", training=True)
    d = tf.layers.batch_normalization(c, name="bn", reuse=True)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    assert len(layer.updates) == 2 and len(updates) == 4
    return [a, b, c, d, frozen], feeds


@program
def half_precision(tf):
    x = tf.constant(IMAGES.astype(np.float16))
    y = tf.layers.batch_normalization(x, training=True)
    z = tf.layers.batch_normalization(x, fused=False, training=True)
    w = tf.layers.conv2d(x, 2, 2)
    assert w.dtype == tf.float16
    return [y, z, tf.layers.dense(tf.constant(ROWS.astype(np.float16)), 2), w], {}


@program
def partitioned(tf):
    x, feeds = rows(tf)
    with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(3)):
        y = tf.layers.dense(x, 4, kernel_regularizer=lambda w: tf.nn.l2_loss(w),
                            bias_initializer=tf.zeros_initializer())
        z = tf.layers.batch_normalization(y, training=True)
    return [y, z], feeds


@program
def resources(tf):
    x, feeds = images(tf)
    training = tf.placeholder(tf.bool)
    with tf.variable_scope("r", use_resource=True):
        y = tf.layers.conv2d(x, 2, 2)
        y = tf.layers.batch_normalization(y, training=training)
        y = tf.layers.dense(tf.layers.flatten(y), 2)
    return [y, training_of(tf, tf.reduce_sum(y))], {**feeds, training: True}


@program
def classifier(tf):
    """What a tutorial does: digits, two convolutions, dropout."""
    x = tf.placeholder(tf.float32, [None, 784])
    labels = tf.placeholder(tf.int64, [None])
    training = tf.placeholder_with_default(False, [])
    net = tf.reshape(x, [-1, 28, 28, 1])
    net = tf.layers.conv2d(net, 8, 5, padding="same", activation=tf.nn.relu)
    net = tf.layers.max_pooling2d(net, pool_size=[2, 2], strides=2)
    net = tf.layers.conv2d(net, 4, [5, 5], padding="same", activation=tf.nn.relu)
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.dense(tf.layers.flatten(net), 16, activation=tf.nn.relu)
    net = tf.layers.dropout(net, rate=0.4, training=training, seed=1)
    logits = tf.layers.dense(net, 10)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    digits = np.random.RandomState(1).rand(3, 784).astype(np.float32)
    return [loss, step], {x: digits, labels: [1, 5, 9], training: True}
