#!/usr/bin/env python3
"""Writes tests/data/kernels/cases.txt: what TensorFlow's kernels compute.

Run with a Python that has TensorFlow 2.21:  python tests/golden/make_kernels.py
A case is a line `case OP`, lines `attr NAME KIND VALUE...`, `in DTYPE SHAPE HEX` and
`out DTYPE SHAPE HEX` (bytes little-endian; SHAPE like 2,3 or - for a scalar), or instead of outputs
`error CLASS TEXT`, the beginning of the message. A resource variable among the inputs is a line
`variable` with its value before; lines `after` are the variables' values after. A line `any` is an
output that TensorFlow leaves uninitialised.
"""
import os
import pathlib
import re

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(7)
lines = []
nan, inf = np.nan, np.inf
F16, BF, F32, F64 = tf.float16, tf.bfloat16, tf.float32, tf.float64
I8, I16, I32, I64 = tf.int8, tf.int16, tf.int32, tf.int64
U8, U16, U32, U64 = tf.uint8, tf.uint16, tf.uint32, tf.uint64
C64, C128 = tf.complex64, tf.complex128
FLOATS = [F16, BF, F32, F64]
INTS = [I8, I16, I32, I64, U8, U16, U32, U64]


def values(shape, dtype=F32, low=-3.0, high=3.0):
    x = rng.uniform(low, high, shape)
    if dtype.is_complex:
        x = x + 1j * rng.uniform(low, high, shape)
    if dtype.is_integer:
        if dtype.is_unsigned:
            x = np.abs(x)
        x = np.round(x * 4)
    return np.asarray(x).astype(dtype.as_numpy_dtype)


def describe(kind, array):
    if isinstance(array, bytes):  # numpy would cut zeros off its end
        return f"{kind} string - {array.hex() or '-'}"
    array = np.asarray(array)
    if array.dtype.kind in "SU":
        assert array.ndim == 0
        return f"{kind} string - {array.item().encode().hex() or '-'}"
    dtype = tf.as_dtype(array.dtype).name
    shape = ",".join(map(str, array.shape)) or "-"
    data = np.ascontiguousarray(array).tobytes().hex() or "-"
    return f"{kind} {dtype} {shape} {data}"


def describe_attr(name, value):
    if isinstance(value, bool):
        return f"attr {name} bool {int(value)}"
    if isinstance(value, int):
        return f"attr {name} int {value}"
    if isinstance(value, float):
        return f"attr {name} float {value}"
    if isinstance(value, str):
        return f"attr {name} string {value}"
    if isinstance(value, tf.DType):
        return f"attr {name} type {value.name}"
    return f"attr {name} ints " + " ".join(map(str, value))


