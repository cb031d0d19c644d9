"""How alike images look: the structural similarity."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops.image_colors import convert_image_dtype

__all__ = ["ssim", "ssim_multiscale"]

# What each scale counts (Wang, Simoncelli and Bovik, "Multiscale structural similarity for image
# quality assessment", 2003).
_SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def _checked_shapes(a: Any, b: Any) -> tuple[Any, Any, list[Any]]:
    """Both shapes as tensors, and the checks that they fit."""
    first, second = (each.shape.with_rank_at_least(3) for each in (a, b))
    first[-3:].assert_is_compatible_with(second[-3:])
    if first.ndims is not None and second.ndims is not None:
        for x, y in zip(reversed(first.as_list()[:-3]), reversed(second.as_list()[:-3])):
            if not (x == 1 or y == 1 or None in (x, y) or x == y):
                raise ValueError(f"Two images are not compatible: {first} and {second}")
    first, second = tf.shape_n([a, b])
    ranks = tf.Assert(tf.greater_equal(tf.size(first), 3), [first, second], summarize=10)
    sizes = tf.Assert(tf.reduce_all(tf.equal(first[-3:], second[-3:])), [first, second],
                      summarize=10)
    return first, second, [ranks, sizes]


def _as_floats(a: Any, b: Any, max_val: Any, checks: list[Any]) -> tuple[Any, Any, Any]:
    with tf.control_dependencies(checks):
        a = tf.identity(a)
    largest = convert_image_dtype(tf.cast(max_val, a.dtype), tf.float32)
    return convert_image_dtype(a, tf.float32), convert_image_dtype(b, tf.float32), largest


def _bell(size: Any, sigma: Any) -> Any:
    """A filter [size, size, 1, 1] as a normal distribution, whose sum is 1."""
    size = tf.convert_to_tensor(size, tf.int32)
    sigma = tf.convert_to_tensor(sigma)
    at = tf.cast(tf.range(size), sigma.dtype)
    at -= tf.cast(size - 1, sigma.dtype) / 2.0
    curve = tf.square(at)
    curve *= -0.5 / tf.square(sigma)
    curve = tf.reshape(curve, shape=[1, -1]) + tf.reshape(curve, shape=[-1, 1])
    curve = tf.nn.softmax(tf.reshape(curve, shape=[1, -1]))
    return tf.reshape(curve, shape=[size, size, 1, 1])


def _by_window(a: Any, b: Any, mean: Any, max_val: Any, k1: float, k2: float) -> tuple[Any, Any]:
    """Likeness of light, and of contrast and structure, in every window that `mean` takes."""
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean_a, mean_b = mean(a), mean(b)
    product = mean_a * mean_b * 2.0
    squares = tf.square(mean_a) + tf.square(mean_b)
    light = (product + c1) / (squares + c1)
    mixed = mean(a * b) * 2.0
    whole = mean(tf.square(a) + tf.square(b))
    c2 *= 1.0
    return light, (mixed - product + c2) / (whole - squares + c2)


def _by_channel(a: Any, b: Any, max_val: Any, filter_size: int, filter_sigma: float, k1: float,
                k2: float, return_index_map: bool = False) -> tuple[Any, Any]:
    filter_size = tf.constant(filter_size, dtype=tf.int32)
    filter_sigma = tf.constant(filter_sigma, dtype=a.dtype)
    shapes = tf.shape_n([a, b])
    checks = [tf.Assert(tf.reduce_all(tf.greater_equal(shape[-3:-1], filter_size)),
                        [shape, filter_size], summarize=8) for shape in shapes]
    with tf.control_dependencies(checks):
        a = tf.identity(a)
    kernel = tf.tile(_bell(filter_size, filter_sigma), multiples=[1, 1, shapes[0][-1], 1])

    def mean(x: Any) -> Any:
        shape = tf.shape(x)
        x = tf.reshape(x, shape=tf.concat([[-1], shape[-3:]], 0))
        y = tf.nn.depthwise_conv2d(x, kernel, strides=[1, 1, 1, 1], padding="VALID")
        return tf.reshape(y, tf.concat([shape[:-3], tf.shape(y)[1:]], 0))

    light, structure = _by_window(a, b, mean, max_val, k1, k2)
    if return_index_map:
        return light * structure, structure
    axes = tf.constant([-3, -2], dtype=tf.int32)
    return tf.reduce_mean(light * structure, axes), tf.reduce_mean(structure, axes)


def ssim(img1: Any, img2: Any, max_val: Any, filter_size: int = 11, filter_sigma: float = 1.5,
         k1: float = 0.01, k2: float = 0.03, return_index_map: bool = False) -> Any:
    """The structural similarity of images, at most 1.

    Args:
      img1: [..., height, width, channels].
      img2: the same.
      max_val: how far the smallest and the largest number of the images may be apart.
      filter_size: of the windows in which images are compared.
      filter_sigma: the width of the bell curve in them.
      k1: keeps quotients of small numbers steady.
      k2: the same.
      return_index_map: whether it is given for every window, not as their mean.

    Returns:
      float32 [...]; with `return_index_map` [..., height, width] of the windows.

    Raises:
      ValueError: the shapes do not fit.
    """
    with tf.name_scope(None, "SSIM", [img1, img2]):
        img1 = tf.convert_to_tensor(img1, name="img1")
        img2 = tf.convert_to_tensor(img2, name="img2")
        *_, checks = _checked_shapes(img1, img2)
        a, b, largest = _as_floats(img1, img2, max_val, checks)
        by_channel, _ = _by_channel(a, b, largest, filter_size, filter_sigma, k1, k2,
                                    return_index_map)
        return tf.reduce_mean(by_channel, [-1])


def _padded(images: list[Any], remainder: Any) -> list[Any]:
    padding = tf.pad(tf.expand_dims(remainder, -1), [[1, 0], [1, 0]])
    return [tf.pad(each, padding, mode="SYMMETRIC") for each in images]


def _halved(images: list[Any], heads: list[Any], tails: list[Any], divisor: Any
            ) -> tuple[list[Any], list[Any]]:
    """The images in half the size, and the last three of their sizes."""
    flat = [tf.reshape(each, tf.concat([[-1], tail], 0)) for each, tail in zip(images, tails)]
    remainder = tails[0] % divisor
    flat = tf.cond(tf.reduce_any(tf.not_equal(remainder, 0)), lambda: _padded(flat, remainder),
                   lambda: flat)
    small = [tf.nn.avg_pool(each, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
             for each in flat]
    tails = [shape[1:] for shape in tf.shape_n(small)]
    return [tf.reshape(each, tf.concat([head, tail], 0))
            for each, head, tail in zip(small, heads, tails)], tails


def ssim_multiscale(img1: Any, img2: Any, max_val: Any, power_factors: Sequence[float] = _SCALES,
                    filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01,
                    k2: float = 0.03) -> Any:
    """The structural similarity of images in several sizes, each half of that before.

    Args:
      img1: [..., height, width, channels].
      img2: the same.
      max_val: how far the smallest and the largest number of the images may be apart.
      power_factors: what each size counts.
      filter_size: of the windows in which images are compared.
      filter_sigma: the width of the bell curve in them.
      k1: keeps quotients of small numbers steady.
      k2: the same.

    Returns:
      float32 [...].
    """
    with tf.name_scope(None, "MS-SSIM", [img1, img2]):
        img1 = tf.convert_to_tensor(img1, name="img1")
        img2 = tf.convert_to_tensor(img2, name="img2")
        *shapes, checks = _checked_shapes(img1, img2)
        *images, largest = _as_floats(img1, img2, max_val, checks)
        heads, tails = [shape[:-3] for shape in shapes], [shape[-3:] for shape in shapes]
        divisor = tf.constant([2, 2, 1], dtype=tf.int32)
        factors = []
        for scale in range(len(power_factors)):
            with tf.name_scope(None, f"Scale{scale}", images):
                if scale > 0:
                    images, tails = _halved(images, heads, tails, divisor)
                by_channel, structure = _by_channel(*images, largest, filter_size, filter_sigma,
                                                    k1, k2)
                factors.append(tf.nn.relu(structure))
        factors[-1] = tf.nn.relu(by_channel)
        product = tf.reduce_prod(tf.pow(tf.stack(factors, axis=-1), power_factors), [-1])
        return tf.reduce_mean(product, [-1])
