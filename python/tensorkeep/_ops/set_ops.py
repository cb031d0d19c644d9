"""tf.sets: the last dimension of a tensor as sets, combined row by row; distances of sequences."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._framework.sparse_tensor import (
    SparseTensor, as_sparse_tensor, convert_to_tensor_or_sparse_tensor, is_sparse)
from tensorkeep._ops import raw
from tensorkeep._ops.sparse_ops import parts

__all__ = ["edit_distance", "set_difference", "set_intersection", "set_size", "set_union"]


def _check_dtype(dtype: Any, message: str) -> None:
    valid = (tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint16, tf.string)
    if dtype.base_dtype not in valid:
        raise TypeError(f"{message} `{dtype}` not in supported dtypes: `{valid}`.")


def set_size(a: Any, validate_indices: bool = True) -> Any:
    """How many distinct elements each row of a SparseTensor [..., n] has: int32 [...].

    Raises:
      TypeError: it is no SparseTensor, or of numbers that are not whole.
      InvalidArgumentError: when it runs, if the places are out of order and this is looked at.
    """
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    _check_dtype(a.values.dtype, "Invalid dtype")
    return raw.output("SetSize", parts(a), validate_indices=validate_indices)


def _combined(a: Any, b: Any, operation: str, validate_indices: bool) -> SparseTensor:
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    _check_dtype(a.dtype, "'a' has invalid dtype")
    b = convert_to_tensor_or_sparse_tensor(b, name="b")
    if b.dtype.base_dtype != a.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        a, b = b, a
        operation = {"a-b": "b-a", "b-a": "a-b"}.get(operation, operation)
    kinds = ["Sparse" if isinstance(each, SparseTensor) else "Dense" for each in (a, b)]
    inputs = [part for each in (a, b)
              for part in (parts(each) if isinstance(each, SparseTensor) else [each])]
    return SparseTensor(*raw.operation("To".join(kinds) + "SetOperation", inputs,
                                       set_operation=operation,
                                       validate_indices=validate_indices).outputs)


def set_intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements that a row of `a` has in common with that row of `b`.

    Args:
      a, b: tensors or SparseTensors [..., n] of whole numbers or strings, of one shape but for n.
      validate_indices: whether places of SparseTensors that are out of order are errors.

    Returns:
      A SparseTensor [..., most elements], each row in order.

    Raises:
      TypeError: for other types.
      InvalidArgumentError: when it runs, if the shapes differ.
    """
    return _combined(a, b, "intersection", validate_indices)


def set_difference(a: Any, b: Any, aminusb: bool = True,
                   validate_indices: bool = True) -> SparseTensor:
    """The elements of `a` that `b` has not, or the other way round; as `set_intersection`."""
    return _combined(a, b, "a-b" if aminusb else "b-a", validate_indices)


def set_union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements of either; as `set_intersection`."""
    return _combined(a, b, "union", validate_indices)


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True,
                  name: str = "edit_distance") -> Any:
    """How many insertions, deletions and replacements make one sequence of the other.

    Args:
      hypothesis, truth: SparseTensors [..., n] of one type: a sequence in each row.
      normalize: whether it is over the length of the truth: infinite if that is empty, and the
        other is not.
      name: of the operation.

    Returns:
      float32 [...].

    Raises:
      TypeError: one is no SparseTensor.
    """
    for each, what in ((hypothesis, "Hypothesis"), (truth, "Truth")):
        if not is_sparse(each):
            raise TypeError(f"{what} must be a SparseTensor.")
    hypothesis, truth = as_sparse_tensor(hypothesis), as_sparse_tensor(truth)
    return raw.output("EditDistance", [*parts(hypothesis), *parts(truth)], name,
                      normalize=normalize)
