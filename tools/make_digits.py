#!/usr/bin/env python3
"""Makes data/digits/ from scikit-learn's copy of UCI's handwritten digits.

    pip install scikit-learn
    python3 tools/make_digits.py [OUT_DIR]        # default: data/digits

Each 8x8 image (values 0 to 16) is scaled to 20x20 by bilinear interpolation and placed in a 28x28
field so that its centre of mass is the field's centre, as MNIST was made
(http://yann.lecun.com/exdb/mnist/). The output is MNIST's four gzipped IDX files. The same input
gives the same bytes: no random numbers, and no times in the gzip headers.
"""
import gzip
import io
import pathlib
import struct
import sys

import numpy as np
from sklearn.datasets import load_digits

FIELD = 28
INNER = 20
# The set is in the order of its 13 writers, so a stride tests every hand; the labels mostly repeat
# with period 10, so the stride has no divisor in common with it.
TEST_EVERY = 7


def interpolation_matrix(size_in, size_out):
  """Rows are output pixels: weights of the input pixels around each one's centre."""
  weights = np.zeros((size_out, size_in))
  for i in range(size_out):
    centre = min(max((i + 0.5) * size_in / size_out - 0.5, 0), size_in - 1)
    low = int(centre)
    high = min(low + 1, size_in - 1)
    weights[i, low] += 1 - (centre - low)
    weights[i, high] += centre - low
  return weights


def centred(image):
  """An INNER x INNER image in a FIELD x FIELD one, its centre of mass in the middle."""
  total = image.sum()
  offsets = []
  for axis in (0, 1):
    mass = image.sum(axis=1 - axis)
    centre = (mass * (np.arange(INNER) + 0.5)).sum() / total
    offsets.append(int(min(max(round(FIELD / 2 - centre), 0), FIELD - INNER)))
  field = np.zeros((FIELD, FIELD))
  row, column = offsets
  field[row:row + INNER, column:column + INNER] = image
  return field


def write_idx(path, array):
  """IDX: 0, 0, 8 (unsigned byte), rank, the dimensions as big-endian uint32, then the bytes."""
  data = struct.pack(">BBBB", 0, 0, 8, array.ndim)
  data += struct.pack(">%dI" % array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
  buffer = io.BytesIO()
  with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
    file.write(data)
  path.write_bytes(buffer.getvalue())
  print("%s: %s, %d bytes" % (path, "x".join(map(str, array.shape)), len(buffer.getvalue())))


def main():
  default = pathlib.Path(__file__).resolve().parent.parent / "data" / "digits"
  out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
  out.mkdir(parents=True, exist_ok=True)
  digits = load_digits()
  scale = interpolation_matrix(8, INNER)
  images = np.stack([centred(scale @ image @ scale.T) for image in digits.images])
  images = np.clip(np.rint(images * (255.0 / 16.0)), 0, 255).astype(np.uint8)
  labels = digits.target.astype(np.uint8)
  is_test = np.arange(len(labels)) % TEST_EVERY == TEST_EVERY - 1
  for name, chosen in (("train", ~is_test), ("t10k", is_test)):
    write_idx(out / (name + "-images-idx3-ubyte.gz"), images[chosen])
    write_idx(out / (name + "-labels-idx1-ubyte.gz"), labels[chosen])


if __name__ == "__main__":
  main()
