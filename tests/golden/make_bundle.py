#!/usr/bin/env python3
"""Makes the golden V2 checkpoints under tests/data/bundle with the real TensorFlow (2.21).

Usage: make_bundle.py OUTPUT_DIRECTORY
Every checkpoint P comes with P.txt: one line a tensor, "name dtype shape hex" (strings: comma-joined
hex; names as hex too), as TensorFlow reads it back.
"""
import os
import shutil
import struct
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import tensor_bundle_pb2

from golden_tensors import RESTORE, crc32c, describe, mask, of_type

SAVE = tf.raw_ops.SaveV2


def save(prefix, named, slices=None):
    SAVE(prefix=prefix, tensor_names=[n for n, _ in named],
         shape_and_slices=slices or [""] * len(named), tensors=[t for _, t in named])


def all_types(out):
    numbers = [n for n in range(1, 34) if n not in (20, 21)]
    named = []
    for n in numbers:
        dtype = tf.dtypes.as_dtype(n)
        named.append((f"type/{dtype.name}".encode(), of_type(dtype, [2, 3])))
        named.append((f"scalar/{dtype.name}".encode(), of_type(dtype, [])))
    named += [(b"empty/float32", tf.zeros([0])), (b"empty/float64", tf.zeros([2, 0, 3], tf.float64)),
              (b"empty/string", tf.zeros([0], tf.string)),
              (b"\x00odd\xff", tf.constant([1.5])), ("ü/λ".encode(), tf.constant([2.5])),
              (b"long string", tf.constant([b"\x00" * 17000, b"end"]))]
    named.sort(key=lambda p: p[0])
    save(out + "/all_types", named)
    describe(out + "/all_types", [(n, t.dtype) for n, t in named])


def sliced(out):
    whole = np.arange(12, dtype=np.float32).reshape(6, 2)
    words = tf.constant([b"a", b"bb", b"", b"dddd"])
    named = [(b"p", whole[0:2, 0:2]), (b"p", whole[2:6, 0:1]), (b"p", whole[2:6, 1:2]),
             (b"plain", whole), (b"full", whole), (b"w", words[:3]), (b"w", words[3:])]
    slices = ["6 2 0,2:-", "6 2 2,4:0,1", "6 2 2,4:1,1", "", "6 2 0,6:-", "4 0,3", "4 3,1"]
    save(out + "/sliced", named, slices)
    describe(out + "/sliced", [(b"full", tf.float32), (b"p", tf.float32), (b"plain", tf.float32)])


def merged(out):
    with tempfile.TemporaryDirectory() as scratch:
        parts = [("part_0", [(b"b", tf.constant([1, 2, 3])), (b"s", tf.constant([1.0, 2.0]))], ["", "4 0,2"]),
                 ("part_1", [(b"a", tf.constant(b"text")), (b"s", tf.constant([3.0, 4.0]))], ["", "4 2,2"])]
        prefixes = []
        for name, named, slices in parts:
            save(out + "/" + name, named, slices)
            for file in (name + ".index", name + ".data-00000-of-00001"):
                shutil.copy(out + "/" + file, scratch)
            prefixes.append(scratch + "/" + name)
        tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=prefixes, destination_prefix=out + "/merged",
                                      delete_old_dirs=False)
    describe(out + "/merged", [(b"a", tf.string), (b"b", tf.int32), (b"s", tf.float32)])


def read_block(data, handle):
    return data[handle[0]:handle[0] + handle[1]]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def encode_varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def table_entries(block):
    (restarts,) = struct.unpack_from("<I", block, len(block) - 4)
    end, at, key = len(block) - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = varint(block, at)
        added, at = varint(block, at)
        size, at = varint(block, at)
        key = key[:shared] + block[at:at + added]
        yield key, block[at + added:at + added + size]
        at += added + size


