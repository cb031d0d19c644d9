"""The types: names, numpy types, limits, kinds, conversions."""
import numpy as np
import tensorflow as tf

every = [tf.float16, tf.float32, tf.float64, tf.bfloat16, tf.complex64, tf.complex128, tf.int8,
         tf.uint8, tf.uint16, tf.uint32, tf.uint64, tf.int16, tf.int32, tf.int64, tf.bool,
         tf.string, tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32, tf.resource, tf.variant]
for t in every:
    has_numpy_type = t not in (tf.resource, tf.variant) and not t.is_quantized
    numpy_type = t.as_numpy_dtype if has_numpy_type else None
    print(t.name, t.as_datatype_enum, t.size, t.is_floating, t.is_integer, t.is_complex, t.is_bool,
          t.is_unsigned, t.is_quantized, getattr(numpy_type, "__name__", numpy_type))
print(repr(tf.float32), str(tf.float32), tf.half is tf.float16, tf.double == tf.float64)
for t in (tf.int8, tf.uint8, tf.int64, tf.uint16, tf.float32, tf.float64, tf.float16, tf.bfloat16):
    print(t.name, t.min, t.max)
print([tf.as_dtype(x).name for x in ("float", "float32", np.int64, np.dtype("bool"), 1, object,
                                      "double", "half", float, bool, "string", 101)])
print(tf.float32 == "float32", tf.float32 == np.float32, tf.float32 != tf.int32, tf.int32 == 3)
ref = tf.Variable(1.0).dtype
print(ref.name, ref.base_dtype is tf.float32, ref._is_ref_dtype, ref.is_compatible_with(tf.float32),
      tf.float32.is_compatible_with(ref), ref == tf.float32, tf.complex64.real_dtype.name)
print({tf.float32: 1}[tf.as_dtype("float32")], tf.DType is type(tf.int32), tf.float32.limits)
for wrong in ("floaty", None, 9999, [1]):
    try:
        print(tf.as_dtype(wrong))
    except TypeError as e:
        print(type(e).__name__)
for bad in (tf.bool, tf.string, tf.complex64):
    try:
        print(bad.min)
    except TypeError as e:
        print(type(e).__name__)