def case(op, *inputs, unset=(), **attrs):
    """Inputs in the definition's order; a list stands for itself."""
    arrays = [x if isinstance(x, bytes) else np.asarray(x) for x in inputs]
    start = len(lines)
    lines.append(f"case {op}")
    lines.extend(describe_attr(*item) for item in attrs.items())
    lines.extend(describe("in", x) for x in arrays)
    definition = tf.raw_ops.__dict__[op].__signature__.parameters
    names = [n for n in definition if n not in attrs and n != "name"]
    if op in ("AddN", "MergeSummary"):
        arguments = {"inputs": [tf.constant(x) for x in arrays]}
    elif op == "Assert":
        arguments = {"condition": tf.constant(arrays[0]), "data": [tf.constant(x) for x in arrays[1:]]}
    elif op in ("DynamicStitch", "ParallelDynamicStitch"):
        tensors = [tf.constant(x) for x in arrays]
        arguments = {"indices": tensors[:len(tensors) // 2], "data": tensors[len(tensors) // 2:]}
    else:
        arguments = dict(zip(names, [tf.constant(x) for x in arrays]))
    try:
        result = tf.raw_ops.__dict__[op](**arguments, **attrs)
    except (tf.errors.OpError, ValueError) as error:
        text = re.sub(r"^\{\{.*?\}\} ", "", str(error))
        text = re.sub(r" ?\[Op:.*", "", text, flags=re.S).strip()
        text = re.sub(r" {3,}", " ", text)  # the indentation of a continued literal
        if "Could not find" in text or "not in the list of allowed" in text or "do not yet support dilation" in text:  # TensorFlow has no kernel for the type
            del lines[start:]
            return
        lines.append(f"error {type(error).__name__} {text}")
        return
    if result is None:  # an operation without outputs
        return
    for i, output in enumerate(result if isinstance(result, (tuple, list)) else [result]):
        lines.append("any" if i in unset else describe("out", output.numpy()))


UNARY = {  # domain
    "Neg": (-3, 3), "Abs": (-3, 3), "Sign": (-3, 3), "Square": (-3, 3), "Sqrt": (0, 9), "Rsqrt": (0.1, 9),
    "Reciprocal": (0.2, 3), "Inv": (-3, -0.2), "Floor": (-3, 3), "Ceil": (-3, 3), "Rint": (-3, 3),
    "Round": (-3, 3), "Relu": (-3, 3), "Relu6": (-3, 9), "Softsign": (-3, 3), "Exp": (-9, 9), "Expm1": (-3, 3),
    "Log": (0.01, 9), "Log1p": (-0.9, 9), "Sin": (-9, 9), "Cos": (-9, 9), "Tan": (-1.4, 1.4), "Tanh": (-9, 9),
    "Sigmoid": (-20, 20), "Elu": (-3, 3), "Selu": (-3, 3), "Softplus": (-30, 30), "Asin": (-1, 1),
    "Acos": (-1, 1), "Atan": (-5, 5), "Sinh": (-3, 3), "Cosh": (-3, 3), "Asinh": (-3, 3), "Acosh": (1, 5),
    "Atanh": (-0.9, 0.9), "Erf": (-2, 2), "Erfc": (-2, 2), "Lgamma": (0.1, 9)}
for name, (low, high) in UNARY.items():
    for dtype in [F32, F64, F16, BF]:
        case(name, values([3, 7], dtype, low, high))
    case(name, np.array([nan, inf, -inf, 0.0, -0.0, 1e-30, 88.9, -104.0], "f"))
    case(name, np.zeros([0, 3], "f"))
for name in ["Neg", "Abs", "Sign", "Square"]:
    for dtype in [I8, I16, I32, I64]:
        case(name, values([9], dtype))
for name in ["Relu", "Relu6"]:
    for dtype in [I8, I16, I32, I64, U8, U16]:
        case(name, values([9], dtype))
for name in ["Neg", "Square", "Sqrt", "Rsqrt", "Reciprocal", "Exp", "Log", "Tanh", "Sigmoid", "Sign"]:
    for dtype in [C64, C128]:
        case(name, values([5], dtype))
case("Neg", np.array([-128, 127], "i1"))
for name in ["IsNan", "IsInf", "IsFinite"]:
    for dtype in FLOATS:
        case(name, np.array([1, nan, inf, -inf]).astype(dtype.as_numpy_dtype))
case("LogicalNot", np.array([True, False]))

SHAPES = [([2, 3], [2, 3]), ([2, 3], []), ([], [3]), ([2, 3], [3]), ([2, 3], [2, 1]), ([2, 1, 4], [3, 1]),
          ([3, 1, 2], [1, 4, 1]), ([0, 3], [1, 3]), ([1], [5]), ([2, 1, 3, 1], [1, 4, 1, 5]), ([1, 1], [1])]
for name in ["Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "FloorDiv", "FloorMod", "Mod", "Pow", "Maximum",
             "Minimum", "SquaredDifference", "DivNoNan", "MulNoNan", "Atan2", "Xlogy", "Xlog1py", "Xdivy"]:
    low = 0.3 if name in ("Pow", "Xlogy", "Xlog1py") else -3
    for a, b in SHAPES:
        case(name, values(a, F32, low), values(b, F32, low))
    for dtype in [F64, F16, BF]:
        case(name, values([2, 3], dtype, low), values([3], dtype, low))
for name in ["Add", "Sub", "Mul", "Maximum", "Minimum"]:
    for dtype in INTS:
        case(name, values([4, 3], dtype), values([3], dtype))
for name in ["Div", "TruncateDiv", "FloorDiv"]:
    for dtype in INTS:
        case(name, values([4, 3], dtype), np.array([3, 1, 5]).astype(dtype.as_numpy_dtype))
    case(name, np.array([7, -7, 6, -6], "i4"), np.array([-2, 2, -3, 3], "i4"))
    if name != "TruncateDiv":  # whose message there blames an internal error
        case(name, np.array([7, 1], "i4"), np.array([1, 0], "i4"))
for name in ["FloorMod", "Mod"]:
    case(name, np.array([7, -7, 6, -6, 7], "i4"), np.array([-2, 2, -3, 3, 4], "i4"))
    case(name, np.array([7, 1], "i8"), np.array([1, 0], "i8"))
case("FloorMod", np.array([7, -7, 6, 5.5, 1], "f"), np.array([-2, 2, -3, -2, inf], "f"))
case("SquaredDifference", values([3], I32), values([3], I32))
case("Pow", np.array([2, -3, 0, 5], "i4"), np.array([10, 3, 0, 1], "i4"))
case("Pow", np.array([2], "i4"), np.array([-1], "i4"))
for name in ["Add", "Sub", "Mul", "RealDiv"]:
    case(name, values([2, 3], C64), values([3], C64))
    case(name, values([2, 3], C128), values([2, 1], C128))
for name in ["Maximum", "Minimum", "Add", "DivNoNan", "RealDiv"]:
    case(name, np.array([nan, 1, inf, 0, -0.0, 5], "f"), np.array([1, nan, -inf, 0, 0.0, 0], "f"))
for name in ["Add", "Mul", "Maximum", "RealDiv", "Less"]:
    case(name, np.zeros([2], "f"), np.zeros([3], "f"))
    case(name, np.zeros([2, 3, 4], "f"), np.zeros([2, 1, 3], "f"))
for name in ["BitwiseAnd", "BitwiseOr", "BitwiseXor"]:
    case(name, values([2, 3], I32), values([3], I32))
    case(name, values([2, 3], U8), values([3], U8))
for name in ["SigmoidGrad", "TanhGrad", "SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "InvGrad", "ReluGrad", "Relu6Grad",
             "EluGrad", "SeluGrad", "SoftplusGrad", "SoftsignGrad"]:
    for dtype in FLOATS:
        case(name, values([2, 5], dtype, 0.1, 2), values([2, 5], dtype, -3, 8))
    case(name, np.zeros([2], "f"), np.zeros([3], "f"))
case("ReluGrad", values([7], I32), values([7], I32))
case("LeakyRelu", values([7]), alpha=0.25)
case("LeakyReluGrad", values([7]), values([7]), alpha=0.25)
for name in ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"]:
    for dtype in FLOATS + INTS:
        case(name, values([4, 3], dtype), values([3], dtype))
        case(name, values([3], dtype), values([3], dtype) * 0 + values([3], dtype))
    case(name, np.array([nan, 1, inf], "f"), np.array([nan, 1, 2], "f"))
case("Equal", np.array([True, False]), np.array([True]))
case("Equal", values([3], C64), values([1], C64))
case("Equal", values([3]), values([2]), incompatible_shape_error=False)
case("NotEqual", values([3]), values([2]), incompatible_shape_error=False)
case("LogicalAnd", np.array([[True], [False]]), np.array([True, False]))
case("LogicalOr", np.array([[True], [False]]), np.array([True, False]))

mask = np.array([[True, False, True], [False, False, True]])
for dtype in FLOATS + INTS + [C64, C128]:
    case("Select", mask, values([2, 3], dtype), values([2, 3], dtype))
    case("SelectV2", mask[:, :1], values([3], dtype), values([4, 2, 1], dtype))
case("Select", np.array([True, False]), values([2, 3]), values([2, 3]))
case("Select", np.array(True), values([2, 3]), values([2, 3]))
case("Select", np.array([True]), values([2, 2]), values([2, 2]))
case("Select", np.array([True, False]), values([2, 2]), values([2, 3]))
case("Select", np.array([[True, False]]), values([2, 2]), values([2, 2]))
case("SelectV2", np.array([True, False]), values([3, 2]), values([3, 3]))
case("SelectV2", np.zeros([0], bool), values([1]), values([]))

for source in FLOATS + INTS + [C64, tf.bool]:
    for target in FLOATS + INTS + [C128, tf.bool]:
        x = values([5], source, 0, 9) if source != tf.bool else np.array([True, False])
        case("Cast", x, DstT=target)
case("Cast", np.array([-1.9, -1.1, 1.5, 2.5, 300.0], "f"), DstT=I32)
case("Cast", np.array([nan, 3e10, -3e10], "f"), DstT=I32)
case("Cast", np.array([-1, -300, 70000], "i4"), DstT=U8)
case("Cast", np.array([65504.0, 65520.0, 1e-8, -0.0, nan, inf], "f"), DstT=F16)
for target in [tf.dtypes.experimental.float8_e5m2, tf.dtypes.experimental.float8_e4m3fn]:
    case("Cast", np.array([0.5, -1.75, 3.3, 100.0], "f"), DstT=target)

for dtype in FLOATS + INTS + [C64]:
    case("AddN", values([2, 3], dtype), values([2, 3], dtype), values([2, 3], dtype))
case("AddN", values([3]))
case("AddN", np.zeros([2], "f"), np.zeros([3], "f"))

for dtype in FLOATS + [I32, I64, C64, C128]:
    for ta in [False, True]:
        for tb in [False, True]:
            a = values([5, 3] if ta else [3, 5], dtype)
            b = values([4, 5] if tb else [5, 4], dtype)
            case("MatMul", a, b, transpose_a=ta, transpose_b=tb)
for m, k, n in [(1, 1, 1), (7, 33, 19), (13, 300, 10), (2, 0, 3), (0, 4, 3), (6, 2, 17), (1, 9, 16)]:
    case("MatMul", values([m, k]), values([k, n]))
    case("MatMul", values([k, m], F64), values([n, k], F64), transpose_a=True, transpose_b=True)
case("MatMul", np.zeros([2, 3], "f"), np.zeros([4, 5], "f"))
for a, b in [([2, 3, 4], [2, 4, 5]), ([2, 1, 3, 4], [5, 4, 2]), ([3, 4], [2, 4, 5]), ([0, 3, 4], [1, 4, 5])]:
    case("BatchMatMulV2", values(a), values(b))
for dtype in [F64, I32, C64]:
    case("BatchMatMulV2", values([2, 4, 3], dtype), values([2, 5, 4], dtype), adj_x=True, adj_y=True)
case("BatchMatMul", values([2, 3, 4]), values([2, 4, 5]))
case("BatchMatMulV2", np.zeros([3, 2, 3], "f"), np.zeros([2, 3, 5], "f"))
case("BatchMatMulV2", np.zeros([2, 2, 3], "f"), np.zeros([2, 4, 5], "f"))
case("BatchMatMul", np.zeros([2, 3], "f"), np.zeros([2, 4, 5], "f"))

AXES = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2], [], [-1], [-3, -1]]
for name in ["Sum", "Mean", "Prod", "Max", "Min"]:
    for axes in AXES:
        for keep in [False, True]:
            case(name, values([2, 3, 4]), np.array(axes, "i4"), keep_dims=keep)
    for dtype in FLOATS + [I8, I32, I64, U8]:
        case(name, values([3, 4], dtype, 0.5, 1.5), np.array([1], "i8"))
    case(name, np.zeros([2, 0], "f"), np.array([1], "i4"))
    case(name, np.zeros([0], "i4"), np.array([0], "i4"))
    case(name, np.array(3.5, "f"), np.array([], "i4"))
