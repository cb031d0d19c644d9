"""The colours of images: brightness, contrast, hue, saturation, grey, and other spaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import check_ops, image_checks, raw
from tensorkeep._ops.math_ops import saturate_cast

__all__ = [
    "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "convert_image_dtype", "grayscale_to_rgb", "hsv_to_rgb", "image_gradients",
    "per_image_standardization", "psnr", "random_brightness", "random_contrast", "random_hue",
    "random_saturation", "rgb_to_grayscale", "rgb_to_hsv", "rgb_to_yiq", "rgb_to_yuv",
    "sobel_edges", "total_variation", "yiq_to_rgb", "yuv_to_rgb",
]

_RGB_TO_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617],
               [0.114, -0.32134392, 0.31119955]]
_YIQ_TO_RGB = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021],
               [0.6208248, -0.64720424, 1.70423049]]
_RGB_TO_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512],
               [0.114, 0.43601035, -0.10001026]]
_YUV_TO_RGB = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False,
                        name: str | None = None) -> Any:
    """The image as another type. Floats are in [0, 1], integers from 0 to their largest number.

    Args:
      image: of any shape.
      dtype: a floating or integer type.
      saturate: whether what is out of range becomes the nearest number in it.
      name: of the operations' scope.

    Raises:
      AttributeError: one of the types is neither.
    """
    image = tf.convert_to_tensor(image, name="image")
    dtype = tf.as_dtype(dtype)
    for each, what in ((dtype, "dtype"), (image.dtype, "image dtype")):
        if not each.is_floating and not each.is_integer:
            raise AttributeError(f"{what} must be either floating point or integer")
    if dtype == image.dtype:
        return tf.identity(image, name=name)

    def cast(value: Any, name: str | None = None) -> Any:
        return saturate_cast(value, dtype, name) if saturate else tf.cast(value, dtype, name=name)

    with tf.name_scope(name, "convert_image", [image]) as scope:
        if image.dtype.is_floating and dtype.is_floating:
            return tf.cast(image, dtype, name=scope)
        if image.dtype.is_floating:
            return cast(tf.multiply(image, dtype.max + 0.5), scope)
        if dtype.is_floating:
            return tf.multiply(tf.cast(image, dtype), 1.0 / image.dtype.max, name=scope)
        largest, new_largest = image.dtype.max, dtype.max
        if largest > new_largest:
            return cast(tf.floordiv(image, (largest + 1) // (new_largest + 1)), scope)
        return tf.multiply(cast(image), (new_largest + 1) // (largest + 1), name=scope)


def _as_float(image: Any) -> Any:
    if image.dtype in (tf.float16, tf.float32):
        return image
    return convert_image_dtype(image, tf.float32)


def adjust_brightness(image: Any, delta: Any) -> Any:
    """image + delta, where the image counts from 0 to 1 whatever its type is."""
    with tf.name_scope(None, "adjust_brightness", [image, delta]) as scope:
        image = tf.convert_to_tensor(image, name="image")
        numbers = _as_float(image)
        result = tf.add(numbers, tf.cast(delta, numbers.dtype), name=scope)
        return convert_image_dtype(result, image.dtype, saturate=True)


def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """(image - mean) * contrast_factor + mean, with the mean of each channel of each image."""
    with tf.name_scope(None, "adjust_contrast", [images, contrast_factor]) as scope:
        images = tf.convert_to_tensor(images, name="images")
        result = raw.output("AdjustContrastv2", [_as_float(images), contrast_factor], scope)
        return convert_image_dtype(result, images.dtype, saturate=True)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """gain * image ** gamma, the image counting from 0 to 1. ValueError for a negative gamma."""
    with tf.name_scope(None, "adjust_gamma", [image, gamma, gain]):
        image = tf.convert_to_tensor(image, name="image")
        numbers = _as_float(image)
        checks = image_checks.require(gamma >= 0, "Gamma should be a non-negative real number.")
        if checks:
            gamma = image_checks.after(checks, gamma)
        return convert_image_dtype(gain * numbers ** gamma, image.dtype, saturate=True)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Any:
    """The image with `delta`, in [-1, 1], added to its hue, which counts once round from 0 to 1."""
    with tf.name_scope(name, "adjust_hue", [image]):
        image = tf.convert_to_tensor(image, name="image")
        result = raw.output("AdjustHue", [_as_float(image), delta])
        return convert_image_dtype(result, image.dtype)


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Any:
    """The image with its saturation times `saturation_factor`."""
    with tf.name_scope(name, "adjust_saturation", [image]):
        image = tf.convert_to_tensor(image, name="image")
        result = raw.output("AdjustSaturation", [_as_float(image), saturation_factor])
        return convert_image_dtype(result, image.dtype)


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """`adjust_brightness` by a number in [-max_delta, max_delta)."""
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, tf.random_uniform([], -max_delta, max_delta, seed=seed))


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """`adjust_hue` by a number in [-max_delta, max_delta), at most 0.5."""
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, tf.random_uniform([], -max_delta, max_delta, seed=seed))


def _drawn_factor(lower: float, upper: float, seed: int | None) -> Any:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return tf.random_uniform([], lower, upper, seed=seed)


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """`adjust_contrast` by a number in [lower, upper)."""
    return adjust_contrast(image, _drawn_factor(lower, upper, seed))


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """`adjust_saturation` by a number in [lower, upper)."""
    return adjust_saturation(image, _drawn_factor(lower, upper, seed))


def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    """[..., 3] as [..., 1]: how bright each pixel is to the eye."""
    with tf.name_scope(name, "rgb_to_grayscale", [images]) as scope:
        images = tf.convert_to_tensor(images, name="images")
        numbers = convert_image_dtype(images, tf.float32)
        grey = tf.tensordot(numbers, [0.2989, 0.587, 0.114], [-1, -1])
        return convert_image_dtype(tf.expand_dims(grey, -1), images.dtype, name=scope)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """[..., 1] as [..., 3]. ValueError if the last dimension is not 1."""
    with tf.name_scope(name, "grayscale_to_rgb", [images]) as scope:
        images = tf.convert_to_tensor(images, name="images")
        if images.shape.ndims is not None and images.shape.ndims < 2:
            raise ValueError(f"A grayscale image (shape {images.shape}) must be at least "
                             "two-dimensional.")
        wrong = "Last dimension of a grayscale image should be size 1."
        checks: list[Any] = []
        if not images.shape.is_fully_defined():
            checks = [check_ops.assert_equal(tf.shape(images)[-1], 1, message=wrong),
                      check_ops.assert_greater_equal(
                          tf.rank(images), 3,
                          message="A grayscale image must be at least two-dimensional.")]
        elif images.shape.as_list()[-1] != 1:
            raise ValueError(wrong)
        images = image_checks.after(checks, images)
        leading = tf.expand_dims(tf.rank(images) - 1, 0)
        multiples = tf.concat([tf.ones(leading, dtype=tf.int32), tf.expand_dims(3, 0)], 0)
        result = tf.tile(images, multiples, name=scope)
        if images.shape.ndims is not None:
            result.set_shape(images.shape.as_list()[:-1] + [3])
        return result


def rgb_to_hsv(images: Any, name: str | None = None) -> Any:
    """[..., 3] red, green and blue as hue, saturation and value, all in [0, 1]."""
    return raw.output("RGBToHSV", [images], name)


def hsv_to_rgb(images: Any, name: str | None = None) -> Any:
    """[..., 3] hue, saturation and value as red, green and blue, all in [0, 1]."""
    return raw.output("HSVToRGB", [images], name)


def _by_matrix(images: Any, matrix: list) -> Any:
    images = tf.convert_to_tensor(images, name="images")
    kernel = tf.convert_to_tensor(matrix, dtype=images.dtype, name="kernel")
    return tf.tensordot(images, kernel, axes=[[images.shape.ndims - 1], [0]])


def rgb_to_yiq(images: Any) -> Any:
    """[..., 3] red, green and blue as YIQ."""
    return _by_matrix(images, _RGB_TO_YIQ)


def yiq_to_rgb(images: Any) -> Any:
    """[..., 3] YIQ as red, green and blue."""
    return _by_matrix(images, _YIQ_TO_RGB)


def rgb_to_yuv(images: Any) -> Any:
    """[..., 3] red, green and blue as YUV."""
    return _by_matrix(images, _RGB_TO_YUV)


def yuv_to_rgb(images: Any) -> Any:
    """[..., 3] YUV as red, green and blue."""
    return _by_matrix(images, _YUV_TO_RGB)


def per_image_standardization(image: Any) -> Any:
    """(image - mean) / deviation of each image; the deviation is at least 1 / sqrt(numbers)."""
    with tf.name_scope(None, "per_image_standardization", [image]) as scope:
        image = image_checks.checked(tf.convert_to_tensor(image, name="image"))
        image = tf.cast(image, dtype=tf.float32)
        count = tf.reduce_prod(tf.shape(image)[-3:])
        mean = tf.reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
        deviation = tf.math.reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        least = tf.rsqrt(tf.cast(count, tf.float32))
        divisor = tf.maximum(deviation, least)
        return tf.divide(image - mean, divisor, name=scope)


def total_variation(images: Any, name: str | None = None) -> Any:
    """The sum of the differences of neighbouring pixels, of one image or of each of a batch."""
    with tf.name_scope(name, "total_variation"):
        rank = images.shape.ndims
        if rank == 3:
            down = images[1:, :, :] - images[:-1, :, :]
            right = images[:, 1:, :] - images[:, :-1, :]
        elif rank == 4:
            down = images[:, 1:, :, :] - images[:, :-1, :, :]
            right = images[:, :, 1:, :] - images[:, :, :-1, :]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        axis = None if rank == 3 else [1, 2, 3]
        return (tf.reduce_sum(tf.abs(down), axis=axis)
                + tf.reduce_sum(tf.abs(right), axis=axis))


def image_gradients(image: Any) -> tuple[Any, Any]:
    """(dy, dx): the differences to the next row and to the next column, 0 at the end."""
    if image.shape.ndims != 4:
        raise ValueError("image_gradients expects a 4D tensor [batch_size, h, w, d], not "
                         f"{image.shape}.")
    shape = tf.shape(image)
    batch, height, width, depth = tf.unstack(shape)
    down = image[:, 1:, :, :] - image[:, :-1, :, :]
    right = image[:, :, 1:, :] - image[:, :, :-1, :]
    row = tf.stack([batch, 1, width, depth])
    down = tf.reshape(tf.concat([down, tf.zeros(row, image.dtype)], 1), shape)
    column = tf.stack([batch, height, 1, depth])
    right = tf.reshape(tf.concat([right, tf.zeros(column, image.dtype)], 2), shape)
    return down, right


def sobel_edges(image: Any) -> Any:
    """Sobel's filters down and across: [batch, height, width, channels, 2]."""
    known = image.shape
    shape = tf.shape(image)
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    filters = np.stack([down, down.T], axis=-1)[:, :, np.newaxis, :]
    filters = tf.tile(tf.constant(filters, dtype=image.dtype), [1, 1, shape[-1], 1],
                      name="sobel_filters")
    padded = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = tf.nn.depthwise_conv2d(padded, filters, [1, 1, 1, 1], "VALID")
    edges = tf.reshape(edges, tf.concat([shape, [2]], 0))
    if known.ndims is not None:
        edges.set_shape(known.as_list() + [2])
    return edges


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Any:
    """20 log10(max_val) - 10 log10(mean squared error) of each image."""
    with tf.name_scope(name, "PSNR", [a, b]):
        largest = convert_image_dtype(tf.cast(max_val, a.dtype), tf.float32)
        a, b = convert_image_dtype(a, tf.float32), convert_image_dtype(b, tf.float32)
        error = tf.reduce_mean(tf.squared_difference(a, b), [-3, -2, -1])
        return tf.subtract(20 * tf.log(largest) / tf.log(10.0),
                           np.float32(10 / np.log(10)) * tf.log(error), name="psnr")
