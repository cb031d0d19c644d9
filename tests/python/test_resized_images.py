"""Images in other sizes, boxes in images, and their likeness beside TensorFlow's."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, assert_same_values,
                          error_of, tensorflow, tensorkeep)

RANDOM = np.random.RandomState(5)
IMAGES = RANDOM.rand(2, 6, 5, 3).astype(np.float32)
BYTES = (IMAGES * 255).astype(np.uint8)
METHODS = ["bilinear", "nearest_neighbor", "bicubic", "area"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [[3, 4], [9, 11], [1, 1], [6, 5], [1, 20]])
@pytest.mark.parametrize("corners", [False, True])
def test_resized(method, size, corners):
    def program(tf):
        x = tf.placeholder(tf.float32, [None, None, None, 3])
        wanted = tf.placeholder(tf.int32, [2])
        resize = getattr(tf.image, f"resize_{method}")
        made = [resize(x, size, corners), resize(BYTES, wanted, align_corners=corners, name="mine"),
                resize(IMAGES.astype(np.float64), size, corners),
                resize(IMAGES.astype(np.float16), size, corners)]
        if method != "area" and not corners:
            made.append(resize(x, size, half_pixel_centers=True))
        return made, {x: IMAGES, wanted: size}
    assert_same(program, rtol=1e-4, atol=1e-5 if method != "bicubic" else 1e-3)


@pytest.mark.parametrize("method", METHODS[:3])
@pytest.mark.parametrize("size", [[3, 4], [9, 11]])
@pytest.mark.parametrize("options", [{}, {"align_corners": True}, {"half_pixel_centers": True}])
@pytest.mark.parametrize("shape", [[2, 6, 5, 3], [None, None, None, None]])
def test_gradients(method, size, options, shape):
    def program(tf):
        x = tf.placeholder(tf.float32, shape)
        resized = getattr(tf.image, f"resize_{method}")(x, size, **options)
        return tf.gradients(resized ** 2, x), {x: IMAGES}
    assert_same(program, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_gradients_of_types(dtype):
    def program(tf):
        x = tf.constant(IMAGES.astype(dtype))
        resized = [tf.image.resize_bilinear(x, [4, 9]), tf.image.resize_nearest_neighbor(x, [4, 9])]
        return [tf.gradients(each, x) for each in resized]
    assert_same(program, rtol=1e-3, atol=1e-3)
    assert_same(lambda tf: [
        tf.gradients(tf.image.resize_bicubic(x, [4, 9]), x) for x in [tf.constant(IMAGES * 1.0)]])


def test_resize_images():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, None, 3])
        wanted = tf.placeholder(tf.int32, [2])
        method = tf.image.ResizeMethod
        assert tf.image.resize is not None and method.AREA == 3
        return [tf.image.resize_images(x, [4, 7]), tf.image.resize_images(IMAGES, [6, 5]),
                tf.image.resize_images(IMAGES[0], [6, 5]),
                tf.image.resize_images(IMAGES, wanted, method.NEAREST_NEIGHBOR, True),
                tf.image.resize(x, wanted, method=method.BICUBIC, name="mine"),
                tf.image.resize_images(x, [3, 3], method.AREA),
                tf.image.resize_images(IMAGES, [20, 7], preserve_aspect_ratio=True),
                tf.image.resize_images(x, wanted, preserve_aspect_ratio=True),
                tf.image.resize_image_with_pad(IMAGES, 10, 20),
                tf.image.resize_image_with_pad(x, 5, 4, method.NEAREST_NEIGHBOR)
                ], {x: IMAGES[1], wanted: [8, 3]}
    assert_same(program)


BOXES = np.array([[0.0, 0.0, 1.0, 1.0], [0.2, 0.1, 0.7, 0.9], [0.8, 0.9, 0.1, 0.2],
                  [-0.3, 0.2, 0.5, 1.4]], np.float32)


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
@pytest.mark.parametrize("size", [[4, 3], [1, 1], [7, 9]])
def test_crop_and_resize(method, size):
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 6, None, 3])
        boxes = tf.constant(BOXES)
        crops = tf.image.crop_and_resize(x, boxes, [0, 1, 1, 0], size, method, 0.5)
        made = [crops, tf.image.crop_and_resize(BYTES, BOXES, box_indices=[0, 1, 0, 1],
                                                crop_size=size, name="mine")]
        if method == "bilinear":
            made.append(tf.gradients(crops ** 2, [x, boxes]))
        else:
            made.append(tf.gradients(crops, x))
        return made, {x: IMAGES}
    assert_same(program, rtol=1e-3, atol=1e-4)


def test_non_max_suppression():
    boxes = RANDOM.rand(40, 4).astype(np.float32)
    scores = RANDOM.randint(0, 9, 40).astype(np.float32)

    def program(tf):
        most = tf.placeholder_with_default(5, [])
        return [tf.image.non_max_suppression(boxes, scores, 10),
                tf.image.non_max_suppression(boxes, scores, most, 0.1, name="mine"),
                tf.image.non_max_suppression(boxes, scores, 40, 0.7, score_threshold=4.0),
                tf.raw_ops.NonMaxSuppressionV2(boxes=boxes, scores=scores, max_output_size=9,
                                               iou_threshold=0.2)]
    assert_same(program)


FIRST = RANDOM.rand(2, 44, 45, 3).astype(np.float32)
SECOND = (FIRST + 0.1 * RANDOM.rand(2, 44, 45, 3)).astype(np.float32)


@pytest.mark.parametrize("shape", [[2, 44, 45, 3], [None, None, None, 3]])
def test_likeness(shape):
    def program(tf):
        x = tf.placeholder(tf.float32, shape)
        return [tf.image.ssim(x, SECOND, 1.0), tf.image.ssim(FIRST, SECOND, 1.0, 7, 1.0),
                tf.image.ssim(tf.constant((FIRST * 200).astype(np.uint8)),
                              (SECOND * 200).astype(np.uint8), 255),
                tf.image.ssim(x, SECOND, 1.0, return_index_map=True)], {x: FIRST}
    assert_same_values(program, rtol=1e-3, atol=1e-4)
    if None not in shape:
        assert_same_graph(program)


def test_likeness_in_several_sizes():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, None, None, 3])
        return [tf.image.ssim_multiscale(x, SECOND, 1.0, power_factors=(0.5, 0.5)),
                tf.image.ssim_multiscale(FIRST[0], SECOND[0], 1.0, (0.3, 0.7), filter_size=5)
                ], {x: FIRST}
    assert_same_values(program, rtol=1e-3, atol=1e-4)
    assert_same_graph(lambda tf: tf.image.ssim_multiscale(
        FIRST[:, :, :44], SECOND[:, :, :44], 1.0, power_factors=(0.5, 0.5)))


@pytest.mark.parametrize("program", [
    lambda tf: tf.image.resize_images(tf.placeholder(tf.float32), [2, 2]),
    lambda tf: tf.image.resize_images([1.0], [2, 2]),
    lambda tf: tf.image.resize_images(IMAGES, [2, 2, 2]),
    lambda tf: tf.image.resize_images(IMAGES, "x"),
    lambda tf: tf.image.resize_images(IMAGES, [2, 2], method=9),
    lambda tf: tf.image.resize_image_with_pad(IMAGES, 0, 3),
    lambda tf: tf.image.resize_bilinear(IMAGES[0], [2, 2]),
    lambda tf: tf.image.resize_bilinear(IMAGES, [2]),
    lambda tf: tf.image.crop_and_resize(IMAGES, BOXES, [0], [2, 2]),
    lambda tf: tf.image.crop_and_resize(IMAGES, BOXES[:, :3], [0] * 4, [2, 2]),
    lambda tf: tf.image.crop_and_resize(IMAGES, BOXES, box_ind=[0], box_indices=[1]),
    lambda tf: tf.image.non_max_suppression(BOXES, [1.0], 2),
    lambda tf: tf.image.ssim(IMAGES, IMAGES[:, :3], 1.0),
    lambda tf: tf.image.ssim(IMAGES[0, 0], IMAGES[0, 0], 1.0),
])
def test_errors(program):
    assert_same_error(program)


@pytest.mark.parametrize("program, kind, text", [
    (lambda tf: tf.image.resize_bilinear(IMAGES, tf.placeholder_with_default([0, 2], [2])),
     "InvalidArgumentError", "output dimensions must be positive"),
    (lambda tf: tf.image.resize_bilinear(IMAGES, [-2, 2]), "InvalidArgumentError",
     "output dimensions must be positive"),
    (lambda tf: tf.image.resize_bilinear(IMAGES[:, :0], [2, 2]), "InvalidArgumentError",
     "must be of non-zero size"),
    (lambda tf: tf.image.resize_area(tf.placeholder_with_default(IMAGES[0], None), [2, 2]),
     "InvalidArgumentError", "must be 4-dimensional"),
    (lambda tf: tf.image.resize_bicubic(IMAGES, [2, 2], True, half_pixel_centers=True),
     "InvalidArgumentError", "align_corners must be False"),
    (lambda tf: tf.image.crop_and_resize(IMAGES, BOXES, [0, 1, 2, 0], [2, 2]), "OutOfRangeError",
     "outside [0, batch_size)"),
    (lambda tf: tf.image.non_max_suppression(BOXES, np.ones([4], np.float32), 2, 1.5),
     "InvalidArgumentError", "must be in [0, 1]"),
])
def test_errors_of_kernels(program, kind, text):
    def run(module):
        with module.Graph().as_default(), module.Session() as session:
            session.run(program(module))
    for module in (tensorflow, tensorkeep):
        found, message = error_of(lambda: run(module))
        assert found == kind and text in message
