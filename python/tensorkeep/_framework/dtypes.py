"""The types of tensors' elements.

Every type is one object, so `is` compares as well as `==`. Floating types of 8 bits and fewer,
bfloat16 and integers of less than 8 bits have NumPy types only in ml_dtypes, which is imported
when one of them is asked for.
"""
from __future__ import annotations

import builtins

import numpy as np

_REF_OFFSET = 100

# DType by enum number; numbers above 100 are references, what a variable of TensorFlow 1 hands out.
by_enum = {}
_by_value = {}  # names, NumPy and Python types; numbers are looked up in by_enum


class DType:
    """The type of a tensor's elements.

    `DType(number)` gives the one object of that type; `as_dtype` takes names and NumPy types too.
    """

    __slots__ = ("_type_enum", "_name", "_kind", "_numpy_type", "_size")

    def __new__(cls, type_enum):
        try:
            return by_enum[int(type_enum)]
        except (KeyError, TypeError, ValueError):
            raise TypeError(f"{type_enum!r} is not the number of a type.") from None

    @property
    def name(self):
        """The name, "float32"."""
        return self._name

    @property
    def as_datatype_enum(self):
        """The number that GraphDefs and checkpoints have for this type."""
        return self._type_enum

    @property
    def as_numpy_dtype(self):
        """The NumPy type: a scalar type, or a structured dtype for quantized types.

        Raises:
          KeyError: resources and variants have none.
        """
        if self._numpy_type is None:
            if not self.is_numpy_compatible:
                raise KeyError(f"NumPy has no type for {self._name}.")
            self._numpy_type = getattr(_ml_dtypes(), self.base_dtype._name)
        return self._numpy_type

    @property
    def size(self):
        """Bytes of an element; 0 for strings, resources and variants."""
        return self._size

    @property
    def _is_ref_dtype(self):
        return self._type_enum > _REF_OFFSET

    @property
    def _as_ref(self):
        return self if self._is_ref_dtype else by_enum[self._type_enum + _REF_OFFSET]

    @property
    def base_dtype(self):
        """The type that a reference refers to; any other type itself."""
        return by_enum[self._type_enum - _REF_OFFSET] if self._is_ref_dtype else self

    @property
    def real_dtype(self):
        """The type of a complex number's parts; any other type itself."""
        return {complex64: float32, complex128: float64}.get(self.base_dtype, self)

    @property
    def is_floating(self):
        """Whether these are floating-point numbers."""
        return self._kind == "f"

    @property
    def is_integer(self):
        """Whether these are integers; quantized types are not."""
        return self._kind in "iu"

    @property
    def is_unsigned(self):
        """Whether these are unsigned integers; quantized types are not."""
        return self._kind == "u"

    @property
    def is_complex(self):
        """Whether these are complex numbers."""
        return self._kind == "c"

    @property
    def is_quantized(self):
        """Whether these are quantized numbers."""
        return self._kind == "q"

    @property
    def is_bool(self):
        """Whether these are truth values."""
        return self._kind == "b"

    @property
    def is_numeric(self):
        """Whether these are numbers that have arithmetic."""
        return self._kind in "fiucq" and self.base_dtype not in _NARROW

    @property
    def is_numpy_compatible(self):
        """Whether arrays can hold them."""
        return self._kind != "h"

    def is_compatible_with(self, other):
        """Whether a tensor of type `other` goes where this type is asked for.

        A reference goes as its base type.
        """
        other = as_dtype(other)
        return self is other or self is other.base_dtype

    @property
    def min(self):
        """The least finite value.

        Raises:
          TypeError: a type without order, or a quantized one.
        """
        return self._number_info("minimum").min

    @property
    def max(self):
        """The greatest finite value.

        Raises:
          TypeError: a type without order, or a quantized one.
        """
        return self._number_info("maximum").max

    @property
    def limits(self):
        """(0, the most intense pixel) in an image of this type.

        Raises:
          ValueError: images are not made of this type.
        """
        if self.is_bool:
            return 0, True
        if self.as_numpy_dtype in (np.float32, np.float64):
            return 0, 1
        if self.is_integer and self.base_dtype not in _NARROW:
            return 0, self.max
        raise ValueError(f"{self} does not have defined limits.")

    def _number_info(self, which):
        if self._kind not in "fiu":
            of = ""
            if self.is_numpy_compatible:
                of = f" with {'quantized type' if self.is_quantized else 'type'} {self.base_dtype}"
            raise TypeError(f"Cannot find {which} value of {self}{of}.")
        number_type = self.as_numpy_dtype
        module = np if number_type.__module__ == "numpy" else _ml_dtypes()
        return (module.finfo if self._kind == "f" else module.iinfo)(number_type)

    def __int__(self):
        return self._type_enum

    def __hash__(self):
        return self._type_enum

    def __eq__(self, other):
        """Whether `other`, a DType or what `as_dtype` takes, is this type.

        A reference is not its base type.
        """
        if self is other:
            return True
        if other is None or type(other) is DType:
            return False
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __ne__(self, other):
        return not self == other

    def __reduce__(self):
        return as_dtype, (self._name,)

    def __str__(self):
        return f"<dtype: '{self._name}'>"

    def __repr__(self):
        return "tf." + self._name


def _ml_dtypes():
    import ml_dtypes
    return ml_dtypes


def _define(number, name, kind, numpy_type=None, size=None):
    """Makes a type and the reference to it.

    `kind` is NumPy's letter, or q (quantized), s (string), h (handle).
    """
    types = []
    for type_enum, type_name in ((number, name), (number + _REF_OFFSET, name + "_ref")):
        dtype = object.__new__(DType)
        dtype._type_enum = type_enum
        dtype._name = type_name
        dtype._kind = kind
        dtype._numpy_type = numpy_type
        dtype._size = np.dtype(numpy_type).itemsize if size is None else size
        by_enum[type_enum] = _by_value[type_name] = dtype
        types.append(dtype)
    if numpy_type is not None:
        _by_value[numpy_type] = types[0]
    return types


