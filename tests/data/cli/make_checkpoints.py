#!/usr/bin/env python3
"""Makes the checkpoints of the command's tests with TensorFlow 2.21 (pip install tensorflow-cpu).

    python3 make_checkpoints.py     # writes beside itself

types: a tensor of every type; shapes: scalars, empty tensors, large and nested ones; names: what
names can hold; parts: a tensor stored in slices, and two data files; sum: a graph that adds two
variables; objects: an object-based checkpoint.
"""
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import ml_dtypes
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent


def save(prefix, tensors, slices=None):
  names = list(tensors)
  tf.raw_ops.SaveV2(prefix=str(HERE / prefix), tensor_names=names,
                    shape_and_slices=slices or [""] * len(names), tensors=list(tensors.values()))


def types():
  result = {}
  for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8",
               "uint16", "uint32", "uint64"):
    result[name] = tf.constant(np.array([0, 1, 100], name))
  result["int64"] = tf.constant([-2**63, 0, 2**63 - 1], tf.int64)
  result["uint64"] = tf.constant(np.array([0, 1, 2**64 - 1], np.uint64))
  result["float32"] = tf.constant([0.1, float("nan"), float("-inf")])
  result["float64"] = tf.constant([0.1, 1e300, 1.0], tf.float64)
  result["bool"] = tf.constant([True, False])
  result["complex64"] = tf.constant([1 - 2j], tf.complex64)
  result["complex128"] = tf.constant([complex(0.5, float("inf"))], tf.complex128)
  result["string"] = tf.constant([b"plain", b"\"\\\n\x1b[31m\x00\xff", "\u00e9\u4e2d".encode(), b""])
  result["bfloat16"] = tf.constant(np.array([1, -2.5], ml_dtypes.bfloat16))
  for name in ("float8_e5m2", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz",
               "float8_e5m2fnuz", "float4_e2m1fn"):
    result[name] = tf.constant(np.array([1, -1.5], getattr(ml_dtypes, name)))
  for name in ("int4", "uint4", "int2", "uint2"):
    result[name] = tf.constant(np.array([1, 0], getattr(ml_dtypes, name)))
  for name, base in (("qint8", tf.int8), ("quint8", tf.uint8), ("qint16", tf.int16),
                     ("quint16", tf.uint16), ("qint32", tf.int32)):
    result[name] = tf.bitcast(tf.constant([1, 7], base), getattr(tf, name))
  return dict(sorted(result.items()))


def save_objects():
  class Net(tf.Module):
    def __init__(self):
      self.w = tf.Variable([[1.0, 2.0]], name="dense/kernel")
      self.layers = [tf.Variable(3, name="bias"), tf.Variable(4, name="bias")]
  tf.train.Checkpoint(net=Net()).write(str(HERE / "objects"))


def save_sum():
  tf1 = tf.compat.v1
  with tf.Graph().as_default(), tf1.Session() as sess:
    x = tf1.placeholder(tf.float32, [1], name="x")
    v1 = tf1.Variable(tf.constant(1.0, shape=[1]), name="v1", use_resource=False)
    v2 = tf1.Variable(tf.constant(2.0, shape=[1]), name="v2", use_resource=False)
    tf.add_n([v1, v2, x], name="sum")
    sess.run(tf1.global_variables_initializer())
    tf1.train.Saver().save(sess, str(HERE / "sum"), write_state=False)


def main():
  save_sum()
  save_objects()
  save("types", types())
  save("shapes", {
      "cube": tf.reshape(tf.range(12, dtype=tf.float32) / 4, [2, 3, 2]),
      "empty": tf.zeros([3, 0], tf.int32),
      "large": tf.reshape(tf.range(2000, dtype=tf.int32), [100, 20]),
      "scalar": tf.constant(7, tf.int64),
      "word": tf.constant(b"hello\nworld"),
  })
  one = tf.constant(1.0)
  save("names", {name: one for name in sorted([
      b"a b", b"back\\slash", b"bell\x07\x1b[31mred", b"bytes\xff\xc0\x80", b"nul\x00l",
      b"quote\"", "\u00e9\u4e2d".encode(), "rtl\u202e".encode(), b"new\nline", b"../up"])})
  save("part-0", {"p": tf.constant([[1, 2], [3, 4]], tf.int16)}, ["4 2 0,2:-"])
  save("part-1", {"p": tf.constant([[5, 6], [7, 8]], tf.int16), "q": one}, ["4 2 2,2:-", ""])
  tf.raw_ops.MergeV2Checkpoints(
      checkpoint_prefixes=[str(HERE / "part-0"), str(HERE / "part-1")],
      destination_prefix=str(HERE / "parts"), delete_old_dirs=False)
  for left in HERE.glob("part-?.index"):
    left.unlink()


if __name__ == "__main__":
  main()
