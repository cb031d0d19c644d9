"""Elements moved around, slices of tensors replaced, tensors passed on as they are."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = [
    "ensure_shape", "guarantee_const", "parallel_stack", "roll", "tensor_scatter_nd_add",
    "tensor_scatter_nd_max", "tensor_scatter_nd_min", "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update",
]


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Any:
    """Elements moved along dimensions; what leaves at one end comes in at the other.

    Args:
      input: a tensor of one or more dimensions.
      shift: how far, a number or a vector; negative numbers move to the front.
      axis: along which dimensions: as many as `shift`.
      name: of the operation.

    Returns:
      A tensor as `input`. Running it raises InvalidArgumentError for an axis that is not there.
    """
    return raw.output("Roll", [input, shift, axis], name)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """The tensor with what `shape` says of its shape.

    Raises:
      ValueError: if the known shape contradicts `shape`; the run raises InvalidArgumentError if
        only the value does.
    """
    return raw.output("EnsureShape", [x], name, shape=tf.TensorShape(shape))


def guarantee_const(input: Any, name: str | None = None) -> Any:
    """The tensor itself; says that it never changes."""
    return raw.output("GuaranteeConst", [input], name)


def parallel_stack(values: Sequence[Any], name: str | None = "parallel_stack") -> Any:
    """Tensors of one fully known shape along a new first dimension. It has no gradient."""
    with tf.name_scope(name):
        first = tf.convert_to_tensor(values[0])
        shape = tf.TensorShape([len(values)]).concatenate(first.shape)
        return raw.output("ParallelConcat", [[tf.expand_dims(each, 0) for each in values]],
                          shape=shape)


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any,
                             name: str | None = None) -> Any:
    """A tensor with some slices replaced.

    Args:
      tensor: of one or more dimensions; it is not changed itself.
      indices: int32 or int64, [..., depth]: coordinates along the first `depth` dimensions.
      updates: the slices: `indices`' shape without its last dimension, then a slice's.
      name: of the operation.

    Returns:
      A tensor as `tensor`. Running it raises InvalidArgumentError for coordinates out of range.

    Raises:
      ValueError: if the shapes do not go together.
    """
    return raw.output("TensorScatterUpdate", [tensor, indices, updates], name)


def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A tensor with something added to slices; arguments as tensor_scatter_nd_update's."""
    return raw.output("TensorScatterAdd", [tensor, indices, updates], name)


def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A tensor with something taken from slices; arguments as tensor_scatter_nd_update's."""
    return raw.output("TensorScatterSub", [tensor, indices, updates], name)


def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A tensor with the larger of slices and updates; arguments as tensor_scatter_nd_update's."""
    return raw.output("TensorScatterMax", [tensor, indices, updates], name)


def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A tensor with the smaller of slices and updates; arguments as tensor_scatter_nd_update's."""
    return raw.output("TensorScatterMin", [tensor, indices, updates], name)
