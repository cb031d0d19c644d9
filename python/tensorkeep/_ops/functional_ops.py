"""tf.map_fn, scan, foldl and foldr: a function over the rows of tensors, as a while_loop."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._framework import nest
from tensorkeep._ops.loop_variables import cached_reads
from tensorkeep._ops.tensor_array import TensorArray

__all__ = ["foldl", "foldr", "map_fn", "scan"]


def _check(function: Any) -> None:
    if not callable(function):
        raise TypeError(f"{function} is not callable. Please provide a callable function.")


def _rows_of(elems: Sequence[Any]) -> list[Any]:
    return [tf.convert_to_tensor(elem, name="elem") for elem in elems]


def _known_count(elems: Sequence[Any]) -> int | None:
    """How many rows all of them have, where the graph tells. ValueError if they differ."""
    counts = {elem.shape.with_rank_at_least(1).as_list()[0] for elem in elems
              if elem.shape.ndims is not None} - {None}
    if len(counts) > 1:
        raise ValueError(f"Dimensions {' and '.join(map(str, sorted(counts)))} are not compatible")
    return counts.pop() if counts else None


def _with_count(tensor: Any, count: int | None) -> Any:
    if tensor.shape.ndims is not None:
        tensor.set_shape([count] + tensor.shape.as_list()[1:])
    return tensor


def map_fn(fn: Callable, elems: Any, dtype: Any = None, parallel_iterations: int | None = None,
           back_prop: bool = True, swap_memory: bool = False, infer_shape: bool = True,
           name: str | None = None) -> Any:
    """fn(row) for every row of `elems`, along a new first dimension.

    Args:
      fn: a function of a row, or of the nest of rows where `elems` is a nest.
      elems: a tensor [n, ...] or a nest of them.
      dtype: what `fn` returns: a type or a nest of them; that of `elems` if there is none.
      parallel_iterations, back_prop, swap_memory: as of `tf.while_loop`.
      infer_shape: whether all results have one shape.
      name: of the operations' scope.

    Returns:
      A tensor [n, ...], or a nest of them as `fn` returns it.

    Raises:
      TypeError: `fn` is no function, or returns another structure than `dtype` says.
      ValueError: `elems` have no rows, or not the same number.
    """
    _check(fn)
    flat = nest.flatten(elems)
    if not flat:
        raise ValueError("elems must be a Tensor or (possibly nested) sequence of Tensors. Got "
                         f"{elems}, which does not contain any Tensors.")
    with tf.name_scope(name, "map", flat), cached_reads():
        rows = _rows_of(flat)
        if rows[0].shape.ndims == 0:
            raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
        known = _known_count(rows)
        count = known or tf.shape(rows[0])[0]
        arrays = [TensorArray(row.dtype, size=count, dynamic_size=False) for row in rows]
        arrays = [array.unstack(row) for array, row in zip(arrays, rows)]
        i = tf.constant(0)
        types = [row.dtype for row in rows] if dtype is None else nest.flatten(dtype)
        structure = elems if dtype is None else dtype
        results = [TensorArray(each, size=count, dynamic_size=False, infer_shape=infer_shape)
                   for each in types]

        def compute(i: Any, results: Sequence[Any]) -> Any:
            row = nest.pack_sequence_as(elems, [array.read(i) for array in arrays])
            result = fn(row)
            nest.assert_same_structure(structure, result)
            written = [array.write(i, value)
                       for array, value in zip(results, nest.flatten(result))]
            return i + 1, written

        _, results = tf.while_loop(
            lambda i, _: i < count, compute, (i, results),
            parallel_iterations=parallel_iterations or 10, back_prop=back_prop,
            swap_memory=swap_memory, maximum_iterations=count)
        stacked = [_with_count(array.stack(), known) for array in results]
        return nest.pack_sequence_as(structure, stacked)


def _fold(fn: Callable, elems: Any, initializer: Any, parallel_iterations: int, back_prop: bool,
          swap_memory: bool, default_name: str, name: str | None) -> Any:
    """foldl, or foldr from the last row."""
    _check(fn)
    backwards = default_name == "foldr"
    with tf.name_scope(name, default_name, [elems]), cached_reads():
        rows = _rows_of(nest.flatten(elems))
        known = rows[0].shape.as_list()[0] if rows[0].shape.ndims else None
        count = known or tf.shape(rows[0])[0]
        arrays = nest.pack_sequence_as(elems, [
            TensorArray(row.dtype, size=count, dynamic_size=False).unstack(row)
            for row in nest.flatten(elems)])

        def row_at(i: Any) -> Any:
            return nest.map_structure(lambda array: array.read(i), arrays)

        if backwards:
            first = count - 1 if initializer is None else count
            value = row_at(first) if initializer is None else initializer
        elif initializer is None:
            value = row_at(0)
            first = tf.constant(1)
        else:
            value, first = initializer, tf.constant(0)

        def compute(i: Any, value: Any) -> list[Any]:
            if backwards:
                i = i - 1
            row = row_at(i)
            value = fn(value, row)
            return [i if backwards else i + 1, value]

        _, result = tf.while_loop(
            lambda i, _: i > 0 if backwards else i < count, compute, [first, value],
            parallel_iterations=parallel_iterations, back_prop=back_prop, swap_memory=swap_memory,
            maximum_iterations=count)
        return result


def foldl(fn: Callable, elems: Any, initializer: Any = None, parallel_iterations: int = 10,
          back_prop: bool = True, swap_memory: bool = False, name: str | None = None) -> Any:
    """fn(...fn(fn(initializer, row 0), row 1)..., last row).

    Args:
      fn: a function of the value so far and a row, or the nest of rows where `elems` is a nest.
      elems: a tensor [n, ...] or a nest of them.
      initializer: the first value; the first row if there is none.
      parallel_iterations, back_prop, swap_memory: as of `tf.while_loop`.
      name: of the operations' scope.

    Returns:
      What `fn` returns last.
    """
    return _fold(fn, elems, initializer, parallel_iterations, back_prop, swap_memory, "foldl", name)


def foldr(fn: Callable, elems: Any, initializer: Any = None, parallel_iterations: int = 10,
          back_prop: bool = True, swap_memory: bool = False, name: str | None = None) -> Any:
    """As `foldl`, from the last row to the first."""
    return _fold(fn, elems, initializer, parallel_iterations, back_prop, swap_memory, "foldr", name)


def scan(fn: Callable, elems: Any, initializer: Any = None, parallel_iterations: int = 10,
         back_prop: bool = True, swap_memory: bool = False, infer_shape: bool = True,
         reverse: bool = False, name: str | None = None) -> Any:
    """As `foldl`, but gives every value there was, along a new first dimension.

    Args:
      infer_shape: whether all values have the shape of the first.
      reverse: from the last row to the first; the results stay in the rows' order.

    The other arguments are those of `foldl`.

    Raises:
      ValueError: `fn` returns another structure than `initializer` (or `elems`) is.
    """
    _check(fn)
    structure = elems if initializer is None else initializer
    flat = nest.flatten(elems)
    with tf.name_scope(name, "scan", flat), cached_reads():
        rows = _rows_of(flat)
        count: Any = rows[0].shape.as_list()[0] if rows[0].shape.ndims else None
        if count is None:
            count = tf.shape(rows[0])[0]
        arrays = [TensorArray(row.dtype, size=count, dynamic_size=False,
                              element_shape=None if row.shape.ndims is None
                              else row.shape.as_list()[1:]) for row in rows]
        arrays = [array.unstack(row) for array, row in zip(arrays, rows)]

        def first() -> Any:
            return count - 1 if reverse else 0

        if initializer is None:
            values = [array.read(first()) for array in arrays]
        else:
            values = [tf.convert_to_tensor(value) for value in nest.flatten(initializer)]
        results = [TensorArray(value.dtype, size=count, dynamic_size=False, infer_shape=infer_shape,
                               element_shape=value.shape if infer_shape else None)
                   for value in values]
        if initializer is None:
            results = [array.write(first(), value) for array, value in zip(results, values)]
        done = 1 if initializer is None else 0

        def compute(i: Any, values: Sequence[Any], results: Sequence[Any]) -> Any:
            row = nest.pack_sequence_as(elems, [array.read(i) for array in arrays])
            value = fn(nest.pack_sequence_as(structure, list(values)), row)
            nest.assert_same_structure(structure, value)
            new = nest.flatten(value)
            written = [array.write(i, each) for array, each in zip(results, new)]
            return i - 1 if reverse else i + 1, new, written

        start = count - 1 - done if reverse else done
        _, _, results = tf.while_loop(
            lambda i, _1, _2: i >= 0 if reverse else i < count, compute, (start, values, results),
            parallel_iterations=parallel_iterations, back_prop=back_prop, swap_memory=swap_memory,
            maximum_iterations=count)
        stacked = [array.stack() for array in results]
        known = _known_count(rows)
        return nest.pack_sequence_as(structure, [_with_count(each, known) for each in stacked])
