"""MNIST's training files as numpy arrays, in shuffled batches: what the article's program feeds."""
import gzip
import os

import numpy as np


def _read(directory, name, header):
    path = os.path.join(directory, name)
    if os.path.exists(path):
        with open(path, "rb") as file:
            data = file.read()
    else:
        with gzip.open(path + ".gz") as file:
            data = file.read()
    return np.frombuffer(data, np.uint8, offset=header)


def training_set(directory):
    images = _read(directory, "train-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = _read(directory, "train-labels-idx1-ubyte", 8)
    return images.astype(np.float32) / 255, np.eye(10, dtype=np.float32)[labels]


def batches(images, labels, size):
    while True:
        order = np.random.permutation(len(images))
        images, labels = images[order], labels[order]
        for begin in range(0, len(images) - size + 1, size):
            yield images[begin:begin + size], labels[begin:begin + size]
