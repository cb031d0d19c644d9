"""Images flipped, turned, cut and padded. Without a batch they are [height, width, channels]."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import image_checks

__all__ = [
    "central_crop", "crop_to_bounding_box", "flip_left_right", "flip_up_down",
    "pad_to_bounding_box", "random_crop", "random_flip_left_right", "random_flip_up_down",
    "resize_image_with_crop_or_pad", "resize_with_crop_or_pad", "rot90", "transpose",
    "transpose_image",
]


def _with_shape_of(image: Any, result: Any) -> Any:
    result.set_shape([None] * 3 if image.shape.ndims is None else image.shape)
    return result


def _flip(image: Any, axis: int, scope: str) -> Any:
    with tf.name_scope(None, scope, [image]):
        image = image_checks.checked(tf.convert_to_tensor(image, name="image"))
        return image_checks.of_either_rank(
            image, lambda: _with_shape_of(image, tf.reverse(image, [axis])),
            lambda: tf.reverse(image, [axis + 1]))


def flip_left_right(image: Any) -> Any:
    """The mirror image; of a batch of each."""
    return _flip(image, 1, "flip_left_right")


def flip_up_down(image: Any) -> Any:
    """The image upside down; of a batch of each."""
    return _flip(image, 0, "flip_up_down")


def _random_flip(image: Any, axis: int, seed: int | None, scope: str) -> Any:
    with tf.name_scope(None, scope, [image]) as name:
        image = image_checks.checked(tf.convert_to_tensor(image, name="image"))

        def of_one() -> Any:
            drawn = tf.random_uniform(shape=[], minval=0, maxval=1.0, seed=seed)
            result = tf.cond(tf.less(drawn, 0.5), lambda: tf.reverse(image, [axis]), lambda: image,
                             name=name)
            return _with_shape_of(image, result)

        def of_batch() -> Any:
            count = tf.shape(image)[0]
            drawn = tf.random_uniform(shape=[count], minval=0, maxval=1.0, seed=seed)
            flips = tf.cast(tf.round(tf.reshape(drawn, [count, 1, 1, 1])), image.dtype)
            flipped = tf.reverse(image, [axis + 1])
            return flips * flipped + (1 - flips) * image

        return image_checks.of_either_rank(image, of_one, of_batch)


def random_flip_left_right(image: Any, seed: int | None = None) -> Any:
    """The image or its mirror image, each half of the time; of a batch each by itself."""
    return _random_flip(image, 1, seed, "random_flip_left_right")


def random_flip_up_down(image: Any, seed: int | None = None) -> Any:
    """The image as it is or upside down, each half of the time; of a batch each by itself."""
    return _random_flip(image, 0, seed, "random_flip_up_down")


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Any:
    """The image turned counter-clockwise by `k` times 90 degrees."""
    with tf.name_scope(name, "rot90", [image, k]) as scope:
        image = image_checks.checked(tf.convert_to_tensor(image, name="image"))
        k = tf.convert_to_tensor(k, dtype=tf.int32, name="k")
        k = k % 4

        def turned(first: int, order: list[int]) -> Any:
            """With rows and columns at dimensions `first` and first + 1."""
            cases = [
                (tf.equal(k, 1), lambda: tf.transpose(tf.reverse(image, [first + 1]), order)),
                (tf.equal(k, 2), lambda: tf.reverse(image, [first, first + 1])),
                (tf.equal(k, 3), lambda: tf.reverse(tf.transpose(image, order), [first + 1])),
            ]
            result = tf.case(cases, default=lambda: image, exclusive=True, name=scope)
            sizes = [None] * (first + 3) if image.shape.ndims is None else image.shape.as_list()
            result.set_shape(sizes[:first] + [None, None, sizes[-1]])
            return result

        return image_checks.of_either_rank(image, lambda: turned(0, [1, 0, 2]),
                                           lambda: turned(1, [0, 2, 1, 3]))


def transpose(image: Any, name: str | None = None) -> Any:
    """Rows and columns swapped."""
    with tf.name_scope(name, "transpose", [image]):
        image = image_checks.checked(tf.convert_to_tensor(image, name="image"))
        return image_checks.of_either_rank(
            image, lambda: tf.transpose(image, [1, 0, 2], name=name),
            lambda: tf.transpose(image, [0, 2, 1, 3], name=name))


def transpose_image(image: Any) -> Any:
    """Rows and columns swapped."""
    return transpose(image)


def central_crop(image: Any, central_fraction: float) -> Any:
    """The middle of the image: `central_fraction`, in (0, 1], of its height and width.

    Raises:
      ValueError: for a fraction or a rank that is none.
    """
    with tf.name_scope(None, "central_crop", [image]):
        image = tf.convert_to_tensor(image, name="image")
        if not 0.0 < central_fraction <= 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if central_fraction == 1.0:
            return image
        image_checks.checked(image)
        rank = image.shape.ndims
        if rank not in (3, 4):
            raise ValueError("`image` should either be a Tensor with rank = 3 or rank = 4. Had "
                             f"rank = {rank}.")
        sizes = image.shape.as_list()
        starts, kept = [], []
        space: list[Any] = [size if size is not None else tf.shape(image)[rank - 3 + i]
                            for i, size in enumerate(sizes[-3:-1])]
        for size in space:
            if isinstance(size, tf.Tensor):
                whole = tf.cast(size, tf.float64)
                part = whole * tf.cast(central_fraction, tf.float64)
                starts.append(tf.cast((whole - part) / 2, tf.int32))
            else:
                starts.append(int((size - size * central_fraction) / 2))
        for size, start in zip(space, starts):
            kept.append(size - start * 2)
        batch = rank == 4
        result = tf.slice(image, tf.stack([0] * batch + starts + [0]),
                          tf.stack([-1] * batch + kept + [-1]))
        result.set_shape(sizes[:rank - 3]
                         + [None if image_checks.is_tensor(size) else size for size in kept]
                         + sizes[-1:])
        return result


def _known(sizes: list[Any]) -> list[int | None]:
    return [None if image_checks.is_tensor(size) else size for size in sizes]


def crop_to_bounding_box(image: Any, offset_height: Any, offset_width: Any, target_height: Any,
                         target_width: Any) -> Any:
    """The part of the image that begins at the offsets, of the target's size.

    Raises:
      ValueError: it is not inside; of tensors an InvalidArgumentError when it is run.
    """
    with tf.name_scope(None, "crop_to_bounding_box", [image]):
        image, is_one = image_checks.as_batch(tf.convert_to_tensor(image, name="image"))
        checks = image_checks.check_rank_3(image)
        batch, height, width, depth = image_checks.sizes_of(image)
        checks += image_checks.require(offset_width >= 0, "offset_width must be >= 0.")
        checks += image_checks.require(offset_height >= 0, "offset_height must be >= 0.")
        checks += image_checks.require(target_width > 0, "target_width must be > 0.")
        checks += image_checks.require(target_height > 0, "target_height must be > 0.")
        checks += image_checks.require(width >= target_width + offset_width,
                                       "width must be >= target + offset.")
        checks += image_checks.require(height >= target_height + offset_height,
                                       "height must be >= target + offset.")
        image = image_checks.after(checks, image)
        start = tf.stack([0, offset_height, offset_width, 0])
        size = tf.stack([tf.shape(image)[0], target_height, target_width, tf.shape(image)[3]])
        cropped = tf.slice(image, start, size)
        cropped.set_shape(_known([batch, target_height, target_width, depth]))
        return tf.squeeze(cropped, axis=[0]) if is_one else cropped


def pad_to_bounding_box(image: Any, offset_height: Any, offset_width: Any, target_height: Any,
                        target_width: Any) -> Any:
    """The image at the offsets of a black one of the target's size.

    Raises:
      ValueError: it does not fit; of tensors an InvalidArgumentError when it is run.
    """
    with tf.name_scope(None, "pad_to_bounding_box", [image]):
        image, is_one = image_checks.as_batch(tf.convert_to_tensor(image, name="image"))
        batch, height, width, depth = image_checks.sizes_of(image)
        after_width = target_width - offset_width - width
        after_height = target_height - offset_height - height
        checks = image_checks.check_rank_3(image)
        checks += image_checks.require(offset_height >= 0, "offset_height must be >= 0")
        checks += image_checks.require(offset_width >= 0, "offset_width must be >= 0")
        checks += image_checks.require(after_width >= 0, "width must be <= target - offset")
        checks += image_checks.require(after_height >= 0, "height must be <= target - offset")
        image = image_checks.after(checks, image)
        paddings = tf.reshape(tf.stack([0, 0, offset_height, after_height, offset_width,
                                        after_width, 0, 0]), [4, 2])
        padded = tf.pad(image, paddings)
        padded.set_shape(_known([batch, target_height, target_width, depth]))
        return tf.squeeze(padded, axis=[0]) if is_one else padded


def _larger(x: Any, y: Any) -> Any:
    return tf.maximum(x, y) if image_checks.is_tensor(x) or image_checks.is_tensor(y) else max(x, y)


def _smaller(x: Any, y: Any) -> Any:
    return tf.minimum(x, y) if image_checks.is_tensor(x) or image_checks.is_tensor(y) else min(x, y)


def _is_equal(x: Any, y: Any) -> Any:
    return tf.equal(x, y) if image_checks.is_tensor(x) or image_checks.is_tensor(y) else x == y


def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """The image cut or padded with black around its middle to the target's size."""
    with tf.name_scope(None, "resize_image_with_crop_or_pad", [image]):
        image, is_one = image_checks.as_batch(tf.convert_to_tensor(image, name="image"))
        checks = image_checks.check_rank_3(image)
        checks += image_checks.require(target_width > 0, "target_width must be > 0.")
        checks += image_checks.require(target_height > 0, "target_height must be > 0.")
        image = image_checks.after(checks, image)
        if image_checks.is_tensor(target_height):
            target_height = image_checks.after(checks, target_height)
        if image_checks.is_tensor(target_width):
            target_width = image_checks.after(checks, target_width)
        _, height, width, _ = image_checks.sizes_of(image)
        wider = target_width - width
        crop_width, pad_width = _larger(-wider // 2, 0), _larger(wider // 2, 0)
        higher = target_height - height
        crop_height, pad_height = _larger(-higher // 2, 0), _larger(higher // 2, 0)
        cropped = crop_to_bounding_box(image, crop_height, crop_width,
                                       _smaller(target_height, height),
                                       _smaller(target_width, width))
        resized = pad_to_bounding_box(cropped, pad_height, pad_width, target_height, target_width)
        _, new_height, new_width, _ = image_checks.sizes_of(resized)
        checks = image_checks.require(_is_equal(new_height, target_height),
                                      "resized height is not correct.")
        checks += image_checks.require(_is_equal(new_width, target_width),
                                       "resized width is not correct.")
        resized = image_checks.after(checks, resized)
        return tf.squeeze(resized, axis=[0]) if is_one else resized


resize_with_crop_or_pad = resize_image_with_crop_or_pad


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Any:
    """A part of a tensor of the given size, anywhere in it.

    Args:
      value: a tensor.
      size: one number for each of its dimensions.
      seed: of where it is.
      name: of the operations' scope.

    Returns:
      A tensor of shape `size`; running it raises an InvalidArgumentError if `value` is smaller.
    """
    with tf.name_scope(name, "random_crop", [value, size]) as scope:
        value = tf.convert_to_tensor(value, name="value")
        size = tf.convert_to_tensor(size, dtype=tf.int32, name="size")
        shape = tf.shape(value)
        fits = tf.Assert(tf.reduce_all(shape >= size),
                         ["Need value.shape >= size, got ", shape, size], summarize=1000)
        shape = image_checks.after([fits], shape)
        limit = shape - size + 1
        drawn = tf.random_uniform(tf.shape(shape), dtype=size.dtype, maxval=size.dtype.max,
                                  seed=seed)
        return tf.slice(value, drawn % limit, size, name=scope)
