"""The tutorial's digits: what is read, and the batches, which numpy's random numbers order."""
import gzip
import struct

import numpy as np
import pytest

import tensorkeep as tf
from tensorkeep.examples.tutorials.mnist import input_data

TRAIN, TEST = 23, 7
PIXELS = {"train": TRAIN, "t10k": TEST}


def pixels(count):
    return (np.arange(count * 4 * 3) * 7 % 256).astype(np.uint8).reshape(count, 4, 3, 1)


def classes(count):
    return (np.arange(count) * 3 % 10).astype(np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Small files of MNIST's format, half of them compressed."""
    for name, count in PIXELS.items():
        images = struct.pack(">iiii", 2051, count, 4, 3) + pixels(count).tobytes()
        (tmp_path / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        labels = struct.pack(">ii", 2049, count) + classes(count).tobytes()
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(labels)
    return str(tmp_path)


def tutorial_batches(images, labels, sizes, shuffle=True):
    """The tutorial's rule: shuffle at the start of every epoch, a batch may span two of them."""
    batches, start, epochs = [], 0, 0
    for size in sizes:
        if start == 0 and epochs == 0 and shuffle:
            order = np.arange(len(images))
            np.random.shuffle(order)
            images, labels = images[order], labels[order]
        rest_images, rest_labels = images[start:start + size], labels[start:start + size]
        start += size
        if start > len(images):
            epochs += 1
            start -= len(images)
            if shuffle:
                order = np.arange(len(images))
                np.random.shuffle(order)
                images, labels = images[order], labels[order]
            rest_images = np.concatenate([rest_images, images[:start]])
            rest_labels = np.concatenate([rest_labels, labels[:start]])
        batches.append((rest_images, rest_labels))
    return batches, images, epochs


def test_what_is_read(folder):
    mnist = input_data.read_data_sets(folder, validation_size=5)
    assert [each.num_examples for each in mnist] == [TRAIN - 5, 5, TEST]
    assert mnist._fields == ("train", "validation", "test")
    images = pixels(TRAIN).astype(np.float32) * np.float32(1 / 255)
    assert mnist.train.images.dtype == np.float32 and mnist.train.images.shape == (TRAIN - 5, 12)
    assert np.array_equal(mnist.validation.images, images[:5].reshape(5, 12))
    assert np.array_equal(mnist.train.images, images[5:].reshape(-1, 12))
    assert np.array_equal(mnist.train.labels, classes(TRAIN)[5:])
    assert mnist.train.labels.dtype == np.uint8
    assert np.array_equal(mnist.test.labels, classes(TEST))


def test_options(folder):
    mnist = input_data.read_data_sets(folder, one_hot=True, dtype=tf.uint8, reshape=False,
                                      validation_size=0)
    assert np.array_equal(mnist.train.images, pixels(TRAIN))
    assert np.array_equal(mnist.train.labels, np.eye(10)[classes(TRAIN)])
    assert mnist.validation.num_examples == 0
    assert input_data.read_data_sets(folder).validation.num_examples == TRAIN // 10
    assert np.array_equal(input_data.dense_to_one_hot(classes(4), 10), np.eye(10)[classes(4)])


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_batches_are_the_tutorials(folder, seed, shuffle):
    sizes = [5, 5, 5, 8, 1, 23, 4, 19, 3, 22]
    images = pixels(TRAIN).reshape(TRAIN, 12).astype(np.float32) * np.float32(1 / 255)
    np.random.seed(seed)
    expected, order, epochs = tutorial_batches(images, classes(TRAIN), sizes, shuffle)
    train = input_data.read_data_sets(folder, validation_size=0, seed=seed).train
    for size, (want_images, want_labels) in zip(sizes, expected):
        got_images, got_labels = train.next_batch(size, shuffle=shuffle)
        assert np.array_equal(got_images, want_images)
        assert np.array_equal(got_labels, want_labels)
    assert train.epochs_completed == epochs
    assert np.array_equal(train.images, order)


def test_the_order_follows_numpys_seed(folder):
    mnist = input_data.read_data_sets(folder, validation_size=0)
    np.random.seed(3)
    first = [mnist.train.next_batch(4)[1] for _ in range(3)]
    again = input_data.read_data_sets(folder, validation_size=0)
    np.random.seed(3)
    assert np.array_equal(first, [again.train.next_batch(4)[1] for _ in range(3)])
    with tf.Graph().as_default():
        tf.set_random_seed(9)
        by_graph = input_data.read_data_sets(folder, validation_size=0).train.next_batch(23)[1]
    np.random.seed(9)
    order = np.arange(TRAIN)
    np.random.shuffle(order)
    assert np.array_equal(by_graph, classes(TRAIN)[order])


def test_a_batch_may_hold_several_epochs(folder):
    train = input_data.read_data_sets(folder, validation_size=0).train
    images, labels = train.next_batch(2 * TRAIN + 3)
    assert len(images) == len(labels) == 2 * TRAIN + 3
    assert train.epochs_completed == 2
    assert sorted(labels[:TRAIN]) == sorted(labels[TRAIN:2 * TRAIN]) == sorted(classes(TRAIN))


def test_a_set_of_ones_own():
    data = input_data.DataSet(pixels(4), classes(4), seed=1)
    assert data.images.shape == (4, 12) and data.images.max() <= 1
    assert input_data.DataSet(pixels(4), classes(4), dtype=tf.uint8, reshape=False).images.shape == (
        4, 4, 3, 1)
    with pytest.raises(AssertionError, match="images.shape"):
        input_data.DataSet(pixels(4), classes(3))
    with pytest.raises(TypeError, match="Invalid image dtype .*, expected uint8 or float32"):
        input_data.DataSet(pixels(4), classes(4), dtype=tf.int32)


def test_fake_data():
    mnist = input_data.read_data_sets("nowhere", fake_data=True, one_hot=True)
    images, labels = mnist.train.next_batch(2)
    assert images == [[1] * 784] * 2 and labels == [[1] + [0] * 9] * 2
    assert mnist.train.num_examples == 10000


def test_errors(folder, tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="train-images-idx3-ubyte"):
        input_data.read_data_sets(str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="Validation size should be between 0 and 23. Received: 24"):
        input_data.read_data_sets(folder, validation_size=24)
    with pytest.raises(TypeError, match="expected uint8 or float32"):
        input_data.read_data_sets(folder, dtype=tf.int32)
    train = input_data.read_data_sets(folder).train
    with pytest.raises(ValueError):
        train.next_batch(-1)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01\0\0\0\x09")
    with pytest.raises(tf.errors.DataLossError, match="t10k-labels"):
        input_data.read_data_sets(folder)
