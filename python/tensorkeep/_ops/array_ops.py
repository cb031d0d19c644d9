"""What is composed of operations on the layout of tensors: grids, masks, blocks, batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = [
    "batch_gather", "batch_to_space", "broadcast_dynamic_shape", "broadcast_static_shape",
    "depth_to_space", "meshgrid", "repeat", "reverse_sequence", "sequence_mask", "setdiff1d",
    "space_to_batch", "space_to_depth", "unique_with_counts",
]


def reverse_sequence(input: Any, seq_lengths: Any, seq_axis: int | None = None,
                     batch_axis: int | None = None, name: str | None = None,
                     seq_dim: int | None = None, batch_dim: int | None = None) -> Any:
    """Sequences of different lengths, each turned around up to its end; the rest stays.

    Args:
      input: a tensor of any type.
      seq_lengths: int32 or int64 [batch].
      seq_axis: which dimension counts the steps.
      batch_axis: which one counts the sequences; the first.
      name: of the operation.
      seq_dim, batch_dim: older names of the axes.

    Returns:
      A tensor as `input`.

    Raises:
      TypeError: there is no `seq_axis`.
      ValueError: an axis is not there, or there is another number of lengths.
    """
    seq_axis = windows.renamed("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = windows.renamed("batch_axis", batch_axis, "batch_dim", batch_dim)
    if seq_axis is None:
        raise TypeError("reverse_sequence needs a `seq_axis`")
    return raw.output("ReverseSequence", [input, seq_lengths], name, seq_dim=seq_axis,
                      batch_dim=batch_axis or 0)


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = "meshgrid") -> list[Any]:
    """Coordinates of a grid.

    Args:
      *args: n vectors of coordinates, one for each dimension.
      indexing: "xy" for the second dimension first, as in pictures, or "ij".
      name: of the operations' scope.

    Returns:
      n tensors of rank n: the coordinate of each point of the grid in each dimension.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got "
                         f"'{indexing}'")
    with tf.name_scope(name, "meshgrid", args):
        rank = len(args)
        if not rank:
            return []
        grids = [tf.reshape(tf.stack(x), [-1 if i == j else 1 for j in range(rank)])
                 for i, x in enumerate(args)]
        sizes = [tf.size(x) for x in args]
        dtype = tf.convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and rank > 1:
            rest = [1] * (rank - 2)
            grids[0] = tf.reshape(grids[0], [1, -1, *rest])
            grids[1] = tf.reshape(grids[1], [-1, 1, *rest])
            sizes[0], sizes[1] = sizes[1], sizes[0]
        ones = tf.ones(sizes, dtype)
        return [grid * ones for grid in grids]


def _largest(x: Any) -> Any:
    if x.shape.ndims is not None:
        return tf.reduce_max(x)
    axes = raw.output("Range", [0, tf.rank(x), 1])
    return raw.output("Max", [x, axes])


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = None,
                  name: str | None = None) -> Any:
    """Which elements of sequences there are.

    Args:
      lengths: [...] integers.
      maxlen: a scalar; the largest length if there is none.
      dtype: bool.
      name: of the operations' scope.

    Returns:
      A tensor [..., maxlen]: true at i where i is less than the length.
    """
    dtype = tf.bool if dtype is None else tf.as_dtype(dtype)
    with tf.name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = tf.convert_to_tensor(lengths)
        if maxlen is None:
            longest = _largest(lengths)
            maxlen = tf.maximum(tf.constant(0, longest.dtype), longest)
        else:
            maxlen = tf.convert_to_tensor(maxlen)
        if maxlen.shape.ndims not in (None, 0):
            raise ValueError("Argument `maxlen` must be scalar for sequence_mask, received "
                             f"`maxlen` = {maxlen} with shape '{maxlen.shape}' instead")
        positions = raw.output("Range", [tf.constant(0, maxlen.dtype), maxlen,
                                         tf.constant(1, maxlen.dtype)])
        ends = raw.output("Cast", [tf.expand_dims(lengths, -1)], DstT=maxlen.dtype)
        result = positions < ends
        return result if dtype == tf.bool else raw.output("Cast", [result], DstT=dtype)


def setdiff1d(x: Any, y: Any, index_dtype: Any = None, name: str | None = None) -> Any:
    """The elements of the vector `x` that are not in `y`, in their order, and where they are."""
    operation = raw.operation("ListDiff", [x, y], name,
                              out_idx=tf.int32 if index_dtype is None else index_dtype)
    return tuple(operation.outputs)


