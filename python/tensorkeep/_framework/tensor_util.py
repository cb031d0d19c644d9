"""Values of tensors as messages, and what is known of a tensor before a run."""
from __future__ import annotations

import functools
import numbers

import numpy as np

from tensorkeep._framework import dtypes, tensor_message
from tensorkeep._framework.dimension import Dimension
from tensorkeep._framework.tensor_message import MakeNdarray  # noqa: F401
from tensorkeep._framework.tensor_shape import as_shape, unknown_shape

# What may stand for an element of a type, by the letter of its kind.
_ELEMENTS = {
    "b": bool,
    "i": (numbers.Integral, Dimension),
    "u": (numbers.Integral, Dimension),
    "f": numbers.Real,
    "c": numbers.Complex,
    "s": (bytes, str),
}


def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False, allow_broadcast=False):
    """A TensorProto of `values`, with the bytes that TensorFlow's has.

    Args:
      values: a number, a string, lists of them, or an array. A TensorProto is given back.
      dtype: the type, or None: that of the array, float32 for Python's floats, int32 for its ints
        if all fit, else int64.
      shape: the shape, or None for that of the values. Fewer values than it has elements are
        extended with the last one by who reads them.
      verify_shape: whether the values have to have exactly this shape.
      allow_broadcast: whether the values have to fill the shape unless there is only one.

    Raises:
      TypeError: the values are not of the type, or not of the shape asked for.
      ValueError: they are None, no rectangular array, too many, or of more than 2 GB.
      OverflowError: an int is more than the type holds.
    """
    if allow_broadcast and verify_shape:
        raise ValueError("allow_broadcast and verify_shape are not both allowed.")
    if hasattr(values, "tensor_content"):
        return values
    dtype = dtypes.as_dtype(dtype) if dtype else None
    array = _as_array(values, dtype, shape)
    array_dtype = dtypes.as_dtype(array.dtype)
    if dtype is not None and dtype.base_dtype is not array_dtype:
        raise TypeError(
            f"`dtype` {dtype} is not compatible with {values} of dtype {array.dtype}.")
    if shape is not None:
        shape = [int(d) for d in shape]
        _check_shape(array, shape, verify_shape, allow_broadcast)
    else:
        shape = array.shape
    if array_dtype is not dtypes.string:
        return tensor_message.from_array(array, array_dtype, shape)
    # Not from an array if there was none: it has lost zeros at the strings' ends.
    strings = array.ravel().tolist() if _is_array_like(values) else _leaves(values)
    try:
        return tensor_message.from_strings(strings, shape)
    except TypeError:
        raise TypeError(f"Failed to convert elements of {values} to Tensor. Consider casting "
                        "elements to a supported type.") from None


def _check_shape(array, shape, verify_shape, allow_broadcast):
    size = tensor_message.size_of(shape)
    single = array.shape in ((), (1,))
    if (verify_shape and array.shape != tuple(shape)) or (
            allow_broadcast and not single and array.size != size):
        raise TypeError(f"Expected Tensor's shape: {tuple(shape)}, but got {array.shape}.")
    if array.size > size and not (allow_broadcast and single):
        raise ValueError(
            f"Too many elements provided. Takes at most {size}, but got {array.size}.")


def _as_array(values, dtype, shape):
    """`values` as an array of a type that a DType stands for."""
    if is_tensor(values):
        raise TypeError("Expected any non-tensor type, but got a tensor instead.")
    numpy_type = dtype.as_numpy_dtype if dtype is not None and dtype.is_numpy_compatible else None
    if _is_array_like(values):
        array = np.asarray(values)
        return array if numpy_type is None else array.astype(numpy_type)
    if values is None:
        raise ValueError("None values not supported.")
    sizes = None if shape is None else as_shape(shape).as_list()
    if sizes is not None and tensor_message.size_of(sizes) == 0:
        array = np.empty(sizes, numpy_type)
    else:
        _check_elements(values, dtype)
        array = np.array(values, numpy_type)
        dense = _dense_shape(values)
        if list(array.shape) != dense and not (dtype and dtype.is_quantized):
            raise ValueError(f"Expected values {values} to be a dense tensor with shape {dense}, "
                             f"but got shape {list(array.shape)}.")
    return array if dtype is not None else _narrowed(array)


