#!/usr/bin/env python3
"""Makes the golden V1 checkpoints under tests/data/slices with the real TensorFlow (2.21).

Usage: make_slices.py OUTPUT_DIRECTORY
Every checkpoint P comes with P.txt: one line a tensor, "name dtype shape hex", as TensorFlow reads it back.
"""
import os
import sys
import tempfile

from golden_tensors import crc32c, describe, of_type

import numpy as np
import tensorflow as tf

TYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 18, 19]  # those that V1 holds


def save(path, named, slices=None):
    names, tensors = [n for n, _ in named], [t for _, t in named]
    if slices is None:
        tf.raw_ops.Save(filename=path, tensor_names=names, data=tensors)
    else:
        tf.raw_ops.SaveSlices(filename=path, tensor_names=names, shapes_and_slices=slices, data=tensors)


def all_types(out):
    named = []
    for number in TYPES:
        dtype = tf.dtypes.as_dtype(number)
        named.append((f"type/{dtype.name}".encode(), of_type(dtype, [2, 3])))
        named.append((f"scalar/{dtype.name}".encode(), of_type(dtype, [])))
    named += [(b"", tf.constant([3.5])), (b"empty/float32", tf.zeros([0])),
              (b"empty/float64", tf.zeros([2, 0, 3], tf.float64)), (b"empty/string", tf.zeros([0], tf.string)),
              ("ü/λ".encode(), tf.constant([2.5])), (b"\x00zero", tf.constant([1.5])),
              (b"limits/int32", tf.constant([0, -1, 127, 128, -2**31, 2**31 - 1])),
              (b"limits/int64", tf.constant([0, -1, 2**63 - 1, -2**63, 2**56], tf.int64)),
              (b"zeros", tf.zeros([5], tf.int32)), (b"long string", tf.constant([b"\x00" * 17000, b"end"]))]
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
    describe(out + "/sliced", [(n, t) for n, t in ((b"full", tf.float32), (b"p", tf.float32),
                                                   (b"plain", tf.float32), (b"w", tf.string))])


def sharded(out):
    """Two files, each with a tensor of its own and a slice of a third."""
    save(out + "/sharded-00000-of-00002", [(b"b", tf.constant([1, 2, 3])), (b"s", tf.constant([1.0, 2.0]))],
         ["", "4 0,2"])
    save(out + "/sharded-00001-of-00002", [(b"a", tf.constant(b"text")), (b"s", tf.constant([3.0, 4.0]))],
         ["", "4 2,2"])
    describe(out + "/sharded", [(b"a", tf.string), (b"b", tf.int32), (b"s", tf.float32)],
             restore_from=out + "/sharded-?????-of-00002")


def many(out):
    """Thousands of tensors and some large ones: only the checksum of TensorFlow's file is kept."""
    with tempfile.TemporaryDirectory() as scratch:
        named = [(f"layer_{i:04d}/weights_{i * i % 977}".encode(),
                  tf.constant(np.arange(i % 5, dtype=np.float32) + i)) for i in range(6000)]
        ramp = np.arange(300000)
        named += [(b"large/float", tf.constant(ramp.astype(np.float32))),
                  (b"large/int32", tf.constant((ramp - 150000).astype(np.int32) * 4099)),
                  (b"large/int64", tf.constant((ramp - 150000).astype(np.int64) * (1 << 40))),
                  (b"large/half", tf.constant((ramp % 2048).astype(np.float16))),
                  (b"large/bool", tf.constant(np.tile(ramp % 3 == 0, 2))),
                  (b"large/string", tf.constant([str(i).encode() for i in range(100000)]))]
        save(scratch + "/many", named)
        with open(scratch + "/many", "rb") as f:
            data = f.read()
        with open(out + "/many.txt", "w") as f:
            f.write(f"many {len(data)} {crc32c(data)}\n")


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    for make in (all_types, sliced, sharded, many):
        make(out)


main()
