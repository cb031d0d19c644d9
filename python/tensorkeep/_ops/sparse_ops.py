"""Tensors given by the places of their elements."""

from __future__ import annotations

from typing import Any

from tensorkeep._ops import raw

__all__ = ["sparse_to_dense"]


def sparse_to_dense(sparse_indices: Any, output_shape: Any, sparse_values: Any,
                    default_value: Any = 0, validate_indices: bool = True,
                    name: str | None = None) -> Any:
    """A tensor of one value everywhere but at some places.

    Args:
      sparse_indices: int32 or int64, [n, rank]; [n] for a vector, a scalar for one place in it.
      output_shape: a vector of the same type.
      sparse_values: [n], or one value for all places.
      default_value: what is everywhere else.
      validate_indices: whether places that are named twice or out of order are errors.
      name: of the operation.
    """
    return raw.output("SparseToDense", [sparse_indices, output_shape, sparse_values, default_value],
                      name, validate_indices=validate_indices)