def unique_with_counts(x: Any, out_idx: Any = None, name: str | None = None) -> Any:
    """(y, idx, count): the distinct elements of the vector `x` in the order of their first
    appearance, which of them each element is, and how often each comes.
    """
    operation = raw.operation("UniqueWithCounts", [x], name,
                              out_idx=tf.int32 if out_idx is None else out_idx)
    return tuple(operation.outputs)


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape of what comes of broadcasting two shapes, int32 or int64 vectors."""
    return raw.output("BroadcastArgs", [shape_x, shape_y])


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    """The same of two TensorShapes, of which some may be unknown. ValueError if they do not fit."""
    if shape_x.ndims is None or shape_y.ndims is None:
        return tf.TensorShape(None)
    x, y = list(shape_x.as_list()), list(shape_y.as_list())
    rank = max(len(x), len(y))
    x, y = ([1] * (rank - len(sizes)) + sizes for sizes in (x, y))
    result: list[int | None] = []
    for a, b in zip(x, y):
        if a is not None and b is not None and a != b and 1 not in (a, b):
            raise ValueError("Incompatible shapes for broadcasting. Two shapes are compatible if "
                             "for each dimension pair they are either equal or one of them is 1. "
                             f"Received: {shape_x} and {shape_y}.")
        if a == 1 or b == 1:
            result.append(b if a == 1 else a)
        else:
            result.append(b if a is None else a)
    return tf.TensorShape(result)


def _blocks(block_size: Any, block_shape: Any) -> Any:
    size = windows.renamed("block_shape", block_shape, "block_size", block_size)
    return np.array([size, size], np.int64)


def space_to_batch(input: Any, paddings: Any, block_size: int | None = None,
                   name: str | None = None, block_shape: int | None = None) -> Any:
    """`tf.space_to_batch_nd` of images [batch, height, width, channels], in square blocks."""
    return tf.space_to_batch_nd(input, paddings=paddings,
                                block_shape=_blocks(block_size, block_shape), name=name)


def batch_to_space(input: Any, crops: Any, block_size: int | None = None, name: str | None = None,
                   block_shape: int | None = None) -> Any:
    """`tf.batch_to_space_nd` of images [batch, height, width, channels], in square blocks."""
    return tf.batch_to_space_nd(input, crops=crops, block_shape=_blocks(block_size, block_shape),
                                name=name)


def space_to_depth(input: Any, block_size: int, name: str | None = None,
                   data_format: str = "NHWC") -> Any:
    """Every block of pixels as one pixel of more channels."""
    return raw.output("SpaceToDepth", [input], name, block_size=block_size,
                      data_format=data_format)


def depth_to_space(input: Any, block_size: int, name: str | None = None,
                   data_format: str = "NHWC") -> Any:
    """Every pixel as a block of pixels of fewer channels."""
    return raw.output("DepthToSpace", [input], name, block_size=block_size,
                      data_format=data_format)


def _product(sizes: Any) -> Any:
    return raw.output("Prod", [sizes, [0]], keep_dims=False)


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Any:
    """The rows of each part of a batch.

    Args:
      params: [b..., n, ...].
      indices: [b..., m] integers below n, of known rank.
      name: of the operations' scope.

    Returns:
      [b..., m, ...]: result[b, i] = params[b, indices[b, i]].
    """
    with tf.name_scope(name, "BatchGather", [params, indices]):
        indices = tf.convert_to_tensor(indices, name="indices")
        params = tf.convert_to_tensor(params, name="params")
        rank = indices.shape.ndims
        if rank is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        batch = rank - 1
        shape_of_indices, shape_of_params = tf.shape(indices), tf.shape(params)
        dtype = indices.dtype.base_dtype
        whole = indices
        step = tf.ones((), dtype=dtype)
        sizes = raw.output("Cast", [shape_of_params], DstT=dtype)
        for dim in range(batch, 0, -1):
            size = sizes[dim - 1]
            step = step * sizes[dim]
            offsets = raw.output("Range", [tf.zeros((), dtype=dtype), size,
                                           tf.ones((), dtype=dtype)])
            offsets = offsets * step
            shape = tf.stack([1] * (dim - 1) + [size] + [1] * (rank - dim), axis=0)
            whole = whole + tf.reshape(offsets, shape)
        flat = tf.reshape(whole, [-1])
        outer = shape_of_params[batch + 1:]
        inner_size = _product(shape_of_params[:batch + 1])
        rows = tf.reshape(params, tf.concat([[inner_size], outer], axis=0))
        gathered = tf.gather(rows, flat)
        result = tf.reshape(gathered, tf.concat([shape_of_indices, outer], axis=0))
        if params.shape.ndims is not None:
            result.set_shape(indices.shape.as_list() + params.shape.as_list()[batch + 1:])
        return result


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Any:
    """Each element (or row, along `axis`) so many times in a row.

    Args:
      input: a tensor of known rank.
      repeats: an int, or one for each row.
      axis: without one the input is taken as a vector.
      name: of the operations' scope.

    Returns:
      A tensor as `input`, longer along `axis`.
    """
    with tf.name_scope(name, "Repeat", [input, repeats]):
        data = tf.convert_to_tensor(input, name="data")
        if axis is None:
            data, axis = tf.reshape(data, [-1]), 0
        repeats = tf.cast(tf.convert_to_tensor(repeats, name="repeats"), tf.int32)
        axis = axis % data.shape.ndims
        counts = tf.broadcast_to(repeats, [tf.shape(data)[axis]])
        longest = tf.maximum(0, tf.reduce_max(counts))
        rows = tf.range(tf.shape(data)[axis])
        grid = tf.tile(tf.expand_dims(rows, 1), tf.stack([1, longest]))
        chosen = tf.boolean_mask(grid, sequence_mask(counts, longest))
        return tf.gather(data, chosen, axis=axis)
