"""tf.image beside TensorFlow's: graphs node by node, values, errors."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, assert_same_graph, assert_same_values

RANDOM = np.random.RandomState(4)
IMAGE = RANDOM.rand(6, 5, 3).astype(np.float32)
BATCH = RANDOM.rand(2, 6, 5, 3).astype(np.float32)
BYTES = (IMAGE * 255).astype(np.uint8)
SHAPES = [[6, 5, 3], [None, None, 3], None, [None, 6, 5, 3], [None, None, None, None]]


def placeholder(tf, shape):
    x = tf.placeholder(tf.float32, shape)
    return x, {x: BATCH if shape is not None and len(shape) == 4 else IMAGE}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["flip_left_right", "flip_up_down", "transpose_image", "rot90"])
def test_turned(name, shape):
    def program(tf):
        x, feeds = placeholder(tf, shape)
        results = [getattr(tf.image, name)(x)]
        if name == "rot90":
            k = tf.placeholder(tf.int32, [])
            results += [tf.image.rot90(x, 3, name="mine"), tf.image.rot90(x, k)]
            feeds = {**feeds, k: 2}
        return results, feeds
    if name in ("transpose_image", "rot90") and shape is None:
        assert_same_graph(program)  # which TensorFlow cannot run
    else:
        assert_same(program)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["random_flip_left_right", "random_flip_up_down"])
def test_random_flips(name, shape):
    def program(tf):
        x, feeds = placeholder(tf, shape)
        return getattr(tf.image, name)(x, seed=3), [feeds] * 4
    assert_same(program)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape])
def test_central_crop(shape):
    def program(tf):
        x, feeds = placeholder(tf, shape)
        return [tf.image.central_crop(x, 0.5), tf.image.central_crop(x, 1.0)], feeds
    assert_same(program)


@pytest.mark.parametrize("shape", SHAPES)
def test_boxes(shape):
    def program(tf):
        x, feeds = placeholder(tf, shape)
        n = tf.placeholder(tf.int32, [])
        return [tf.image.crop_to_bounding_box(x, 1, 2, 3, 2),
                tf.image.pad_to_bounding_box(x, 1, 2, 8, 9),
                tf.image.crop_to_bounding_box(x, n, 0, n, 2),
                tf.image.pad_to_bounding_box(x, 0, n, 8, 9)], {**feeds, n: 2}
    assert_same(program)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [(4, 8), (8, 3), (6, 5)])
def test_crop_or_pad(shape, size):
    def program(tf):
        x, feeds = placeholder(tf, shape)
        n = tf.placeholder(tf.int32, [])
        return [tf.image.resize_image_with_crop_or_pad(x, *size),
                tf.image.resize_with_crop_or_pad(x, n, 4)], {**feeds, n: 7}
    assert_same(program)


def test_random_crop():
    def program(tf):
        x = tf.placeholder(tf.float32)
        return [tf.random_crop(x, [3, 2, 3], seed=2),
                tf.random_crop(IMAGE, [6, 1, 3], 5, "mine")], {x: IMAGE}
    assert_same(program)


@pytest.mark.parametrize("saturate", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64", "float16", "uint16"])
def test_types(dtype, saturate):
    def program(tf):
        return [tf.image.convert_image_dtype(x, dtype, saturate)
                for x in (IMAGE, BYTES, BYTES.astype(np.int32), IMAGE.astype(np.float64))]
    assert_same_values(program, rtol=1e-3)
    if not saturate:
        assert_same_graph(program)


def test_adjustments():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 6, 5, 3])
        return [tf.image.adjust_brightness(x, 0.1), tf.image.adjust_contrast(x, 2.0),
                tf.image.adjust_hue(x, 0.2), tf.image.adjust_saturation(x, 0.5, name="mine"),
                tf.image.adjust_gamma(x, 2.0, 0.5), tf.image.random_brightness(x, 0.2, seed=1),
                tf.image.random_contrast(x, 0.2, 0.4, seed=2), tf.image.random_hue(x, 0.3, seed=3),
                tf.image.random_saturation(x, 0.1, 0.6, seed=4)], {x: BATCH}
    assert_same(program)


def test_adjustments_of_bytes():
    assert_same_values(lambda tf: [
        tf.image.adjust_brightness(BYTES, 0.5), tf.image.adjust_contrast(BYTES, 2.0),
        tf.image.adjust_hue(BYTES, -0.2), tf.image.adjust_saturation(BYTES, 1.5),
        tf.image.adjust_gamma(BYTES, 0.5)], atol=1)


def test_spaces():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 6, 5, 3])
        grey = tf.image.rgb_to_grayscale(x)
        return [grey, tf.image.grayscale_to_rgb(grey, name="mine"),
                tf.image.grayscale_to_rgb(tf.constant(IMAGE[..., :1])), tf.image.rgb_to_hsv(x),
                tf.image.hsv_to_rgb(x), tf.image.rgb_to_yiq(x), tf.image.yiq_to_rgb(x),
                tf.image.rgb_to_yuv(x), tf.image.yuv_to_rgb(x)], {x: BATCH}
    assert_same(program)
    assert_same_values(lambda tf: tf.image.rgb_to_grayscale(BYTES))


def test_statistics():
    def program(tf):
        x, one = tf.placeholder(tf.float32, [None, 6, 5, 3]), tf.constant(IMAGE)
        return [tf.image.per_image_standardization(x), tf.image.per_image_standardization(one),
                tf.image.total_variation(x), tf.image.total_variation(one, name="mine"),
                tf.image.image_gradients(x)], {x: BATCH}
    assert_same(program)
    assert_same_values(lambda tf: [
        tf.image.per_image_standardization(BYTES), tf.image.sobel_edges(tf.constant(BATCH)),
        tf.image.psnr(tf.constant(IMAGE), tf.constant(IMAGE) * 0.9, 1.0)])


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.image.flip_left_right([[1.0]]), "at least three-dimensional"),
    (lambda tf: tf.image.flip_up_down(tf.zeros([1, 1, 1, 1, 1])), "3 or 4 dimensions"),
    (lambda tf: tf.image.flip_up_down(tf.zeros([0, 1, 1])), "must be > 0"),
    (lambda tf: tf.image.central_crop(IMAGE, 0.0), "within (0, 1]"),
    (lambda tf: tf.image.crop_to_bounding_box(IMAGE, 0, 0, 9, 1), "height must be >= target"),
    (lambda tf: tf.image.crop_to_bounding_box(IMAGE, -1, 0, 1, 1), "offset_height must be >= 0"),
    (lambda tf: tf.image.pad_to_bounding_box(IMAGE, 0, 0, 3, 9), "height must be <= target"),
    (lambda tf: tf.image.resize_image_with_crop_or_pad(IMAGE, 0, 1), "target_height must be > 0"),
    (lambda tf: tf.image.convert_image_dtype(IMAGE, tf.string), "floating point or integer"),
    (lambda tf: tf.image.adjust_gamma(IMAGE, -1), "non-negative real"),
    (lambda tf: tf.image.random_hue(IMAGE, 0.6), "<= 0.5"),
    (lambda tf: tf.image.random_contrast(IMAGE, 0.6, 0.5), "upper must be > lower"),
    (lambda tf: tf.image.grayscale_to_rgb(tf.constant(IMAGE)), "should be size 1"),
    (lambda tf: tf.image.total_variation(tf.zeros([2])), "3 or 4-dimensional"),
    (lambda tf: tf.image.image_gradients(tf.zeros([2])), "4D tensor"),
])
def test_errors(program, text):
    assert_same_error(program, text)