def _is_array_like(values):
    """Whether NumPy reads this as an array, or a NumPy scalar, rather than as lists."""
    if isinstance(values, (bytes, str)) and not isinstance(values, np.generic):
        return False
    if hasattr(values, "__array__") or hasattr(values, "__array_interface__"):
        return True
    try:
        memoryview(values)
    except TypeError:
        return False
    return True


def _narrowed(array):
    """The array in the types that Python's numbers have by default."""
    if array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype == np.int64:
        narrow = array.astype(np.int32)
        if np.array_equal(narrow, array):
            return narrow
    return array


def _check_elements(values, dtype):
    """Raises TypeError for an element that does not stand for one of the type."""
    elements = _leaves(values)
    if dtype is None:
        if any(is_tensor(element) for element in elements):
            raise TypeError("Expected any non-tensor type, but got a tensor instead.")
        return
    if dtype.is_quantized:
        expected = _ELEMENTS["i"]
    else:
        expected = _ELEMENTS.get(dtype._kind, object)
    for element in elements:
        fits = isinstance(element, expected)
        if isinstance(element, np.ndarray):
            fits = dtypes.as_dtype(element.dtype)._kind == dtype._kind
        if not fits:
            raise TypeError(f"Expected {dtype.name}, but got {element} of type "
                            f"'{type(element).__name__}'.")


def _leaves(values):
    if isinstance(values, (list, tuple)):
        for inner in values:
            yield from _leaves(inner)
    else:
        yield values


def _dense_shape(values):
    """The shape of nested lists, told by the first of each."""
    shape = []
    while isinstance(values, (list, tuple)):
        shape.append(len(values))
        if not values:
            break
        values = values[0]
    return shape + (list(values.shape) if isinstance(values, np.ndarray) else [])


def ShapeEquals(tensor_proto, shape):
    """Whether a TensorProto has this shape, a list or a TensorShapeProto."""
    if hasattr(shape, "dim"):
        shape = TensorShapeProtoToList(shape)
    return TensorShapeProtoToList(tensor_proto.tensor_shape) == list(shape)


def TensorShapeProtoToList(shape):
    """The sizes in a TensorShapeProto, -1 for an unknown one."""
    return [d.size for d in shape.dim]


@functools.lru_cache(maxsize=None)
def _tensor_types():
    import tensorkeep as tf
    names = ("Tensor", "Variable", "SparseTensor", "IndexedSlices")
    return tuple(t for t in (getattr(tf, name, None) for name in names) if isinstance(t, type))


def is_tensor(x):
    """Whether `x` is a tensor of a graph, or a variable, or made of such tensors."""
    return isinstance(x, _tensor_types())


is_tf_type = is_tensor


def constant_value(tensor, partial=False):
    """The value of a tensor as an array if the graph determines it, else None.

    Args:
      tensor: a tensor; anything else is given back.
      partial: accepted for TensorFlow's sake; a value known in part is None all the same.
    """
    if not is_tensor(tensor):
        return tensor
    from tensorkeep import _core
    return _core.constant_value(tensor)


def constant_value_as_shape(tensor):
    """The TensorShape that a tensor of rank 1 holds, -1 standing for an unknown dimension.

    What the graph does not determine is unknown. The scalar -1 stands for an unknown rank.

    Raises:
      ValueError: another scalar, or one that the graph does not determine.
    """
    if as_shape(tensor.shape).rank == 0:
        value = constant_value(tensor)
        if value is None or value != -1:
            raise ValueError(f"Received a scalar value '{value}' as shape; require a statically "
                             "known scalar with value '-1' to describe an unknown shape.")
        return unknown_shape()
    as_shape(tensor.shape).with_rank(1)
    from tensorkeep import _core
    return _core.constant_value_as_shape(tensor)
