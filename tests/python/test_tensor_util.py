"""make_tensor_proto and make_ndarray beside TensorFlow's: the same bytes, the same arrays."""
import ml_dtypes
import numpy as np
import pytest
from tensorflow.core.framework import tensor_pb2
from tensorflow.python.framework import tensor_util as theirs

from tensorkeep._framework import dtypes, protos, tensor_util

ARRAYS = [
    np.zeros(shape, dtype) + np.array(3, dtype)
    for dtype in (np.float16, np.float32, np.float64, np.int8, np.int16, np.int32, np.int64,
                  np.uint8, np.uint16, np.uint32, np.uint64, np.complex64, np.complex128, np.bool_,
                  ml_dtypes.bfloat16)
    for shape in ((), (1,), (2, 3), (0,), (2, 0))
] + [
    np.array([1, 2], dtype) for dtype in (
        ml_dtypes.int4, ml_dtypes.uint4, ml_dtypes.int2, ml_dtypes.float8_e5m2,
        ml_dtypes.float8_e4m3fn)
] + [
    np.array([1, 2]).astype([(name, kind)]) for name, kind in (
        ("qint8", "i1"), ("quint8", "u1"), ("qint16", "i2"), ("quint16", "u2"), ("qint32", "i4"))
] + [
    np.arange(6.0).reshape(2, 3).T, np.array([b"a", b"bc"]), np.array(["a", "\u00e9"]),
    np.array([b"a\0", "b"], object), np.array([], object),
]

VALUES = [
    1, 1.5, True, 1j, "text", b"a\0", [], [[]], [1, 2], [[1, 2], [3, 4]], (1, 2), [1.5, 2],
    [True, False], ["a\0", "bc"], [["a"], ["b"]], np.float64(1.5), np.int64(3), np.float32(2),
    np.str_("x"), bytearray(b"ab"), None, object(), [None, 1], [1, "a"], 2**70, [[1, 2], [3]],
    ["a", ["b"]],
]


def outcome(call):
    """The bytes of the message, or the class of the error."""
    try:
        return call().SerializeToString()
    except Exception as error:
        return type(error)


def check(*args, **kwargs):
    expected = outcome(lambda: theirs.make_tensor_proto(*args, **kwargs))
    assert outcome(lambda: tensor_util.make_tensor_proto(*args, **kwargs)) == expected


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{list(a.shape)}")
def test_arrays_there_and_back(array):
    check(array)
    ours, expected = tensor_util.make_tensor_proto(array), theirs.make_tensor_proto(array)
    for message in (ours, expected):
        back = tensor_util.MakeNdarray(message)
        assert back.shape == array.shape
        if array.dtype.kind not in "SUO":
            assert back.dtype == array.dtype
            np.testing.assert_array_equal(back, array)
        else:
            np.testing.assert_array_equal(back, theirs.MakeNdarray(expected))
    assert back.flags.writeable


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values(value):
    check(value)
    for dtype in ("float32", "float16", "int32", "int64", "uint8", "bool", "string", "complex64",
                  "resource", "float32_ref", np.float64):
        check(value, dtype)


@pytest.mark.parametrize("shape", [[], [1], [2], [2, 3], [0], (3, 2)], ids=repr)
def test_shapes(shape):
    for value in (1.5, [1.5], [1, 2], [[1, 2, 3], [4, 5, 6]], ["a"], np.ones((2, 3)), [],
                  np.ones(7)):
        for options in ({}, {"verify_shape": True}, {"allow_broadcast": True}):
            check(value, shape=shape, **options)
            check(value, "float32", shape, **options)
    check(1, shape=shape, verify_shape=True, allow_broadcast=True)


def test_quantized_values_are_tuples():
    check([(1,), (2,)], dtypes.qint8.name)
    check((1,), "qint32")


