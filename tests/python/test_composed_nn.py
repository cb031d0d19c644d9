"""What of tf.nn is composed in Python, beside TensorFlow's: graphs node by node, values, errors."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, assert_same_values

RANDOM = np.random.RandomState(3)
ROWS = RANDOM.rand(4, 3).astype(np.float32)
SEQUENCES = RANDOM.rand(2, 6, 3).astype(np.float32)
IMAGES = RANDOM.rand(2, 6, 5, 3).astype(np.float32)
VOLUMES = RANDOM.rand(2, 4, 5, 3, 2).astype(np.float32)


def kernel(*sizes):
    return np.linspace(-0.5, 1, np.prod(sizes), dtype=np.float32).reshape(sizes)


def images(tf, shape=(None, 6, 5, 3)):
    x = tf.placeholder(tf.float32, shape)
    return x, {x: IMAGES}


def test_conv1d():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, None, 3])
        return [tf.nn.conv1d(x, kernel(2, 3, 4), 1, "SAME"),
                tf.nn.conv1d(x, kernel(3, 3, 2), stride=2, padding="VALID", name="mine"),
                tf.nn.conv1d(input=x, filters=kernel(1, 3, 1), stride=[1], padding="SAME",
                             data_format="NWC")], {x: SEQUENCES}
    assert_same(program)
    assert_same_error(lambda tf: tf.nn.conv1d(SEQUENCES, kernel(2, 3, 4), 1, "SAME",
                                              data_format="CWN"), "data_format")


def test_conv1d_transpose():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 6, 3])
        return [tf.nn.conv1d_transpose(x, kernel(2, 4, 3), [2, 12, 4], 2),
                tf.nn.conv1d_transpose(x, kernel(2, 4, 3), tf.constant([2, 7, 4]), 1, "VALID",
                                       name="mine")], {x: SEQUENCES}
    assert_same(program)


def test_conv2d_transpose():
    def program(tf):
        x, feeds = images(tf)
        batch, two = tf.shape(x)[0], IMAGES
        return [tf.nn.conv2d_transpose(two, kernel(3, 3, 4, 3), [2, 12, 10, 4], [1, 2, 2, 1]),
                tf.nn.conv2d_transpose(x, kernel(2, 2, 4, 3), tf.stack([batch, 7, 6, 4]),
                                       strides=1, padding="VALID", name="mine"),
                tf.nn.conv_transpose(two, kernel(2, 2, 4, 3), [2, 6, 5, 4], 1)], feeds
    assert_same(program)
    assert_same_error(lambda tf: tf.nn.conv_transpose(IMAGES, kernel(1, 1, 1, 3), [1, 2], 1),
                      "length 3, 4 or 5")


def test_conv3d():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 4, 5, 3, 2])
        ones = [1] * 5
        down = tf.nn.conv3d(x, kernel(2, 2, 2, 2, 3), [1, 2, 1, 1, 1], "SAME", name="mine")
        return [tf.nn.conv3d(x, kernel(2, 2, 2, 2, 3), ones, "VALID"), down,
                tf.nn.conv3d_transpose(down, kernel(2, 2, 2, 2, 3), [2, 4, 5, 3, 2],
                                       [1, 2, 1, 1, 1])], {x: VOLUMES}
    assert_same(program)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("options", [{}, {"strides": [2, 1]}, {"dilation_rate": [2, 1]},
                                     {"dilations": [2, 2], "name": "mine"}])
@pytest.mark.parametrize("shape", [(None, 6, 5, 3), (None, None, None, 3)])
def test_convolution(padding, options, shape):
    def program(tf):
        x, feeds = images(tf, shape)
        return tf.nn.convolution(x, tf.constant(kernel(2, 2, 3, 4)), padding, **options), feeds
    assert_same(program)


def test_convolutions_of_other_ranks():
    def program(tf):
        x, v = tf.constant(SEQUENCES), tf.constant(VOLUMES)
        return [tf.nn.convolution(x, kernel(2, 3, 4), "SAME", strides=[2]),
                tf.nn.convolution(x, kernel(2, 3, 4), "VALID", dilation_rate=[3]),
                tf.nn.convolution(v, kernel(2, 2, 1, 2, 3), "SAME"),
                tf.nn.convolution(v, kernel(2, 2, 1, 2, 3), "VALID", dilation_rate=[1, 2, 1]),
                tf.nn.atrous_conv2d(IMAGES, kernel(2, 2, 3, 4), 2, "SAME"),
                tf.nn.convolution(IMAGES, kernel(2, 2, 3, 4), "VALID")]
    assert_same(program)


@pytest.mark.parametrize("options", [{}, {"rate": [2, 2]}, {"rate": [1, 2], "name": "mine"}])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_separable_conv2d(options, padding):
    def program(tf):
        x, feeds = images(tf)
        return tf.nn.separable_conv2d(x, kernel(2, 2, 3, 2), kernel(1, 1, 6, 4), [1, 1, 1, 1],
                                      padding, **options), feeds
    assert_same(program)


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.nn.convolution(IMAGES, kernel(2, 2, 3, 4), "SAME", strides=[2, 2],
                                  dilation_rate=[2, 2]), "`strides > 1` not supported"),
    (lambda tf: tf.nn.convolution(IMAGES, kernel(2, 2, 2, 4), "SAME", dilation_rate=[2, 2]),
     "not divisible"),
    (lambda tf: tf.nn.convolution(IMAGES, kernel(2, 2, 3, 4), "NONE", dilation_rate=[2, 2]), ""),
    (lambda tf: tf.nn.pool(IMAGES, [2, 2], "MIN", "SAME"), "not supported"),
    (lambda tf: tf.nn.pool(IMAGES, [2, 2], "MAX", "SAME", [2, 2]), "not implemented"),
    (lambda tf: tf.nn.pool(IMAGES, [2, 2], "MAX", "SAME", strides=[3, 3]), "> `window_shape`"),
    (lambda tf: tf.nn.max_pool_with_argmax(IMAGES, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", "NCHW"),
     "data_format"),
])
def test_errors(program, text):
    assert_same_error(program, text)


def test_pools():
    def program(tf):
        x, feeds = images(tf)
        s, v = tf.constant(SEQUENCES), tf.constant(VOLUMES)
        return [tf.nn.max_pool2d(x, 2, 2, "SAME"), tf.nn.avg_pool2d(x, [2, 3], 1, "VALID"),
                tf.nn.max_pool1d(s, 2, 2, "SAME"), tf.nn.avg_pool1d(s, 3, 1, "VALID", name="mine"),
                tf.nn.max_pool3d(v, 2, 2, "VALID"),
                tf.nn.avg_pool3d(v, [1, 2, 2, 1, 1], [1, 1, 1, 1, 1], "SAME", name="mine3d")], feeds
    assert_same(program)


@pytest.mark.parametrize("kind", ["MAX", "AVG"])
def test_pool(kind):
    def program(tf):
        x, feeds = images(tf)
        s, v = tf.constant(SEQUENCES), tf.constant(VOLUMES)
        return [tf.nn.pool(x, [2, 2], kind, "SAME", strides=[2, 1]),
                tf.nn.pool(x, [2, 2], kind, "VALID", dilation_rate=[2, 1], name="mine"),
                tf.nn.pool(s, [2], kind, "SAME"), tf.nn.pool(v, [2, 2, 1], kind, "VALID")], feeds
    assert_same(program)


def test_max_pool_with_argmax():
    def program(tf):
        x, feeds = images(tf)
        window = [1, 2, 2, 1]
        return [list(tf.nn.max_pool_with_argmax(x, window, window, "SAME")),
                list(tf.nn.max_pool_with_argmax(x, window, window, "VALID", Targmax=tf.int32,
                                                name="mine", include_batch_in_index=True))], feeds
    assert_same(program)


def test_activations():
    def program(tf):
        x = tf.placeholder(tf.float32, [4, 3])
        return [tf.nn.crelu(x - 0.5), tf.nn.crelu(x, axis=0, name="mine"),
                tf.nn.relu_layer(x, kernel(3, 2), [0.5, -1.0])], {x: ROWS}
    assert_same(program)
    assert_same_values(lambda tf: tf.nn.swish(ROWS - 0.5))


def test_weighted_losses():
    def program(tf):
        x, z = tf.placeholder(tf.float32, [None, 3]), tf.constant(np.round(ROWS))
        return [tf.nn.weighted_cross_entropy_with_logits(z, x, 2.0),
                tf.nn.weighted_cross_entropy_with_logits(
                    targets=z, logits=x, pos_weight=tf.constant([1.0, 2.0, 3.0]), name="mine"),
                tf.nn.log_poisson_loss(z, x), tf.nn.log_poisson_loss(x, z, True)], {x: ROWS}
    assert_same(program)
    assert_same_error(lambda tf: tf.nn.log_poisson_loss([1.0], [1.0, 2.0]), "same shape")
    assert_same_error(lambda tf: tf.nn.weighted_cross_entropy_with_logits([1.0], [1.0, 2.0], 1.0),
                      "same shape")


def test_moments():
    def program(tf):
        x, unknown = tf.placeholder(tf.float32, [4, 3]), tf.placeholder(tf.float32)
        three = [tf.constant([number] * 3) for number in (0.0, 1.0, 0.5, 2.0)]
        known = tf.nn.sufficient_statistics(x, [0])
        shifted = tf.nn.sufficient_statistics(unknown, [0, 1], shift=0.5, keep_dims=True)
        return [list(known[:3]), list(shifted), tf.nn.normalize_moments(*known),
                tf.nn.normalize_moments(*shifted, name="mine"),
                tf.nn.weighted_moments(x, [0], ROWS), tf.nn.weighted_moments(x, 1, 2.0),
                tf.nn.weighted_moments(tf.cast(x, tf.float16), [0, 1], ROWS, keep_dims=True),
                tf.nn.batch_norm_with_global_normalization(x, *three, 0.001, True),
                tf.nn.batch_norm_with_global_normalization(x, *three, 0.001, False, "other")], {
                        x: ROWS, unknown: ROWS}
    assert_same(program, rtol=1e-3, atol=1e-3)


def test_required_paddings():
    def program(tf):
        sizes = tf.placeholder(tf.int32, [2])
        return [tf.required_space_to_batch_paddings([5, 6], [2, 4]),
                tf.required_space_to_batch_paddings(sizes, [2, 3], [[1, 1], [0, 2]], name="mine"),
                tf.required_space_to_batch_paddings([1], [2], [[0, 0]])], {sizes: [5, 6]}
    assert_same(program)


def test_local_response_normalization():
    def program(tf):
        x, feeds = images(tf)
        normal = tf.nn.local_response_normalization(x)
        sharp = tf.nn.lrn(x, depth_radius=1, bias=2, alpha=0.5, beta=0.75, name="mine")
        return [normal, sharp, tf.gradients([normal, sharp * sharp], x)], feeds
    assert_same(program)
    assert_same_error(lambda tf: tf.nn.lrn([1.0]), "rank")
