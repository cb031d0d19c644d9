"""Arrays as TensorProtos and back."""
from __future__ import annotations

import numpy as np

from tensorkeep._framework import dtypes
from tensorkeep._framework.tensor_shape import as_shape

_MAX_BYTES = (1 << 31) - 1

# The field of a TensorProto that holds a type's elements one by one, and what they are there.
_FIELDS = {
    dtypes.float32: ("float_val", np.float32),
    dtypes.float64: ("double_val", np.float64),
    dtypes.int64: ("int64_val", np.int64),
    dtypes.uint32: ("uint32_val", np.uint32),
    dtypes.uint64: ("uint64_val", np.uint64),
    dtypes.bool: ("bool_val", np.bool_),
    dtypes.complex64: ("scomplex_val", np.float32),
    dtypes.complex128: ("dcomplex_val", np.float64),
    dtypes.float16: ("half_val", np.uint16),
    dtypes.bfloat16: ("half_val", np.uint16),
    dtypes.qint8: ("int_val", np.int8),
    dtypes.quint8: ("int_val", np.uint8),
    dtypes.qint16: ("int_val", np.int16),
    dtypes.quint16: ("int_val", np.uint16),
    dtypes.qint32: ("int_val", np.int32),
}
# Of several elements of all other types that are numbers, TensorFlow writes the memory itself.
_NO_CONTENT = frozenset((
    dtypes.bool, dtypes.complex64, dtypes.complex128, dtypes.uint16,
    dtypes.int4, dtypes.uint4, dtypes.int2, dtypes.uint2,
))


def size_of(shape):
    """The number of elements of a shape given as sizes."""
    size = 1
    for d in shape:
        size *= d
    return size


def _message(dtype, shape):
    from tensorkeep._framework.protos import TensorProto
    return TensorProto(dtype=int(dtype), tensor_shape=as_shape(list(shape)).as_proto())


def from_strings(strings, shape):
    """A TensorProto of `shape` with these strings, text as UTF-8.

    Raises:
      TypeError: one of them is no string.
    """
    message = _message(dtypes.string, shape)
    for value in strings:
        if not isinstance(value, (bytes, str)):
            raise TypeError(f"Expected binary or unicode string, got {value!r}")
        message.string_val.append(value.encode() if isinstance(value, str) else bytes(value))
    return message


def from_array(array, dtype, shape):
    """A TensorProto of `shape` with the elements of an array of the type `dtype`.

    Args:
      array: has as many elements as `shape`, or fewer.

    Raises:
      TypeError: TensorProtos do not hold such elements.
      ValueError: there are more than 2 GB of them.
    """
    if not dtype.is_numpy_compatible or dtype is dtypes.string:
        raise TypeError(f"Element type not supported in TensorProto: {dtype.name}.")
    if array.nbytes > _MAX_BYTES:
        raise ValueError("Cannot create a tensor proto whose content is larger than 2GB.")
    message = _message(dtype, shape)
    array = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).ravel()
    if array.size == size_of(shape) and array.size > 1 and dtype not in _NO_CONTENT:
        message.tensor_content = array.tobytes()
    elif _is_byte_float(dtype):
        message.float8_val = array.tobytes()
    else:
        field, element = _field(dtype)
        array = array.view(element) if dtype in _FIELDS else array.astype(element)
        getattr(message, field).extend(array.tolist())
    return message


def _is_byte_float(dtype):
    return dtype.is_floating and dtype.size == 1


def _field(dtype):
    return _FIELDS.get(dtype, ("int_val", np.int32))


def MakeNdarray(tensor):
    """The array that a TensorProto, ours or TensorFlow's, describes; strings are bytes objects.

    If it has fewer elements than its shape, the last one stands for the rest, and zero or the
    empty string for all if there is none.

    Raises:
      TypeError: the type has no arrays.
      ValueError: it has more elements than its shape, or is otherwise not consistent.
    """
    shape = [d.size for d in tensor.tensor_shape.dim]
    if tensor.tensor_shape.unknown_rank or min(shape, default=0) < 0:
        raise ValueError("The shape of a TensorProto has to be fully defined.")
    dtype = dtypes.as_dtype(tensor.dtype).base_dtype
    if not dtype.is_numpy_compatible:
        raise TypeError(f"Unsupported tensor type: {dtype.name}.")
    if dtype is dtypes.string:
        values = np.empty(len(tensor.string_val), object)
        values[:] = list(tensor.string_val)
        return _filled(values, shape, b"")
    numpy_type = np.dtype(dtype.as_numpy_dtype)
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, numpy_type).reshape(shape).copy()
    if _is_byte_float(dtype):
        values = np.frombuffer(tensor.float8_val, numpy_type)
    else:
        field, element = _field(dtype)
        values = np.array(getattr(tensor, field), element)
        values = values.view(numpy_type) if dtype in _FIELDS else values.astype(numpy_type)
    return _filled(values, shape, np.zeros((), numpy_type))


def _filled(values, shape, nothing):
    size = size_of(shape)
    if values.size > size:
        raise ValueError(f"{values.size} elements for a shape of {size}.")
    if values.size == size:
        return values.reshape(shape).copy()
    filled = np.empty(size, values.dtype)
    filled[:values.size] = values
    filled[values.size:] = values[-1] if values.size else nothing
    return filled.reshape(shape)