def test_large_ints():
    for value in (2**40, [2**40, 1], -2**40, 2**31 - 1, 2**31, -2**31):
        check(value)
        check(value, "int64")
    for value, dtype in ((2**40, "int32"), ([-1], "uint8"), (256, "uint8")):
        with pytest.raises(OverflowError):
            tensor_util.make_tensor_proto(value, dtype)


def test_messages_stay_as_they_are():
    for message in (protos.TensorProto(), tensor_pb2.TensorProto()):
        assert tensor_util.make_tensor_proto(message) is message


def test_the_byte_order_of_arrays_does_not_matter():
    message = tensor_util.make_tensor_proto(np.array([1, 2], ">f4"))
    np.testing.assert_array_equal(tensor_util.MakeNdarray(message), [1, 2])


def test_texts_of_errors():
    for args in ((1.5, "int32"), ("a", "float32"), (1, "resource"), ([1, 2, 3], "int32", [2]),
                 (1, "int32", [2], True), ([1, 2, 3], "int32", [2], False, True), (None,)):
        with pytest.raises((TypeError, ValueError)) as expected:
            theirs.make_tensor_proto(*args)
        with pytest.raises(expected.type) as caught:
            tensor_util.make_tensor_proto(*args)
        assert str(caught.value) == str(expected.value)


@pytest.mark.parametrize("fields", [
    {"dtype": 1}, {"dtype": 1, "float_val": [2]}, {"dtype": 1, "float_val": [2, 3]},
    {"dtype": 9, "int64_val": [1, 2, 3, 4]}, {"dtype": 10, "bool_val": [True]},
    {"dtype": 7, "string_val": [b"a"]}, {"dtype": 19, "half_val": [15360]},
    {"dtype": 8, "scomplex_val": [1, 2]}, {"dtype": 6, "int_val": [-1]},
    {"dtype": 1, "tensor_content": b"1234" * 4},
], ids=repr)
def test_short_messages_are_filled(fields):
    fields["tensor_shape"] = protos.TensorShapeProto(dim=[{"size": 2}, {"size": 2}])
    message = protos.TensorProto(**fields)
    expected = theirs.MakeNdarray(tensor_pb2.TensorProto.FromString(message.SerializeToString()))
    array = tensor_util.MakeNdarray(message)
    np.testing.assert_array_equal(array, expected)
    assert array.dtype == expected.dtype and array.flags.writeable


@pytest.mark.parametrize("fields,error", [
    ({"dtype": 1, "float_val": [1, 2, 3]}, ValueError),
    ({"dtype": 1, "tensor_content": b"1234" * 3}, ValueError),
    ({"dtype": 1, "tensor_content": b"123"}, ValueError),
    ({"dtype": 7, "string_val": [b"a"] * 3}, ValueError),
    ({"dtype": 20}, TypeError), ({"dtype": 21}, TypeError), ({"dtype": 0}, TypeError),
    ({"dtype": 99}, TypeError),
])
def test_messages_that_are_no_arrays(fields, error):
    with pytest.raises(error):
        tensor_util.MakeNdarray(protos.TensorProto(
            tensor_shape=protos.TensorShapeProto(dim=[{"size": 2}]), **fields))


def test_shapes_that_are_no_arrays():
    for shape in (protos.TensorShapeProto(unknown_rank=True),
                  protos.TensorShapeProto(dim=[{"size": -1}])):
        with pytest.raises(ValueError):
            tensor_util.MakeNdarray(protos.TensorProto(dtype=1, tensor_shape=shape))


def test_shapes_of_messages():
    message = tensor_util.make_tensor_proto(np.ones((2, 3)))
    assert tensor_util.TensorShapeProtoToList(message.tensor_shape) == [2, 3]
    assert tensor_util.ShapeEquals(message, [2, 3])
    assert tensor_util.ShapeEquals(message, message.tensor_shape)
    assert not tensor_util.ShapeEquals(message, (3, 2))


def test_what_is_no_tensor():
    for value in (1, [1], np.ones(2), "x", None):
        assert not tensor_util.is_tensor(value)
        assert tensor_util.constant_value(value) is value
