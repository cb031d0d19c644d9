"""Updates of parts of variables, and counting."""

from __future__ import annotations

import functools
from typing import Any, Callable

import tensorkeep as tf
from tensorkeep import _core
from tensorkeep._ops import raw


def _updated(op_type: str, ref: Any, indices: Any, updates: Any, use_locking: bool | None,
             name: str | None) -> Any:
    """The variable after an update of a part of it."""
    if ref.dtype._is_ref_dtype:  # pylint: disable=protected-access
        return raw.output(op_type, [ref, indices, updates], name, use_locking=use_locking)
    values = tf.convert_to_tensor(updates, dtype=ref.dtype)
    return _core._updated(  # pylint: disable=protected-access
        ref, raw.operation(f"Resource{op_type}", [ref.handle, indices, values], name))


def scatter_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True,
                   name: str | None = None) -> Any:
    """Replaces rows of a variable.

    Args:
      ref: the variable, of at least one dimension.
      indices: int32 or int64, of any shape: numbers of rows. Which of several updates of one row
        stays is not said.
      updates: the new rows: `indices`' shape and then a row's; or a scalar for all elements.
      use_locking: of a reference variable: kept, every update is locked.
      name: of the operation.

    Returns:
      The variable as it is after the update. Running it raises InvalidArgumentError for an index
      out of range, and nothing is changed then.

    Raises:
      ValueError: if the shapes do not go together.
    """
    return _updated("ScatterUpdate", ref, indices, updates, use_locking, name)


def scatter_add(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                name: str | None = None) -> Any:
    """Adds to rows of a variable; arguments and result are scatter_update's. All updates of one row
    are added."""
    return _updated("ScatterAdd", ref, indices, updates, use_locking, name)


def scatter_sub(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                name: str | None = None) -> Any:
    """Subtracts from rows of a variable; arguments and result are scatter_update's."""
    return _updated("ScatterSub", ref, indices, updates, use_locking, name)


def scatter_mul(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                name: str | None = None) -> Any:
    """Multiplies rows of a variable; arguments and result are scatter_update's."""
    return _updated("ScatterMul", ref, indices, updates, use_locking, name)


def scatter_div(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                name: str | None = None) -> Any:
    """Divides rows of a variable; arguments and result are scatter_update's. Quotients of integers
    are cut to whole numbers; a divisor of 0 among them is an InvalidArgumentError."""
    return _updated("ScatterDiv", ref, indices, updates, use_locking, name)


def scatter_max(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                name: str | None = None) -> Any:
    """Keeps the larger of each element of rows and its update; arguments and result are
    scatter_update's."""
    return _updated("ScatterMax", ref, indices, updates, use_locking, name)


def scatter_min(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                name: str | None = None) -> Any:
    """Keeps the smaller of each element of rows and its update; arguments and result are
    scatter_update's."""
    return _updated("ScatterMin", ref, indices, updates, use_locking, name)


def scatter_nd_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True,
                      name: str | None = None) -> Any:
    """Replaces slices of a variable.

    Args:
      ref: the variable, of at least one dimension.
      indices: int32 or int64, [..., depth]: coordinates along the first `depth` dimensions.
      updates: the new slices: `indices`' shape without its last dimension, then a slice's.
      use_locking: of a reference variable: kept, every update is locked.
      name: of the operation.

    Returns:
      The variable as it is after the update. Running it raises InvalidArgumentError for
      coordinates out of range, and nothing is changed then.

    Raises:
      ValueError: if the shapes do not go together.
    """
    return _updated("ScatterNdUpdate", ref, indices, updates, use_locking, name)


def scatter_nd_add(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                   name: str | None = None) -> Any:
    """Adds to slices of a variable; arguments and result are scatter_nd_update's."""
    return _updated("ScatterNdAdd", ref, indices, updates, use_locking, name)


def scatter_nd_sub(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                   name: str | None = None) -> Any:
    """Subtracts from slices of a variable; arguments and result are scatter_nd_update's."""
    return _updated("ScatterNdSub", ref, indices, updates, use_locking, name)


def scatter_nd_max(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                   name: str | None = None) -> Any:
    """Keeps the larger of each element of slices and its update; arguments and result are
    scatter_nd_update's."""
    return _updated("ScatterNdMax", ref, indices, updates, use_locking, name)


def scatter_nd_min(ref: Any, indices: Any, updates: Any, use_locking: bool = False,
                   name: str | None = None) -> Any:
    """Keeps the smaller of each element of slices and its update; arguments and result are
    scatter_nd_update's."""
    return _updated("ScatterNdMin", ref, indices, updates, use_locking, name)


def batch_scatter_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True,
                         name: str | None = None) -> Any:
    """Replaces rows in each of a batch of tensors that one variable holds.

    Args:
      ref: the variable, of at least as many dimensions as `indices`.
      indices: int32 or int64, [batch..., count]: numbers of rows along the dimension that follows
        the batch's. Its rank is known.
      updates: the new rows: `indices`' shape and then a row's.
      use_locking: of a reference variable: kept, every update is locked.
      name: a name scope for what is made.

    Returns:
      The variable as it is after the update.

    Raises:
      ValueError: if the rank of `indices` is not known, or the shapes do not go together.
    """
    with tf.name_scope(name):
        indices = tf.convert_to_tensor(indices, name="indices")
        dims = tf.shape(indices)
        rank = indices.shape.ndims
        if rank is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        rows = tf.expand_dims(indices, axis=-1)
        coordinates = []
        for dimension in range(rank - 1):
            size = dims[dimension]
            numbers = tf.reshape(
                raw.output("Range", [0, size, 1]),
                [size if each == dimension else 1 for each in range(rank + 1)])
            if numbers.dtype.base_dtype != rows.dtype:
                numbers = tf.cast(numbers, rows.dtype)
            coordinates.append(numbers * tf.ones_like(rows))
        return scatter_nd_update(ref, tf.concat([*coordinates, rows], axis=-1), updates,
                                 use_locking=use_locking)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Any:
    """A scalar that is a variable's value, and adds one to the variable when it is run.

    Args:
      ref: a scalar variable of int32 or int64.
      limit: a run raises OutOfRangeError instead of reaching it.
      name: of the operation.
    """
    if ref.dtype._is_ref_dtype:  # pylint: disable=protected-access
        return raw.output("CountUpTo", [ref], name, limit=limit)
    return raw.output("ResourceCountUpTo", [ref.handle], name, limit=limit, T=ref.dtype)


def update_rows(method: str, variable: Any, sparse_delta: Any, use_locking: bool,
                name: str | None) -> Any:
    """What a variable's methods scatter_add and the like do, with rows and their numbers."""
    if not isinstance(sparse_delta, tf.IndexedSlices):
        raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
    return globals()[method](variable, sparse_delta.indices, sparse_delta.values,
                             use_locking=use_locking, name=name)


def ordered(member: Any, update: Any) -> Any:
    """A method of a variable that was updated: what changes it again waits for the update."""
    name = getattr(member, "__name__", "")
    if not name.startswith(("assign", "scatter_", "batch_scatter_")):
        return member
    return _after(member, update)


def _after(method: Callable[..., Any], update: Any) -> Callable[..., Any]:
    @functools.wraps(method)
    def changed(*args: Any, **kwargs: Any) -> Any:
        with tf.control_dependencies([update]):
            return method(*args, **kwargs)

    return changed
