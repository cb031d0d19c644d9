"""What the makers of golden checkpoints share."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

RESTORE = tf.raw_ops.RestoreV2  # reads both formats


def crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


CRC_TABLE = crc_table()


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def mask(crc):
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def of_type(dtype, shape):
    """A tensor of any type with recognisable bytes."""
    count = int(np.prod(shape))
    if dtype == tf.string:
        return tf.constant([bytes([97 + i % 26]) * (i * 50) for i in range(count)], shape=shape, dtype=dtype)
    if dtype == tf.bool:
        return tf.constant([i % 3 == 0 for i in range(count)], shape=shape)
    number = dtype.as_datatype_enum
    narrow = {29: 4, 30: 4, 31: 2, 32: 2, 33: 4}  # int4 uint4 int2 uint2 float4
    if number in narrow:
        values = (np.arange(count) % (1 << narrow[number])).astype(np.uint8)
        array = values
        if number in (29, 31):  # sign-extended, as ml_dtypes keeps them
            half = 1 << (narrow[number] - 1)
            array = ((values.astype(np.int16) ^ half) - half).astype(np.int8)
        return tf.constant(array.view(dtype.as_numpy_dtype).reshape(shape))
    width = dtype.size
    raw = ((np.arange(count * width) * 37 + number) % 251).astype(np.uint8)
    quantised = {tf.qint8: tf.int8, tf.quint8: tf.uint8, tf.qint16: tf.int16, tf.quint16: tf.uint16,
                 tf.qint32: tf.int32}
    plain = quantised.get(dtype, dtype)
    tensor = tf.constant(np.frombuffer(raw.tobytes(), dtype=plain.as_numpy_dtype).reshape(shape))
    return tf.bitcast(tensor, dtype) if dtype in quantised else tensor


def line_of(name, tensor):
    dtype = tensor.dtype
    if dtype == tf.string:
        data = ",".join(value.hex() for value in np.asarray(tensor.numpy(), dtype=object).reshape(-1))
    else:
        data = tensor.numpy().tobytes().hex()
    shape = ",".join(str(d) for d in tensor.shape)
    return f"{name.hex()} {dtype.name} [{shape}] {data}"


def describe(prefix, names_and_types, restore_from=None):
    """Writes PREFIX.txt."""
    lines = []
    for name, dtype in names_and_types:
        (tensor,) = RESTORE(prefix=restore_from or prefix, tensor_names=[name], shape_and_slices=[""], dtypes=[dtype])
        lines.append(line_of(name, tensor))
    with open(prefix + ".txt", "w") as f:
        f.write("\n".join(lines) + "\n")
