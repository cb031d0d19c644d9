"""Images in another size."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import image_checks, image_geometry, raw

__all__ = [
    "ResizeMethod", "resize", "resize_area", "resize_bicubic", "resize_bilinear",
    "resize_image_with_pad", "resize_images", "resize_nearest_neighbor",
]


class ResizeMethod:
    """How `resize_images` makes pixels of others."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


def resize_bilinear(images: Any, size: Any, align_corners: bool = False, name: str | None = None,
                    half_pixel_centers: bool = False) -> Any:
    """Images in another size, each pixel between four.

    Args:
      images: [batch, height, width, channels].
      size: the new height and width; int32.
      align_corners: whether the centers of the corners' pixels stay where they are.
      name: of the operation.
      half_pixel_centers: whether pixels lie in the middle of their squares.

    Returns:
      float32 [batch, new height, new width, channels].
    """
    return raw.output("ResizeBilinear", [images, size], name, align_corners=align_corners,
                      half_pixel_centers=half_pixel_centers)


def resize_nearest_neighbor(images: Any, size: Any, align_corners: bool = False,
                            name: str | None = None, half_pixel_centers: bool = False) -> Any:
    """The same of the nearest pixels; the type stays."""
    return raw.output("ResizeNearestNeighbor", [images, size], name, align_corners=align_corners,
                      half_pixel_centers=half_pixel_centers)


def resize_bicubic(images: Any, size: Any, align_corners: bool = False, name: str | None = None,
                   half_pixel_centers: bool = False) -> Any:
    """The same by cubic curves through four pixels in each direction."""
    return raw.output("ResizeBicubic", [images, size], name, align_corners=align_corners,
                      half_pixel_centers=half_pixel_centers)


def resize_area(images: Any, size: Any, align_corners: bool = False, name: str | None = None
                ) -> Any:
    """The same with the means of what each pixel covers."""
    return raw.output("ResizeArea", [images, size], name, align_corners=align_corners)


_FUNCTIONS = {
    ResizeMethod.BILINEAR: resize_bilinear, "bilinear": resize_bilinear,
    ResizeMethod.NEAREST_NEIGHBOR: resize_nearest_neighbor, "nearest": resize_nearest_neighbor,
    ResizeMethod.BICUBIC: resize_bicubic, "bicubic": resize_bicubic,
    ResizeMethod.AREA: resize_area, "area": resize_area,
}


def _checked_size(size: Any) -> Any:
    try:
        size = tf.convert_to_tensor(size, tf.int32, name="size")
    except (TypeError, ValueError):
        raise ValueError("'size' must be a 1-D int32 Tensor") from None
    if not size.shape.is_compatible_with([2]):
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    return size


def _fitting_size(images: Any, size: Any) -> Any:
    """The largest size within `size` that has the images' proportions."""
    _, height, width, _ = image_checks.sizes_of(images)
    down = tf.cast(size[0], tf.float32) / tf.cast(height, tf.float32)
    across = tf.cast(size[1], tf.float32) / tf.cast(width, tf.float32)
    scale = tf.minimum(down, across)
    return tf.convert_to_tensor(
        [tf.cast(tf.round(scale * tf.cast(each, tf.float32)), tf.int32)
         for each in (height, width)], tf.int32, name="size")


def resize_images(images: Any, size: Any, method: Any = ResizeMethod.BILINEAR,
                  align_corners: bool = False, preserve_aspect_ratio: bool = False,
                  name: str | None = None) -> Any:
    """Images in another size.

    Args:
      images: [batch, height, width, channels], or one without a batch.
      size: the new height and width; int32.
      method: one of ResizeMethod, or "bilinear", "nearest", "bicubic" or "area".
      align_corners: whether the centers of the corners' pixels stay where they are.
      preserve_aspect_ratio: whether `size` is the most of a size with the images' proportions.
      name: of the operations' scope.

    Returns:
      As `images`; float32 but for the nearest neighbor. The images themselves where they have that
      size.

    Raises:
      ValueError: the rank, the size or the method is none.
    """
    with tf.name_scope(name, "resize", [images, size]):
        images = tf.convert_to_tensor(images, name="images")
        if images.shape.ndims is None:
            raise ValueError("'images' contains no shape.")
        if images.shape.ndims not in (3, 4):
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        is_one = images.shape.ndims == 3
        if is_one:
            images = tf.expand_dims(images, 0)
        size = _checked_size(size)
        if preserve_aspect_ratio:
            size = _fitting_size(images, size)
        new_size = tf.python.framework.tensor_util.constant_value_as_shape(size).as_list()
        if None in new_size or images.shape.as_list()[1:3] != new_size:
            if method not in _FUNCTIONS:
                raise ValueError(f"Resize method is not implemented: {method}")
            images = _FUNCTIONS[method](images, size, align_corners=align_corners)
            images.set_shape([None, *new_size, None])
        return tf.squeeze(images, axis=[0]) if is_one else images


resize = resize_images


def _larger(x: Any, y: Any) -> Any:
    if image_checks.is_tensor(x) or image_checks.is_tensor(y):
        return tf.maximum(x, y)
    return max(x, y)


def resize_image_with_pad(image: Any, target_height: Any, target_width: Any,
                          method: Any = ResizeMethod.BILINEAR, align_corners: bool = False) -> Any:
    """An image, or a batch of them, as large as fits into a size, with zeros around.

    Args:
      image: [height, width, channels] or [batch, height, width, channels].
      target_height: the new height.
      target_width: the new width.
      method: as in `resize_images`.
      align_corners: as in `resize_images`.

    Raises:
      ValueError: the rank or the size is none.
    """
    with tf.name_scope(None, "resize_image_with_pad", [image]):
        image, is_one = image_checks.as_batch(tf.convert_to_tensor(image, name="image"))
        checks = image_checks.check_rank_3(image)
        checks += image_checks.require(target_width > 0, "target_width must be > 0.")
        checks += image_checks.require(target_height > 0, "target_height must be > 0.")
        image = image_checks.after(checks, image)
        _, *sizes, _ = image_checks.sizes_of(image)
        height, width = (tf.cast(each, tf.float32) for each in sizes)
        most = [tf.cast(each, tf.float32) for each in (target_height, target_width)]
        ratio = _larger(width / most[1], height / most[0])
        scaled = [height / ratio, width / ratio]
        size = [tf.cast(tf.floor(each), tf.int32) for each in scaled]
        around = [(whole - part) / 2 for whole, part in zip(most, scaled)]
        around = [tf.floor(each) for each in around]
        before = [_larger(0, tf.cast(each, tf.int32)) for each in around]
        image = resize_images(image, size, method, align_corners=align_corners)
        image = image_geometry.pad_to_bounding_box(image, *before, target_height, target_width)
        return tf.squeeze(image, axis=[0]) if is_one else image
