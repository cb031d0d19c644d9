"""Handwritten digits in batches: `examples.tutorials.mnist.input_data`."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

__all__ = ["DataSet", "Datasets", "dense_to_one_hot", "read_data_sets"]

Datasets = collections.namedtuple("Datasets", ["train", "validation", "test"])


def _seed_numpy(seed: int | None) -> None:
    """Seeds numpy's global generator, which orders the batches, by the graph's seed or this one."""
    import tensorkeep as tf
    graph_seed, op_seed = tf.get_seed(seed)
    np.random.seed(graph_seed if seed is None else op_seed)


class DataSet:
    """Images with their labels, handed out in batches, in a new order in every epoch.

    The order is by numpy's global random numbers, so that `np.random.seed` decides on it.

    Args:
      images: [n, rows, columns, 1] uint8.
      labels: [n, ...], one for each image.
      fake_data: whether to hand out the same image of ones again and again.
      one_hot: whether the labels of fake data are rows of 10.
      dtype: float32 for values from 0 to 1, or uint8 for the images' own.
      reshape: whether images become rows of rows*columns.
      seed: seeds numpy's generator; without one the graph's seed does, or none.

    Raises:
      TypeError: another dtype.
      AssertionError: as many images as labels are needed.
    """

    def __init__(self, images: Any, labels: Any, fake_data: bool = False, one_hot: bool = False,
                 dtype: Any = "float32", reshape: bool = True, seed: int | None = None) -> None:
        import tensorkeep as tf
        _seed_numpy(seed)
        dtype = tf.as_dtype(dtype).base_dtype
        if dtype not in (tf.uint8, tf.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self._one_hot = one_hot
        self._fake = fake_data
        if not fake_data:
            assert images.shape[0] == labels.shape[0], (
                f"images.shape: {images.shape} labels.shape: {labels.shape}")
            if reshape:
                assert images.shape[3] == 1, f"one channel is needed: {images.shape}"
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == tf.float32:
                images = images.astype(np.float32) * np.float32(1 / 255)
        self._keep(images, labels)

    @classmethod
    def _of(cls, images: np.ndarray, labels: np.ndarray) -> DataSet:
        """A set of what is converted already."""
        made = cls.__new__(cls)
        made._one_hot = made._fake = False
        made._keep(images, labels)
        return made

    def _keep(self, images: Any, labels: Any) -> None:
        self._stored = (images, labels)
        self._num_examples = 10000 if self._fake else images.shape[0]
        self._order: np.ndarray | None = None  # that of the file
        self._index_in_epoch = 0
        self._epochs_completed = 0

    def _rows(self, stored: np.ndarray) -> np.ndarray:
        return stored if self._order is None else stored[self._order]

    @property
    def images(self) -> np.ndarray:
        """All images, in the order of this epoch's batches."""
        return self._rows(self._stored[0])

    @property
    def labels(self) -> np.ndarray:
        """All labels, in the order of this epoch's batches."""
        return self._rows(self._stored[1])

    @property
    def num_examples(self) -> int:
        """The number of examples."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How often all examples have been handed out."""
        return self._epochs_completed

    def _shuffle(self) -> None:
        permutation = np.arange(self._num_examples)
        np.random.shuffle(permutation)
        self._order = permutation if self._order is None else self._order[permutation]

    def next_batch(self, batch_size: int, fake_data: bool = False,
                   shuffle: bool = True) -> tuple[Any, Any]:
        """The next images and labels; where an epoch ends within, the rest is of the next one.

        Args:
          batch_size: how many.
          fake_data: whether to return a list of images of ones, and labels.
          shuffle: whether every epoch has an order of its own.

        Returns:
          Two arrays of `batch_size` rows.

        Raises:
          ValueError: a negative size, or a positive one where the set is empty.
        """
        if fake_data or self._fake:
            label: Any = [1] + [0] * 9 if self._one_hot else 0
            return [[1] * 784] * batch_size, [label] * batch_size
        if batch_size < 0 or (batch_size and not self._num_examples):
            raise ValueError(
                f"a batch of {batch_size} from a set of {self._num_examples} examples")
        if shuffle and self._epochs_completed == 0 and self._index_in_epoch == 0:
            self._shuffle()
        picks = []
        missing = batch_size
        while True:
            picks.append(self._take(missing))
            missing -= len(picks[-1])
            if not missing:
                break
            self._epochs_completed += 1
            self._index_in_epoch = 0
            if shuffle:
                self._shuffle()
        rows = np.concatenate(picks)
        images, labels = self._stored
        return images[rows], labels[rows]

    def _take(self, count: int) -> np.ndarray:
        """At most `count` of the epoch's examples, as rows of what is stored."""
        start = self._index_in_epoch
        self._index_in_epoch = end = min(start + count, self._num_examples)
        return np.arange(start, end) if self._order is None else self._order[start:end]


def dense_to_one_hot(labels_dense: Any, num_classes: int) -> np.ndarray:
    """[n] class numbers as [n, num_classes] rows with a single 1."""
    return np.eye(num_classes)[np.asarray(labels_dense).ravel()]


def read_data_sets(train_dir: str, fake_data: bool = False, one_hot: bool = False,
                   dtype: Any = "float32", reshape: bool = True,
                   validation_size: int | None = None, seed: int | None = None,
                   source_url: str | None = None) -> Datasets:
    """Reads MNIST's four files, plain or with ".gz". Nothing is downloaded.

    Args:
      train_dir: the folder of train-images-idx3-ubyte, train-labels-idx1-ubyte,
        t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.
      fake_data: whether to read nothing and hand out images of ones.
      one_hot: whether labels are [n, 10] float32 with a single 1, or [n] uint8.
      dtype: float32 for values from 0 to 1, or uint8 for the file's own.
      reshape: whether images are [n, rows*columns], or [n, rows, columns, 1].
      validation_size: how many of the training set's first examples are for validation; without
        one 5,000 or a tenth, whichever is less.
      seed: for numpy's global generator, which orders the batches.
      source_url: not used.

    Returns:
      A named tuple of DataSets: train, validation, test.

    Raises:
      NotFoundError: a file is missing.
      DataLossError: a file is truncated or damaged.
      ValueError: a file holds something else; validation_size is out of range.
      TypeError: another dtype.
    """
    del source_url
    import tensorkeep as tf
    from tensorkeep import _core
    if fake_data:
        return Datasets(*(DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed)
                          for _ in range(3)))
    found = _core.datasets.read_data_sets(
        train_dir, one_hot=one_hot, dtype=tf.as_dtype(dtype), reshape=reshape,
        validation_size=validation_size)
    _seed_numpy(seed)
    return Datasets(*(DataSet._of(part.images, part.labels)
                      for part in (found.train, found.validation, found.test)))