for name in ["Sum", "Max", "Min", "Mean"]:
    case(name, values([3000]), np.array([0], "i4"))
    case(name, np.array([[nan, 1], [2, 3]], "f"), np.array([0], "i4"))
    case(name, np.array([[nan, 1], [2, 3]], "f"), np.array([1], "i4"))
for bad in [[3], [0, 0], [-4]]:
    case("Sum", np.zeros([2, 3, 4], "f"), np.array(bad, "i4"))
case("Sum", values([3, 4], C64), np.array([0], "i4"))
for name in ["All", "Any"]:
    for axes in [[0], [1], [0, 1], []]:
        case(name, mask, np.array(axes, "i4"))
    case(name, np.zeros([2, 0], bool), np.array([1], "i4"))
for name in ["ArgMax", "ArgMin"]:
    for dtype in FLOATS + INTS:
        case(name, values([3, 4, 2], dtype), np.array(1, "i4"))
    case(name, values([3, 4]), np.array(-1, "i8"), output_type=I32)
    case(name, np.array([1, nan, 5, nan], "f"), np.array(0, "i4"))
    case(name, np.array([2, 5, 5, 2], "f"), np.array(0, "i4"))
    case(name, np.zeros([2, 3], "f"), np.array(2, "i4"))
    case(name, np.zeros([2, 0], "f"), np.array(1, "i4"))

for exclusive in [False, True]:
    for reverse in [False, True]:
        case("Cumsum", values([2, 3, 2]), np.array(1, "i4"), exclusive=exclusive, reverse=reverse)
        case("Cumprod", values([2, 3], I32), np.array(-1, "i4"), exclusive=exclusive, reverse=reverse)
case("Cumsum", np.zeros([2], "f"), np.array(1, "i4"))
case("SegmentSum", values([4, 2]), np.array([0, 0, 2, 3], "i4"))
case("SegmentSum", values([3], I32), np.array([1, 1, 1], "i8"))
for ids in [[1, 0], [0], [-1, 0]]:
    case("SegmentSum", np.zeros([2], "f"), np.array(ids, "i4"))
case("UnsortedSegmentSum", values([4, 2]), np.array([2, 0, -1, 2], "i4"), np.array(3, "i4"))
case("UnsortedSegmentSum", values([2, 2, 3], F16), np.array([[0, 1], [1, 1]], "i8"), np.array(2, "i4"))
case("UnsortedSegmentSum", np.zeros([2], "f"), np.array([0, 4], "i4"), np.array(2, "i4"))
case("UnsortedSegmentSum", np.zeros([2], "f"), np.array([0, 1, 2], "i4"), np.array(2, "i4"))
case("UnsortedSegmentSum", np.zeros([2], "f"), np.array([0, 1], "i4"), np.array(-2, "i4"))
for start, limit, delta in [(0, 5, 1), (3, 18, 4), (5, 0, -2), (2, 2, 1), (1, 5, 0), (5, 1, 1), (1, 5, -1)]:
    for dtype in [I32, I64, F32, F64]:
        if (delta, dtype.is_integer) != (0, False):
            case("Range", *[np.array(v).astype(dtype.as_numpy_dtype) for v in (start, limit, delta)])
