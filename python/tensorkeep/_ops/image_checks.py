"""What functions of images ask of their inputs."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import check_ops


def is_tensor(value: Any) -> bool:
    return isinstance(value, (tf.Tensor, tf.Variable))


def after(checks: list[Any], tensor: Any) -> Any:
    """`tensor`, available after the checks."""
    from tensorkeep import _core

    return _core.with_dependencies(checks, tensor)


def require(condition: Any, message: str) -> list[Any]:
    """An Assert of a tensor, as a list; of a bool nothing, or a ValueError."""
    if is_tensor(condition):
        return [tf.Assert(condition, [message])]
    if not condition:
        raise ValueError(message)
    return []


def check_rank_3(image: Any) -> list[Any]:
    """Checks that an image, or a batch of them, has pixels; ValueError if the graph tells it has
    none."""
    shape = image.shape
    if shape.ndims is None:
        shape = tf.TensorShape([None, None, None])
    if shape.ndims < 3:
        raise ValueError(f"'image' (shape {image.shape}) must be at least three-dimensional.")
    sizes = shape.as_list()[-3:]
    if 0 in sizes:
        raise ValueError(f"inner 3 dims of 'image.shape' must be > 0: {shape}")
    if None not in sizes:
        return []
    return [check_ops.assert_positive(tf.shape(image)[-3:],
                                      ["inner 3 dims of 'image.shape' must be > 0."]),
            check_ops.assert_greater_equal(
                tf.rank(image), 3, message="'image' must be at least three-dimensional.")]


def checked(image: Any) -> Any:
    """The image after its checks."""
    return after(check_rank_3(image), image)


def as_batch(image: Any) -> tuple[Any, bool]:
    """An image as a batch of one, and whether it was one. ValueError for another rank."""
    if image.shape.ndims == 4:
        return image, False
    if image.shape.ndims not in (3, None):
        raise ValueError(f"'image' (shape {image.shape}) must have either 3 or 4 dimensions.")
    unknown = image.shape.ndims is None
    image = tf.expand_dims(image, 0)
    if unknown:
        image.set_shape([None] * 4)
    return image, True


def sizes_of(image: Any) -> list[Any]:
    """The four sizes of a batch: numbers where the graph knows them, else scalar tensors."""
    known = image.shape.with_rank(4).as_list()
    if None not in known:
        return known
    dynamic = tf.unstack(tf.shape(image), 4)
    return [size if size is not None else tensor for size, tensor in zip(known, dynamic)]


def of_either_rank(image: Any, of_one: Any, of_batch: Any) -> Any:
    """What the function for the image's rank, 3 or 4, returns. ValueError for another rank."""
    rank = image.shape.ndims
    if rank is None:
        return tf.cond(tf.equal(tf.rank(image), 3), of_one, of_batch)
    if rank not in (3, 4):
        raise ValueError(f"'image' (shape {image.shape}) must have either 3 or 4 dimensions.")
    return of_one() if rank == 3 else of_batch()
