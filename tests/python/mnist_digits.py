"""`tensorflow.examples.tutorials.mnist.input_data` for TensorFlow 2.21, which has it no more: float32
images in rows, one-hot labels, batches in the order of numpy's global random numbers."""

from __future__ import annotations

import collections
import gzip
import pathlib

import numpy as np


class DataSet:
    def __init__(self, images, labels):
        self.images = images.reshape(len(images), -1).astype(np.float32) * np.float32(1 / 255)
        self.labels = np.eye(10)[labels]
        self.start = None

    def shuffle(self):
        order = np.arange(len(self.images))
        np.random.shuffle(order)
        self.images, self.labels = self.images[order], self.labels[order]
        self.start = 0

    def next_batch(self, size):
        if self.start is None:
            self.shuffle()
        parts = []
        while size:
            part = slice(self.start, self.start + size)
            parts.append((self.images[part], self.labels[part]))
            size -= len(parts[-1][0])
            self.start += len(parts[-1][0])
            if size:
                self.shuffle()
        return tuple(np.concatenate(column) for column in zip(*parts))


def read_idx(path):
    data = gzip.decompress(path.read_bytes())
    dims = np.frombuffer(data, ">u4", data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(dims)


def read_data_sets(folder, one_hot, seed):
    assert one_hot
    np.random.seed(seed)
    train, test = ([read_idx(pathlib.Path(folder, f"{part}-{kind}-ubyte.gz"))
                    for kind in ("images-idx3", "labels-idx1")] for part in ("train", "t10k"))
    held_out = min(5000, len(train[0]) // 10)
    return collections.namedtuple("Datasets", ["train", "test"])(
        DataSet(train[0][held_out:], train[1][held_out:]), DataSet(*test))