case("LinSpace", np.array(1, "f"), np.array(2, "f"), np.array(7, "i4"))
case("LinSpace", np.array(1, "d"), np.array(-2, "d"), np.array(1, "i8"))
case("LinSpace", np.array(1, "f"), np.array(2, "f"), np.array(0, "i4"))
for dtype in FLOATS + [I32, U8]:
    case("ClipByValue", values([7], dtype), *[np.array(v).astype(dtype.as_numpy_dtype) for v in (1, 2)])
case("ClipByValue", values([3]), np.array([0, 1, 2], "f"), np.array(1.5, "f"))
case("ClipByValue", np.zeros([2], "f"), np.zeros([3], "f"), np.array(3, "f"))

for dtype in FLOATS:
    for name in ["Softmax", "LogSoftmax"]:
        case(name, values([4, 10], dtype))
        case(name, values([2, 3, 5], dtype))
    case("SoftmaxCrossEntropyWithLogits", values([3, 10], dtype), values([3, 10], dtype, 0, 1))
    case("SparseSoftmaxCrossEntropyWithLogits", values([3, 10], dtype), np.array([0, 9, 4], "i8"))
    case("L2Loss", values([3, 5], dtype))
    for shape in [[4, 3], [2, 2, 3], [2, 4, 4, 3]]:
        case("BiasAdd", values(shape, dtype), values([3], dtype))
        if dtype != BF:  # those of bfloat16 come further down
            case("BiasAddGrad", values(shape, dtype))
case("Softmax", np.array([[1000, -1000, 0], [-inf, 0, 1]], "f"))
case("SoftmaxCrossEntropyWithLogits", np.zeros([2, 3], "f"), np.zeros([2, 4], "f"))
case("SoftmaxCrossEntropyWithLogits", np.zeros([3], "f"), np.zeros([3], "f"))
case("SoftmaxCrossEntropyWithLogits", values([4, 3]), values([1, 3], F32, 0, 1))
for features, labels in [([2, 3], [1, 5]), ([2, 3], [1]), ([3], [1]), ([2, 0], [1, 1]), ([2, 3], [[1]])]:
    case("SparseSoftmaxCrossEntropyWithLogits", np.zeros(features, "f"), np.array(labels, "i4"))
case("L2Loss", values([5000]))
case("BiasAdd", values([2, 3, 4, 5]), values([3]), data_format="NCHW")
case("BiasAddGrad", values([2, 3, 4, 5]), data_format="NCHW")
case("BiasAddV1", values([2, 3]), values([3]))
case("BiasAdd", np.zeros([2, 3], "f"), np.zeros([4], "f"))
case("BiasAdd", np.zeros([2], "f"), np.zeros([4], "f"))
case("BiasAdd", np.zeros([2, 3], "f"), np.zeros([3, 1], "f"))
case("BiasAddGrad", np.zeros([2], "f"))
case("InTopK", values([4, 6]), np.array([0, 5, 2, 9], "i4"), k=3)
case("InTopK", np.array([[1, 2, nan], [1, inf, 0], [1, 1, 1]], "f"), np.array([0, 1, 2], "i8"), k=1)
case("InTopKV2", values([4, 6]), np.array([0, 5, 2, 1], "i4"), np.array(2, "i4"))
case("InTopK", np.zeros([2, 3], "f"), np.array([0, 1, 2], "i4"), k=1)
case("InTopK", np.zeros([3], "f"), np.array([0], "i4"), k=1)

for padding in ["SAME", "VALID"]:
    for stride in [1, 2, 3]:
        for dilation in [1, 2] if stride == 1 else [1]:
            x, w = values([2, 7, 6, 3]), values([3, 2, 3, 4])
            attrs = dict(strides=[1, stride, stride, 1], padding=padding, dilations=[1, dilation, dilation, 1])
            case("Conv2D", x, w, **attrs)
            out = tf.raw_ops.Conv2D(input=tf.constant(x), filter=tf.constant(w), **attrs)
            grad = values(out.shape.as_list())
            case("Conv2DBackpropInput", np.array(x.shape, "i4"), w, grad, **attrs)
            case("Conv2DBackpropFilter", x, np.array(w.shape, "i4"), grad, **attrs)
for dtype in [F16, BF, F64]:
    case("Conv2D", values([1, 4, 4, 2], dtype), values([2, 2, 2, 2], dtype), strides=[1, 1, 1, 1], padding="SAME")
ones = [1, 1, 1, 1]
case("Conv2D", values([1, 4, 4, 2]), values([1, 1, 2, 3]), strides=ones, padding="SAME")
case("Conv2D", values([1, 4, 4, 2]), values([2, 3, 2, 3]), strides=ones, padding="EXPLICIT",
     explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0])
case("Conv2D", np.zeros([0, 4, 4, 2], "f"), values([1, 1, 2, 3]), strides=ones, padding="SAME")
for x, w, s, d in [([1, 3, 3, 2], [2, 2, 1], ones, ones), ([1, 3, 3, 2], [2, 2, 3, 1], ones, ones),
                   ([1, 3, 3, 1], [5, 5, 1, 1], ones, ones), ([1, 3, 3, 1], [2, 2, 1, 1], [2, 1, 1, 1], ones),
                   ([1, 3, 3, 1], [2, 2, 1, 1], ones, [2, 1, 1, 1])]:
    case("Conv2D", np.zeros(x, "f"), np.zeros(w, "f"), strides=s, padding="VALID", dilations=d)
for padding in ["SAME", "VALID"]:
    for size, stride in [(2, 2), (3, 2), (2, 1), (3, 3)]:
        attrs = dict(ksize=[1, size, size, 1], strides=[1, stride, stride, 1], padding=padding)
        for dtype in [F32, F64, F16]:
            x = values([2, 7, 6, 3], dtype)
            case("MaxPool", x, **attrs)
            case("AvgPool", x, **attrs)
            pooled = tf.raw_ops.MaxPool(input=tf.constant(x), **attrs).numpy()
            grad = values(pooled.shape, dtype)
            case("MaxPoolGrad", x, pooled, grad, **attrs)
            case("AvgPoolGrad", np.array(x.shape, "i4"), grad, **attrs)
            if dtype == F32:
                case("MaxPoolGradGrad", x, pooled, values(x.shape, dtype), **attrs)
