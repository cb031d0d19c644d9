"""tf.einsum, as transpositions, products and sums: what TensorFlow 1 makes of it."""

from __future__ import annotations

import re
import string
from typing import Any, Sequence

import tensorkeep as tf

__all__ = ["einsum"]


def _ellipsis_length(labels: str, rank: int | None) -> int:
    """How many dimensions "..." stands for."""
    parts = labels.split("...")
    if len(parts) != 2:
        raise ValueError(f"Unable to resolve ellipsis. Excess number found: {len(parts) - 1} vs 1.")
    if rank is None:
        raise ValueError("Unable to statically infer ellipsis axes. The input shapes has a dynamic "
                         "dimensionality.")
    if rank < len("".join(parts)):
        raise ValueError("Ellipses lengths do not match.")
    return rank - len("".join(parts))


def _parse(equation: str, ranks: Sequence[int | None]) -> tuple[list[str], str]:
    """The labels of each input's dimensions and of the output's, one letter each.

    Raises:
      ValueError: it is no equation, or does not fit the inputs' ranks.
    """
    equation = equation.replace(" ", "")
    match = re.match("^([a-zA-Z,.]+)(->[a-zA-Z.]*)?$", equation)
    if not match:
        raise ValueError(f"Indices have incorrect format. Received: {equation}.")
    inputs = match.group(1).split(",")
    output = match.group(2)[2:] if match.group(2) else None
    if len(ranks) != len(inputs):
        raise ValueError(f'Got {len(ranks)} arguments for equation "{equation}", expecting '
                         f"{len(inputs)}.")
    of_ellipsis = ""
    if "..." in equation:
        unused = "".join(c for c in string.ascii_letters if c not in "".join(inputs))
        for i, labels in enumerate(inputs):
            if "..." not in labels:
                continue
            count = _ellipsis_length(labels, ranks[i])
            if len(unused) < count:
                raise ValueError("Unable to resolve ellipsis, too many distinct labels.")
            letters = unused[-count:] if count else ""
            inputs[i] = labels.replace("...", letters)
            of_ellipsis = max(of_ellipsis, letters, key=len)
        output = None if output is None else output.replace("...", of_ellipsis)
    if any("." in labels for labels in [*inputs, output or ""]):
        raise ValueError(f'Period "." found outside of ellipsis in {equation}.')
    if output is None:
        every = "".join(inputs)
        output = of_ellipsis + "".join(
            label for label in sorted(set(every) - set(of_ellipsis)) if every.count(label) == 1)
    return inputs, output


def _transposed(tensor: Any, order: list[int]) -> Any:
    return tensor if order == sorted(order) else tf.transpose(tensor, perm=order)


def _sizes(tensor: Any) -> list[Any]:
    """Numbers where they are known, else scalar tensors."""
    sizes = tensor.shape.as_list()
    if None in sizes:
        dynamic = tf.shape(tensor)
        sizes = [dynamic[i] if size is None else size for i, size in enumerate(sizes)]
    return sizes


def _product(factors: Sequence[Any]) -> Any:
    result = 1
    for factor in factors:
        result = result * factor
    return result


def _reshaped(tensor: Any, sizes: Sequence[Any]) -> Any:
    known = tensor.shape.as_list()
    if len(known) == len(sizes) and all(
            not isinstance(size, tf.Tensor) and size in (present, -1)
            for present, size in zip(known, sizes)):
        return tensor
    return tf.reshape(tensor, tuple(sizes))


def _multiply(left: Any, left_labels: str, right: Any, right_labels: str,
              summed: set[str]) -> tuple[Any, str]:
    """The product of two tensors, summed over the dimensions `summed`, which both have."""
    kept = (set(left_labels) & set(right_labels)) - summed
    left_only, right_only = (set(labels) - kept - summed for labels in (left_labels, right_labels))

    # Left: what is kept, its own, what is summed. Right: what is kept, what is summed, its own.
    left_order = sorted(left_labels,
                        key=lambda a: (-1 if a in kept else 0 if a in left_only else 1, a))
    right_order = sorted(right_labels,
                         key=lambda a: (-1 if a in kept else 0 if a in summed else 1, a))
    left = _transposed(left, [left_labels.find(a) for a in left_order])
    right = _transposed(right, [right_labels.find(a) for a in right_order])
    if not summed:
        for _ in right_only:
            left = tf.expand_dims(left, -1)
        for _ in left_only:
            right = tf.expand_dims(right, len(kept))
        return tf.multiply(left, right), "".join(left_order + right_order[len(kept):])
    count, own = len(kept), len(left_only)
    left_sizes = _sizes(left)
    left_rows = _product(left_sizes[count:-len(summed)])
    summed_size = _product(left_sizes[-len(summed):])
    left = _reshaped(left, left_sizes[:count] + [left_rows, summed_size])
    right_sizes = _sizes(right)
    right_columns = _product(right_sizes[count + len(summed):])
    right = _reshaped(right, right_sizes[:count] + [summed_size, right_columns])
    of_right = len(right_sizes) - len(right_only)
    product = _reshaped(tf.matmul(left, right), left_sizes[:count + own] + right_sizes[of_right:])
    return product, "".join(left_order[:count + own] + right_order[of_right:])


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """Products of tensors, summed over the dimensions that the output does not name.

    Args:
      equation: a letter for each dimension: "ij,jk->ik" is the matrix product, "bij->bji" swaps
        dimensions. "..." stands for those that are not named. Without "->" the output has the
        letters that come once, in order.
      *inputs: tensors of known rank.
      name: of the operations' scope.

    Raises:
      ValueError: the equation does not fit the inputs, or has a letter twice in one of them.
      UnimplementedError: more than two inputs share a letter that the output does not have.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError("Invalid keyword arguments for this function: "
                        f"{', '.join(sorted(kwargs))}. Expected: name.")
    with tf.name_scope(name, "einsum", [equation, *inputs]):
        labels, output = _parse(equation, [tensor.shape.ndims for tensor in inputs])
        for each in labels:
            if len(labels) == 1 and "->" not in equation and len(each) == 2 and each[0] == each[1]:
                return tf.trace(inputs[0])
            for label in sorted(set(each)):
                if each.count(label) > 1:
                    raise ValueError(f"Subscript not supported: the axis {label} appears more than "
                                     f"once in {each}.")
        for label in sorted(set("".join(labels)) - set(output)):
            if sum(label in each for each in labels) > 2:
                raise tf.errors.UnimplementedError(
                    None, None, f"einsum of {equation!r} sums {label} over more than two inputs")
        result, present = inputs[0], labels[0]
        for tensor, each in zip(inputs[1:], labels[1:]):
            if len(present) != result.shape.ndims or len(each) != tensor.shape.ndims:
                raise ValueError(f"The ranks of the inputs do not match the equation {equation}.")
            summed = set(present) & set(each) - set(output)
            result, present = _multiply(result, present, tensor, each, summed)
        gone = [i for i, label in enumerate(present) if label not in output]
        if gone:
            result = tf.reduce_sum(result, axis=gone)
            present = "".join(label for label in present if label in output)
        if sorted(present) != sorted(output):
            raise ValueError(f"Invalid equation: {equation}. The computed and specified output "
                             f"labels do not match: {present} vs {output}.")
        return _transposed(result, [present.index(label) for label in output])