def _define_quantized(number, name, numpy_type):
    return _define(number, name, "q", np.dtype([(name, numpy_type)]))


float32, float32_ref = _define(1, "float32", "f", np.float32)
float64, float64_ref = _define(2, "float64", "f", np.float64)
int32, int32_ref = _define(3, "int32", "i", np.int32)
uint8, uint8_ref = _define(4, "uint8", "u", np.uint8)
int16, int16_ref = _define(5, "int16", "i", np.int16)
int8, int8_ref = _define(6, "int8", "i", np.int8)
string, string_ref = _define(7, "string", "s", builtins.object, size=0)
complex64, complex64_ref = _define(8, "complex64", "c", np.complex64)
int64, int64_ref = _define(9, "int64", "i", np.int64)
bool, bool_ref = _define(10, "bool", "b", np.bool_)
qint8, qint8_ref = _define_quantized(11, "qint8", np.int8)
quint8, quint8_ref = _define_quantized(12, "quint8", np.uint8)
qint32, qint32_ref = _define_quantized(13, "qint32", np.int32)
bfloat16, bfloat16_ref = _define(14, "bfloat16", "f", size=2)
qint16, qint16_ref = _define_quantized(15, "qint16", np.int16)
quint16, quint16_ref = _define_quantized(16, "quint16", np.uint16)
uint16, uint16_ref = _define(17, "uint16", "u", np.uint16)
complex128, complex128_ref = _define(18, "complex128", "c", np.complex128)
float16, float16_ref = _define(19, "float16", "f", np.float16)
resource, resource_ref = _define(20, "resource", "h", size=0)
variant, variant_ref = _define(21, "variant", "h", size=0)
uint32, uint32_ref = _define(22, "uint32", "u", np.uint32)
uint64, uint64_ref = _define(23, "uint64", "u", np.uint64)
float8_e5m2, float8_e5m2_ref = _define(24, "float8_e5m2", "f", size=1)
float8_e4m3fn, float8_e4m3fn_ref = _define(25, "float8_e4m3fn", "f", size=1)
float8_e4m3fnuz, float8_e4m3fnuz_ref = _define(26, "float8_e4m3fnuz", "f", size=1)
float8_e4m3b11fnuz, float8_e4m3b11fnuz_ref = _define(27, "float8_e4m3b11fnuz", "f", size=1)
float8_e5m2fnuz, float8_e5m2fnuz_ref = _define(28, "float8_e5m2fnuz", "f", size=1)
int4, int4_ref = _define(29, "int4", "i", size=1)
uint4, uint4_ref = _define(30, "uint4", "u", size=1)
int2, int2_ref = _define(31, "int2", "i", size=1)
uint2, uint2_ref = _define(32, "uint2", "u", size=1)
float4_e2m1fn, float4_e2m1fn_ref = _define(33, "float4_e2m1fn", "f", size=1)

half, half_ref = float16, float16_ref
double, double_ref = float64, float64_ref

_NARROW = frozenset(by_enum[number] for number in range(int(float8_e5m2), int(float4_e2m1fn) + 1))
QUANTIZED_DTYPES = frozenset(dtype for dtype in by_enum.values() if dtype.is_quantized)
TF_VALUE_DTYPES = {dtype for dtype in by_enum.values()
                   if dtype.is_numpy_compatible and not dtype._is_ref_dtype}

_by_value.update({
    "half": half, "half_ref": half_ref,
    "float": float32, "float_ref": float32_ref,
    "double": double, "double_ref": double_ref,
    builtins.float: float32, builtins.bool: bool,
    np.object_: string, np.bytes_: string, np.str_: string,
})
# C's integer types may be types of their own in NumPy, equal to those of a fixed width; which ones
# depends on the platform.
for _platform_type in (np.intc, np.uintc, np.int_, np.uint, np.longlong, np.ulonglong):
    _by_value.setdefault(_platform_type, _by_value[np.dtype(_platform_type).name])
del _platform_type


def _from_numpy(dtype):
    """The DType of a NumPy dtype, or None."""
    scalar_type = dtype.type
    if scalar_type.__module__.partition(".")[0] == "ml_dtypes":
        return _by_value.get(scalar_type.__name__)
    if dtype.kind == "T":  # NumPy's strings of variable length
        return string
    return _by_value.get(dtype if dtype.names else scalar_type)


def as_dtype(type_value):
    """The DType that `type_value` stands for.

    Args:
      type_value: a DType, its number or name, a NumPy or Python type, or an object with a `dtype`.

    Raises:
      TypeError: there is no such type.
    """
    if type(type_value) is DType:
        return type_value
    if isinstance(type_value, np.dtype):
        dtype = _from_numpy(type_value)
        if dtype is not None:
            return dtype
    try:
        found = by_enum.get(type_value) or _by_value.get(type_value)
    except TypeError:  # not hashable
        found = None
    if found is not None:
        return found
    if isinstance(type_value, type):
        if type_value.__module__.partition(".")[0] == "ml_dtypes":
            found = _by_value.get(type_value.__name__)
    elif hasattr(type_value, "dtype"):
        inner = type_value.dtype
        if type(inner) is DType:
            return inner
        try:
            found = _from_numpy(np.dtype(inner))
        except TypeError:
            pass
    if found is None:
        raise TypeError(
            f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType.")
    return found