attrs = dict(ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
case("MaxPoolGrad", np.zeros([1, 4, 4, 1], "f"), np.zeros([1, 2, 2, 1], "f"), np.ones([1, 2, 2, 1], "f"), **attrs)
case("MaxPoolGrad", *[np.zeros(s, "f") for s in ([1, 4, 4, 1], [1, 2, 2, 1], [1, 2, 3, 1])], **attrs)
case("MaxPoolGrad", *[np.zeros(s, "f") for s in ([1, 4, 4, 1], [1, 3, 2, 1], [1, 2, 2, 1])], **attrs)
case("MaxPool", np.zeros([1, 3, 3, 1], "f"), ksize=[2, 2, 2, 1], strides=ones, padding="VALID")
case("MaxPool", values([2, 4, 4, 3], I32), **attrs)

for dtype in [F32, F64, F16, BF]:
    case("Digamma", values([3, 7], dtype, -9, 9))
    case("Digamma", values([9], dtype, 0.01, 0.1))
for x in [0.0, -0.0, -2.0, 1e10, -1e10 - 0.25, nan, inf, -inf]:
    case("Digamma", np.array([x]))
for n in [0.0, 1.0, 2.0, 5.0, 1.5, -1.0]:
    case("Polygamma", np.array(n), values([2, 5], F64, 0.1, 30))
    case("Polygamma", np.array([n]), np.array([-0.5, -3.3, -20.2, 0.0, -2.0, 1e10, nan, inf]))
case("Polygamma", values([3, 1], F32, 0, 3).round(), values([2], F32, 0.2, 5))
case("Polygamma", np.ones([2], "f"), np.ones([3], "f"))
for dtype in [F32, F64, I32, I64, F16, U8, C64]:
    for mode, paddings in [("REFLECT", [[2, 1], [3, 0]]), ("SYMMETRIC", [[3, 1], [0, 4]])]:
        padded = tf.raw_ops.MirrorPad(input=values([3, 4], F32), paddings=paddings, mode=mode)
        case("MirrorPad", values([3, 4], dtype), np.array(paddings, "i4"), mode=mode)
        case("MirrorPadGrad", values(padded.shape, dtype), np.array(paddings, "i8"), mode=mode)
for mode in ["REFLECT", "SYMMETRIC"]:
    case("MirrorPad", np.ones([], "f"), np.zeros([0, 2], "i4"), mode=mode)
    for paddings in [[[1, -1]], [[3, 0]], [[0, 4]], [[1, 1], [1, 1]]]:
        case("MirrorPad", values([3]), np.array(paddings, "i4"), mode=mode)
for dtype in [F32, C128, I64, I32]:
    case("Diag", values([2, 3], dtype))
    case("DiagPart", values([2, 3, 2, 3], dtype))
for shape in [[], [2], [2, 3]]:
    case("DiagPart", np.zeros(shape, "f"))
case("Diag", np.zeros([], "f"))
for lower, upper in [(0, 0), (1, -1), (-1, 0), (2, 1), (4, 0), (0, 5)]:
    case("MatrixBandPart", values([2, 3, 4]), np.array(lower, "i8"), np.array(upper, "i8"))
case("MatrixBandPart", values([2, 0, 4], F16), np.array(0, "i4"), np.array(0, "i4"))
case("MatrixBandPart", values([2]), np.array(0, "i4"), np.array(0, "i4"))
case("MatrixBandPart", values([2, 2]), np.array([0], "i4"), np.array(0, "i4"))
for dtype in [F32, I8, C128]:
    case("DynamicPartition", values([2, 3, 2], dtype), np.array([[2, 0, 0], [2, 2, 0]], "i4"), num_partitions=4)
case("DynamicPartition", values([2]), np.array(1, "i4"), num_partitions=2)
for partitions in [[0, 2], [0, -1], [0], [[0, 1]]]:
    case("DynamicPartition", values([2, 2]), np.array(partitions, "i4"), num_partitions=2)
for op in ["DynamicStitch", "ParallelDynamicStitch"]:
    case(op, np.array(2, "i4"), np.array([1, 0], "i4"), values([3]), values([2, 3]))
    case(op, np.zeros([0], "i4"), np.zeros([0, 3], "f"))
    case(op, np.array([0, -1], "i4"), values([2]))
    case(op, np.array([0, 1], "i4"), values([3]))
    case(op, np.array([0, 1], "i4"), np.array([2], "i4"), values([2, 2]), values([1, 3]))
case("DynamicStitch", np.array([0, 1], "i4"), np.array([1, 2], "i4"), values([2, 2]), values([2, 2]))
for dtype in [F32, F64, I32, I64, U8]:
    case("ListDiff", np.array([3, 1, 1, 5, 2, 3]).astype(dtype.as_numpy_dtype), np.array([1, 2, 7]).astype(dtype.as_numpy_dtype))
case("ListDiff", np.array([nan, 1.0]), np.array([nan]), out_idx=I64)
case("ListDiff", np.array([[1]]), np.array([1]))
case("ListDiff", np.array([1]), np.array(1))


for shape in [[50, 3], [2, 3, 4]]:
    case("BiasAddGrad", values(shape, BF))
case("BiasAddGrad", values([2, 3, 4, 5], BF), data_format="NCHW")
def convolutions(op, x, w, sizes_too=True, **attrs):
    """A convolution and its two gradients."""
    case(op, x, w, **attrs)
    out = tf.raw_ops.__dict__[op](input=tf.constant(x), filter=tf.constant(w), **attrs)
    grad = values(out.shape.as_list(), tf.as_dtype(x.dtype))
    if sizes_too:
        case(op + "BackpropInput", np.array(x.shape, "i4"), w, grad, **attrs)
        case(op + "BackpropFilter", x, np.array(w.shape, "i4"), grad, **attrs)


convolutions("Conv2D", np.ones([1, 4, 4, 2], "f"), np.zeros([2, 2, 2, 0], "f"), strides=ones, padding="SAME")
for x, w in [([1, 4, 4, 2], [0, 2, 2, 3]), ([1, 4, 4, 0], [2, 2, 0, 3]), ([1, 4, 4, 4], [2, 2, 2, 3]),
             ([1, 4, 4, 0], [2, 2, 3, 3])]:
    case("Conv2D", np.zeros(x, "f"), np.zeros(w, "f"), strides=ones, padding="SAME")
for dtype in [F32, F64, F16]:  # grouped, which has no gradients on CPUs there
    convolutions("Conv2D", values([2, 5, 4, 6], dtype), values([3, 2, 2, 9], dtype), False,
                 strides=[1, 2, 1, 1], padding="SAME")
convolutions("Conv2D", values([1, 4, 4, 4]), values([1, 1, 1, 8]), False, strides=ones, padding="VALID")
for shape in [[4, 4, 3], [1, 4, 4, 3, 1]]:
    case("MaxPool", np.zeros(shape, "f"), **attrs)
    case("AvgPool", np.zeros(shape, "f"), **attrs)
case("MaxPoolGrad", *[np.zeros(s, "f") for s in ([4, 4, 3], [2, 2, 3], [2, 2, 3])], **attrs)
case("MaxPoolGrad", *[np.zeros(s, "f") for s in ([1, 4, 4, 3], [2, 2, 3], [2, 2, 3])], **attrs)
for dtype in [F32, F64, F16]:
    for multiplier in [1, 3]:
        for stride, padding in [(1, "SAME"), (2, "VALID"), (3, "SAME")]:
            convolutions("DepthwiseConv2dNative", values([2, 6, 5, 4], dtype), values([3, 2, 4, multiplier], dtype),
                         strides=[1, stride, stride, 1], padding=padding)
convolutions("DepthwiseConv2dNative", values([1, 4, 4, 2]), values([2, 2, 2, 3]), strides=ones, padding="EXPLICIT",
             explicit_paddings=[0, 0, 1, 1, 0, 2, 0, 0])
convolutions("DepthwiseConv2dNative", np.zeros([0, 4, 4, 2], "f"), values([2, 2, 2, 3]), False, strides=ones,
             padding="SAME")  # whose gradient by the filter is left uninitialised there
for x, w in [([1, 4, 4, 3], [2, 2, 2, 3]), ([4, 4, 2], [2, 2, 2, 3]), ([1, 4, 4, 2], [2, 2, 2])]:
    case("DepthwiseConv2dNative", np.zeros(x, "f"), np.zeros(w, "f"), strides=ones, padding="SAME")
for sizes, grad in [([1, 4, 4, 2], [1, 3, 4, 6]), ([1, 4, 4, 2], [1, 4, 3, 6]), ([1, 4, 4, 2], [2, 4, 4, 6]),
                    ([1, 4, 4, 2], [1, 4, 4, 5]), ([1, 4, 4], [1, 4, 4, 6])]:
    case("DepthwiseConv2dNativeBackpropInput", np.array(sizes, "i4"), np.zeros([2, 2, 2, 3], "f"),
         np.zeros(grad, "f"), strides=ones, padding="SAME")
    case("DepthwiseConv2dNativeBackpropFilter", np.zeros(sizes, "f"), np.array([2, 2, 2, 3], "i4"),
         np.zeros(grad, "f"), strides=ones, padding="SAME")
for dtype, part in [(C64, F32), (C128, F64)]:
    z = values([2, 3], dtype)
    for name in ["Real", "Imag", "Angle", "ComplexAbs"]:
        case(name, z, Tout=part)
        case(name, np.zeros([2], dtype.as_numpy_dtype), Tout=part)
    case("Conj", z)
    case("DivNoNan", z, np.array([1 + 2j, 0, -3j]).astype(dtype.as_numpy_dtype))
    case("Complex", values([2, 3], part), values([3], part), Tout=dtype)
case("Complex", values([2]), values([3]), Tout=C64)
case("Assert", np.array(True), np.array("fine"))
case("Assert", np.array([True]), np.array("a vector"))
for data in [np.array(7, "i4"), np.arange(5, dtype="i8"), np.arange(2, dtype="i4"), values([2, 2]) * 0 + 0.25,
             np.arange(12, dtype="f").reshape(2, 3, 2), np.array([True, False]), np.zeros([0], "f"),
             np.zeros([2, 0], "f"), np.array([1.5, -2], F16.as_numpy_dtype), np.array([1 + 2j], "c8")]:
    for summarize in [3, 7, -1]:
        case("Assert", np.array(False), np.array("data is"), data, summarize=summarize)



def update(op, variables, *arguments, **attrs):
    """An update of resource variables by the other arguments; the first message is the case's."""
    start = len(lines)
    lines.append(f"case {op}")
    lines.extend(describe_attr(*item) for item in attrs.items())
    lines.extend(describe("variable", v) for v in variables)
    lines.extend(describe("in", x) for x in arguments)
    kept = [tf.Variable(v) for v in variables]
    names = [n for n in tf.raw_ops.__dict__[op].__signature__.parameters if n not in attrs and n != "name"]
    given = [v.handle for v in kept] + [tf.constant(x) for x in arguments]
    try:
        tf.raw_ops.__dict__[op](**dict(zip(names, given)), **attrs)
    except tf.errors.OpError as error:
        text = re.sub(r"^\{\{.*?\}\} ", "", str(error))
        lines.append(f"error {type(error).__name__} " + re.sub(r" ?\[Op:.*", "", text, flags=re.S).strip())
        return
    lines.extend(describe("after", v.numpy()) for v in kept)


def number(x, dtype):
    return np.array(x, dtype.as_numpy_dtype)


UPDATES = {  # slots, then scalars and where the gradient stands among them
    "RMSProp": (2, [0.1, 0.8, 0.7, 1e-3], 4), "CenteredRMSProp": (3, [0.1, 0.8, 0.7, 20.0], 4),
    "Adagrad": (1, [0.1], 1), "Adadelta": (2, [0.1, 0.9, 1e-3], 3), "Momentum": (1, [0.1, 0.9], 1),
    "Ftrl": (2, [0.1, 0.2, 0.3, -0.5], 0), "FtrlV2": (2, [0.1, 0.2, 0.3, 0.4, -0.6], 0)}
for name, (slots, scalars, at) in UPDATES.items():
    for dtype in [F32, F64]:
        before = [values([5, 3], dtype)] + [values([5, 3], dtype, 0.1, 2) for _ in range(slots)]
        numbers = [number(x, dtype) for x in scalars]
        dense, sparse = [values([5, 3], dtype)], [values([3, 3], dtype), np.array([4, 0, 2], "i4")]
        update("ResourceApply" + name, before, *numbers[:at], *dense, *numbers[at:])
        update("ResourceSparseApply" + name, before, *numbers[:at], *sparse, *numbers[at:])
before = [values([4, 2]), values([4, 2], F32, 0.1, 1)]
update("ResourceApplyAdagrad", before, number(0.1, F32), values([4, 2]), update_slots=False)
for rows in [[0, 4], [-1], []]:
    update("ResourceSparseApplyAdagrad", before, number(0.1, F32), values([len(rows), 2]), np.array(rows, "i8"))
for op in ["Unique", "UniqueWithCounts"]:
    for dtype in [F32, I32, I64, I8]:
        case(op, np.array([4, 1, 1, 2, 4, 8, 8, 2]).astype(dtype.as_numpy_dtype), out_idx=I64)
    case(op, np.zeros([0], "i4"), out_idx=I32)
    case(op, np.zeros([2, 2], "i4"))
channel = [np.array(v, "f") for v in ([1, -2, 0.5], [0.25, 0, 3], [1, 0.5, -1], [0.5, 2, 1])]
empty = np.zeros([0], "f")
for dtype in [F32, F16, BF]:
    for training in [True, False]:
        moments = [empty, empty] if training else channel[2:]
        for name in ["FusedBatchNormV3", "FusedBatchNormV2"] + ["FusedBatchNorm"] * (dtype == F32):
            case(name, values([2, 4, 3, 3], dtype), *channel[:2], *moments, is_training=training, epsilon=0.01,
                 unset=[5] if training else [3, 4, 5])
            case(name.replace("Norm", "NormGrad"), values([2, 4, 3, 3], dtype), values([2, 4, 3, 3], dtype),
                 channel[0], *channel[2:], *[empty] * name.endswith("V3"), is_training=training, epsilon=0.01,
                 unset=[3, 4])
case("FusedBatchNormV3", values([1, 2, 1, 3]), *channel, exponential_avg_factor=0.25, unset=[5])
case("FusedBatchNormV3", values([2, 2, 3, 2, 3]), *channel[:2], empty, empty, data_format="NDHWC", unset=[5])
case("FusedBatchNormV3", np.zeros([0, 2, 2, 3], "f"), *channel[:2], empty, empty, unset=[3, 4, 5])
case("FusedBatchNormV3", values([1, 1, 1, 3]), *channel[:2], empty, empty, unset=[5])
for bad in [dict(x=np.zeros([2, 3], "f")), dict(scale=channel[0][:2]), dict(offset=channel[0][None]),
            dict(mean=empty, is_training=False)]:
    given = dict(zip(["x", "scale", "offset", "mean", "variance"], [values([2, 2, 2, 3]), *channel]), **{})
    training = bad.pop("is_training", True)
    case("FusedBatchNormV3", *{**given, **bad}.values(), is_training=training)
for dtype in [F32, F64, I32, I8, BF, C64]:
    for block, pads in [([2, 2], [[0, 0], [0, 1]]), ([1, 3], [[1, 0], [2, 2]]), ([2], [[3, 1]])]:
        case("SpaceToBatchND", values([2, 4, 5, 2], dtype), np.array(block, "i4"), np.array(pads, "i4"))
        case("BatchToSpaceND", values([12, 3, 4, 2], dtype), np.array(block, "i8"), np.array(pads, "i8"))
for block, pads in [([2], [[0, 0]]), ([0], [[0, 0]]), ([2, 2, 2, 2], [[0, 0]] * 4), ([2], [[0, -1]]), ([2], [[0, 0, 0]])]:
    case("SpaceToBatchND", values([3, 3, 2, 1]), np.array(block, "i4"), np.array(pads, "i4"))
    if block[0] > 0 and pads[0][1] >= 0:
        case("BatchToSpaceND", values([3, 3, 2, 1]), np.array(block, "i4"), np.array(pads, "i4"))
case("SpaceToBatchND", values([0, 4]), np.array([2], "i4"), np.array([[1, 1]], "i4"))
case("BatchToSpaceND", values([2, 3]), np.array([2], "i4"), np.array([[4, 3]], "i4"))
for dtype in [F32, I8, F64]:
    case("DepthToSpace", values([2, 3, 2, 12], dtype), block_size=2)
    case("SpaceToDepth", values([2, 6, 9, 2], dtype), block_size=3)
for shape in [[1, 3, 2, 6], [2, 4]]:
    case("DepthToSpace", values(shape), block_size=2)
    case("SpaceToDepth", values(shape), block_size=2)
for dtype in [F32, F64, F16, I32, C64]:
    case("MatrixDiag", values([2, 3], dtype))
    for shape in [[4, 4], [2, 3, 5], [2, 2, 4, 3]]:
        case("MatrixDiagPart", values(shape, dtype))
        case("MatrixSetDiag", values(shape, dtype), values(shape[:-2] + [min(shape[-2:])], dtype))
case("MatrixSetDiag", values([2, 3]), values([3]))
case("MatrixSetDiag", values([3]), values([3]))
case("MatrixDiag", values([]))
case("MatrixDiagPart", values([3]))
ids = np.array([2, 0, -1, 2], "i4")
for name in ["Sum", "Prod", "Max", "Min"]:
    for dtype in [F32, F64, I32, U8]:
        case("UnsortedSegment" + name, values([4, 2], dtype), ids, np.array(4, "i4"))
        case("Segment" + name, values([4, 2], dtype), np.array([0, 0, 2, 3], "i8"))
for dtype in [F32, F64, I32, I64]:
    case("Bincount", np.array([[1, 5, 1], [0, 9, 5]], "i4"), np.array(7, "i4"), values([2, 3], dtype))
    case("Bincount", np.array([1, 5, 1], "i4"), np.array(6, "i4"), np.zeros([0], dtype.as_numpy_dtype))
case("Bincount", np.array([1, -5], "i4"), np.array(6, "i4"), np.zeros([0], "f"))
for dtype in INTS:
    case("Invert", values([5], dtype))
for dtype in FLOATS:
    case("CheckNumerics", values([5], dtype), message="checked")
case("CheckNumerics", np.array([1, nan], "f"), message="checked")
case("CheckNumerics", np.array([1, inf], "d"), message="checked")
for dtype in [F32, F64, I32]:
    case("DeepCopy", values([3], dtype))
for dtype in [F32, F64, F16]:
    case("RGBToHSV", values([4, 5, 3], dtype, 0, 1))
    case("HSVToRGB", values([4, 5, 3], dtype, 0, 1))
    if dtype != F64:
        for shape in [[4, 5, 3], [2, 4, 5, 3]]:
            case("AdjustHue", values(shape, dtype, 0, 1), np.array(0.3, "f"))
            case("AdjustSaturation", values(shape, dtype, 0, 1), np.array(1.7, "f"))
            case("AdjustContrastv2", values(shape, dtype, 0, 9), np.array(-0.6, "f"))
case("RGBToHSV", np.array([[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0], [0.2, 0.1, 0.2]], "f"))
case("RGBToHSV", np.zeros([2, 4], "f"))
case("AdjustContrastv2", values([2, 3, 1]), np.array(2, "f"))
for shape, factor in [([2, 3], 2.0), ([2, 3, 3], [2.0])]:
    case("AdjustContrastv2", values(shape), np.array(factor, "f"))
    case("AdjustHue", values(shape), np.array(factor, "f"))
for bits in [2, 8, 16]:
    for narrow in [False, True]:
        attrs = dict(num_bits=bits, narrow_range=narrow)
        case("FakeQuantWithMinMaxArgs", values([4, 3]), min=-1.3, max=2.1, **attrs)
        case("FakeQuantWithMinMaxVars", values([4, 3]), np.array(0.4, "f"), np.array(2.1, "f"), **attrs)
        case("FakeQuantWithMinMaxVarsPerChannel", values([4, 3]), np.array([-1, 0, -2], "f"),
             np.array([1.5, 0, -0.25], "f"), **attrs)
case("FakeQuantWithMinMaxVarsPerChannel", values([4, 3]), np.zeros([2], "f"), np.zeros([3], "f"))
for dtype in [F32, F16]:
    for attrs in [dict(), dict(forget_bias=0.5, cell_clip=0.3, use_peephole=True)]:
        rest = [values(s, dtype, -1, 1) for s in ([2, 4], [2, 4], [7, 16], [4], [4], [4], [16])]
        case("LSTMBlockCell", values([2, 3], dtype), *rest, **attrs)
        case("BlockLSTM", np.array(5, "i8"), values([5, 2, 3], dtype), *rest, **attrs)
case("GRUBlockCell", *[values(s, F32, -1, 1) for s in ([2, 3], [2, 4], [7, 8], [7, 4], [8], [4])])
for dtype in [F32, F64, I32]:
    for padding in ["SAME", "VALID"]:
        case("MaxPoolWithArgmax", values([2, 5, 4, 3], dtype), ksize=[1, 2, 3, 1], strides=[1, 2, 1, 1],
             padding=padding, include_batch_in_index=padding == "SAME")
case("MaxPoolWithArgmax", values([2, 5, 4, 3]), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME", Targmax=I32)
volumes = [1, 2, 1, 2, 1]
for dtype in [F32, F64]:
    for padding, strides in [("SAME", [1] * 5), ("VALID", volumes), ("SAME", volumes)]:
        x, w = values([2, 5, 4, 6, 2], dtype), values([2, 3, 2, 2, 3], dtype)
        case("Conv3D", x, w, strides=strides, padding=padding)
        out = tf.raw_ops.Conv3D(input=tf.constant(x), filter=tf.constant(w), strides=strides, padding=padding)
        grad = values(out.shape.as_list(), dtype)
        case("Conv3DBackpropInputV2", np.array(x.shape, "i4"), w, grad, strides=strides, padding=padding)
        case("Conv3DBackpropFilterV2", x, np.array(w.shape, "i4"), grad, strides=strides, padding=padding)
for padding, size, strides in [("SAME", [1, 2, 3, 2, 1], volumes), ("VALID", [1, 2, 2, 2, 1], [1] * 5)]:
    attrs = dict(ksize=size, strides=strides, padding=padding)
    x = values([2, 5, 4, 6, 2])
    pooled = tf.raw_ops.MaxPool3D(input=tf.constant(x), **attrs).numpy()
    grad = values(pooled.shape)
    case("MaxPool3D", x, **attrs)
    case("AvgPool3D", x, **attrs)
    case("MaxPool3DGrad", x, pooled, grad, **attrs)
    case("AvgPool3DGrad", np.array(x.shape, "i4"), grad, **attrs)
    case("MaxPool3DGradGrad", x, pooled, values(x.shape), **attrs)
case("Conv3D", values([1, 4, 4, 2]), values([1, 1, 1, 2, 2]), strides=[1] * 5, padding="SAME")
case("MaxPool3D", values([1, 4, 4, 2]), ksize=[1, 2, 2, 2, 1], strides=[1] * 5, padding="SAME")
for dtype in FLOATS + INTS:
    case("ScalarSummary", b"loss", values([], dtype))
    case("HistogramSummary", b"weights/w", values([4, 25], dtype))
for value in [nan, -inf, 1e300, -1e-60]:
    case("ScalarSummary", b"loss", np.array(value))
case("ScalarSummary", b"", np.array(2, "f"))
case("ScalarSummary", b"loss", values([1]))
case("HistogramSummary", b"weights", (rng.standard_normal(200) * 10.0**rng.uniform(-15, 25, 200)))
for numbers in [[], [0.0], [-0.0, 1e-13, 1e-12, -1e-12], [1e20, -1e20, 1e19], [1e300, -1e300],
                [1.0, nan, inf], [1.0, -inf, nan]]:
    case("HistogramSummary", b"weights", np.array(numbers))
summaries = [tf.raw_ops.ScalarSummary(tags=tag, values=value).numpy()
             for tag, value in [("a", 1.0), ("b", -2.0), ("", 3.0)]]
summaries.append(tf.raw_ops.HistogramSummary(tag="h", values=[1.0, 2.0]).numpy())
case("MergeSummary", *summaries)
case("MergeSummary", summaries[2], summaries[2], b"")
case("MergeSummary", summaries[0], summaries[1], summaries[0])
case("MergeSummary", summaries[0], b"\xff")
case("MergeSummary", b"\xa2\x06\x02hi\x0a\x07\x0a\x01a\xa2\x06\x01q")  # with fields nobody knows

target = pathlib.Path(__file__).resolve().parent.parent / "data" / "kernels" / "cases.txt"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text("\n".join(lines) + "\n")
print(sum(line.startswith("case") for line in lines), "cases,", target.stat().st_size, "bytes")
