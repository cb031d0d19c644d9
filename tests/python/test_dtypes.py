"""DTypes beside TensorFlow's: the numbers, names and conversions of every type."""
import copy
import pickle
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from tensorflow.python.framework import dtypes as theirs

from tensorkeep._framework import dtypes

NUMBERS = sorted(dtypes.by_enum)

PROPERTIES = (
    "name", "as_datatype_enum", "size", "limits", "min", "max",
    "is_floating", "is_integer", "is_unsigned", "is_complex", "is_quantized", "is_bool",
    "is_numeric", "is_numpy_compatible", "_is_ref_dtype",
)


def outcome(call):
    """What a call gives, or the class of its error."""
    try:
        return call()
    except Exception as error:
        return type(error)


def test_all_types_of_tensorflow_are_here():
    assert NUMBERS == sorted(theirs._INTERN_TABLE)
    assert len(NUMBERS) == 66


@pytest.mark.parametrize("number", NUMBERS)
def test_properties(number):
    ours, tensorflow = dtypes.by_enum[number], theirs.as_dtype(number)
    for name in PROPERTIES:
        expected = outcome(lambda: getattr(tensorflow, name))
        assert outcome(lambda: getattr(ours, name)) == expected, name
    assert outcome(lambda: np.dtype(ours.as_numpy_dtype)) == outcome(
        lambda: np.dtype(tensorflow.as_numpy_dtype))
    for name in ("base_dtype", "real_dtype", "_as_ref"):
        assert int(getattr(ours, name)) == int(getattr(tensorflow, name)), name
    assert (repr(ours), str(ours)) == (repr(tensorflow), str(tensorflow))
    assert (int(ours), hash(ours), ours._type_enum) == (number, hash(tensorflow), number)
    assert dtypes.DType(number) is ours
    assert getattr(dtypes, ours.name) is ours
    assert ours == tensorflow


@pytest.mark.parametrize("number", NUMBERS)
def test_error_texts_of_limits(number):
    for name in ("min", "max"):
        texts = []
        for dtype in (dtypes.by_enum[number], theirs.as_dtype(number)):
            try:
                texts.append(str(getattr(dtype, name)))
            except TypeError as error:
                texts.append(str(error))
        assert texts[0] == texts[1]


@pytest.mark.parametrize("value", [
    1, 33, 133, 0, 200, -1, True, 1.0, "float", "double", "half", "float32_ref", "half_ref",
    "string", "str", "int", "bool", "f4", "<f4", "DT_FLOAT", "", "nope", "resource", "variant",
    "int4", "bfloat16", "float8_e5m2", None, int, float, bool, complex, str, bytes, object, list,
    type, [1], {}, np.float16, np.float32, np.float64, np.int8, np.int16, np.int32, np.int64,
    np.uint8, np.uint16, np.uint32, np.uint64, np.complex64, np.complex128, np.bool_, np.object_,
    np.str_, np.bytes_, np.void, np.datetime64, np.longdouble, np.intc, np.uintc, np.longlong,
    np.ulonglong, np.intp, np.uintp, np.dtype("S3"), np.dtype("U3"), np.dtype("O"),
    np.dtype(">f4"), np.dtype("<i8"), np.dtype([("a", "i4")]), np.dtype([("qint8", "i1")]),
    np.dtype([("quint16", "u2")]), np.dtype("datetime64[s]"), np.float32(1), np.int32(5),
    np.array([1.0]), np.array(["a"]), ml_dtypes.bfloat16, ml_dtypes.int4, ml_dtypes.float8_e4m3fn,
    ml_dtypes.float8_e3m4, np.dtype(ml_dtypes.bfloat16), np.dtype(ml_dtypes.uint2),
    np.zeros(1, ml_dtypes.int4),
], ids=repr)
def test_as_dtype(value):
    try:
        expected = theirs.as_dtype(value)
    except TypeError as error:
        with pytest.raises(TypeError) as caught:
            dtypes.as_dtype(value)
        assert str(caught.value) == str(error)
        assert dtypes.float32 != value
    else:
        assert dtypes.as_dtype(value) is dtypes.by_enum[int(expected)]
        assert dtypes.as_dtype(value) == value


def test_compatibility_and_equality():
    for left in NUMBERS:
        for right in NUMBERS:
            ours = dtypes.by_enum[left].is_compatible_with(dtypes.by_enum[right])
            assert ours == theirs.as_dtype(left).is_compatible_with(theirs.as_dtype(right))
            assert (dtypes.by_enum[left] == dtypes.by_enum[right]) == (left == right)
    assert dtypes.float32 == "float32" and dtypes.float32 == np.float32 and dtypes.float32 == 1
    assert dtypes.float32 != dtypes.float32_ref and dtypes.float32 != None  # noqa: E711
    assert {dtypes.float32: "x"}[dtypes.as_dtype("float")] == "x"


def test_sets_of_types():
    for name in ("QUANTIZED_DTYPES", "TF_VALUE_DTYPES"):
        assert {int(t) for t in getattr(dtypes, name)} == {int(t) for t in getattr(theirs, name)}


def test_a_copy_is_the_same_object():
    for dtype in dtypes.by_enum.values():
        assert pickle.loads(pickle.dumps(dtype)) is dtype
        assert copy.deepcopy(dtype) is dtype


def test_unknown_number():
    for value in (0, 34, 99, "x", None):
        with pytest.raises(TypeError):
            dtypes.DType(value)


def test_properties_cannot_be_set():
    with pytest.raises(AttributeError):
        dtypes.float32.name = "x"


def test_ml_dtypes_is_imported_late():
    code = ("import sys; from tensorkeep._framework import dtypes as d; "
            "assert 'ml_dtypes' not in sys.modules; d.bfloat16.as_numpy_dtype; "
            "assert 'ml_dtypes' in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)