def write_table(path, entries):
    """One block, every key a restart: as plain as the format allows."""
    def block(pairs):
        body, starts = bytearray(), []
        for key, value in pairs:
            starts.append(len(body))
            body += encode_varint(0) + encode_varint(len(key)) + encode_varint(len(value)) + key + value
        return bytes(body) + struct.pack(f"<{len(starts)}II", *starts, len(starts))

    out = bytearray()

    def put(contents):
        handle = encode_varint(len(out)) + encode_varint(len(contents))
        stored = contents + b"\0"
        out.extend(stored + struct.pack("<I", mask(crc32c(stored))))
        return handle

    data = put(block(entries))
    footer = put(block([])) + put(block([(entries[-1][0] + b"\xff", data)]))
    out.extend(footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57))
    with open(path, "wb") as f:
        f.write(out)


def big_endian(out):
    """The same tensors as a big-endian machine would have written them."""
    named = [(b"c", tf.constant([1 + 2j, 3 - 4j], tf.complex64)), (b"d", tf.constant([1.5, -2.0], tf.float64)),
             (b"f", tf.constant([1.0, 2.0, 3.0])), (b"h", tf.constant([1.0, 0.5], tf.float16)),
             (b"i", tf.constant([1, -2], tf.int64)), (b"s", tf.constant([b"hello", b"", b"x" * 200])),
             (b"u", tf.constant([1, 2, 3], tf.uint8))]
    prefix = out + "/big_endian"
    save(prefix, named)
    index = open(prefix + ".index", "rb").read()
    footer = index[-48:]
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    offset, at = varint(footer, at)
    size, at = varint(footer, at)
    ((_, handle),) = table_entries(index[offset:offset + size])
    offset, at = varint(handle, 0)
    size, at = varint(handle, at)
    data = bytearray(open(prefix + ".data-00000-of-00001", "rb").read())
    tensors = dict(named)
    entries = []
    for key, value in table_entries(index[offset:offset + size]):
        if key == b"":
            header = tensor_bundle_pb2.BundleHeaderProto.FromString(value)
            header.endianness = tensor_bundle_pb2.BundleHeaderProto.BIG
            entries.append((key, header.SerializeToString()))
            continue
        entry = tensor_bundle_pb2.BundleEntryProto.FromString(value)
        tensor = tensors[key]
        if tensor.dtype == tf.string:
            strings = list(tensor.numpy())
            crc = crc32c(b"".join(struct.pack(">I", len(s)) for s in strings))
            lengths = b"".join(encode_varint(len(s)) for s in strings)
            checksum = struct.pack(">I", mask(crc))
            stored = lengths + checksum + b"".join(strings)
            entry.crc32c = mask(crc32c(checksum + b"".join(strings), crc))
        else:
            stored = tensor.numpy().byteswap().tobytes()
            entry.crc32c = mask(crc32c(stored))
        data[entry.offset:entry.offset + entry.size] = stored
        entries.append((key, entry.SerializeToString()))
    with open(prefix + ".data-00000-of-00001", "wb") as f:
        f.write(data)
    write_table(prefix + ".index", entries)
    describe(prefix, [(n, t.dtype) for n, t in named])  # TensorFlow reads it
    for name, tensor in named:
        (back,) = RESTORE(prefix=prefix, tensor_names=[name], shape_and_slices=[""], dtypes=[tensor.dtype])
        assert np.array_equal(back.numpy(), tensor.numpy()), name


def variants(out):
    handle = tf.raw_ops.TensorListFromTensor(tensor=tf.constant([[1.0, 2.0], [3.0, 4.0]]),
                                             element_shape=tf.constant([2]))
    pair = tf.stack([handle, handle])
    save(out + "/variants", [(b"a", tf.constant([7])), (b"list", handle), (b"pair", pair)])


def many(out):
    """6,000 tensors: only the checksums of TensorFlow's files are kept."""
    with tempfile.TemporaryDirectory() as scratch:
        named = [(f"layer_{i:04d}/weights_{i * i % 977}".encode(),
                  tf.constant(np.arange(i % 5, dtype=np.float32) + i)) for i in range(6000)]
        save(scratch + "/many", named)
        with open(out + "/many.txt", "w") as f:
            for file in ("many.index", "many.data-00000-of-00001"):
                data = open(scratch + "/" + file, "rb").read()
                f.write(f"{file} {len(data)} {crc32c(data)}\n")


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    for make in (all_types, sliced, merged, big_endian, variants, many):
        make(out)


main()
