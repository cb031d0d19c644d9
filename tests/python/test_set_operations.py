"""tf.sets and distances of sequences beside TensorFlow's."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, tensorflow, tensorkeep as tk

ROWS = ([[0, 0], [0, 1], [2, 0]], [3, 1, 2], [3, 2])
OTHERS = ([[0, 0], [1, 0]], [3, 9], [3, 4])


def parts(sparse):
    return [sparse.indices, sparse.values, sparse.dense_shape]


def operands(tf, kind):
    sparse = {"s": tf.SparseTensor(*ROWS), "t": tf.SparseTensor(*OTHERS),
              "d": tf.constant([[3, 3], [1, 1], [2, 8]]), "e": tf.constant([[3], [5], [8]])}
    return sparse[kind[0]], sparse[kind[1]]


@pytest.mark.parametrize("kind", ["st", "ds", "sd", "de"])
def test_sets(kind):
    def program(tf):
        a, b = operands(tf, kind)
        made = [tf.sets.intersection(a, b), tf.sets.set_union(a, b), tf.sets.difference(a, b),
                tf.sets.set_difference(a, b, aminusb=False, validate_indices=False)]
        sizes = [tf.sets.size(each) for each in made]
        return [part for each in made for part in parts(each)] + sizes
    assert_same(program)


def test_strings_and_values():
    def program(tf):
        texts = np.array(["b", "a", "b"], object)
        a = tf.SparseTensorValue([[0, 0, 0], [0, 0, 1], [1, 0, 0]], texts, [2, 1, 2])
        b = tf.constant([[["a", "c"]], [["b", "b"]]])
        return parts(tf.sets.union(b, a)) + [tf.sets.set_size(a)]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.sets.size([1]),
    lambda tf: tf.sets.size(tf.SparseTensor([[0, 0]], [1.0], [1, 1])),
    lambda tf: tf.sets.union([[1.0]], [[1.0]]),
    lambda tf: tf.sets.union([[1]], [["a"]]),
    lambda tf: tf.edit_distance([[1]], tf.SparseTensor(*ROWS)),
    lambda tf: tf.edit_distance(tf.SparseTensor(*ROWS), [[1]]),
    lambda tf: tf.edit_distance(tf.SparseTensor(*ROWS), tf.SparseTensor([[0, 0]], ["a"], [3, 2]))])
def test_errors(program):
    assert_same_error(program)


def outcome(tf, indices, values, shape, validate):
    with tf.Graph().as_default(), tf.Session() as session:
        fed = [tf.placeholder_with_default(np.array(each, np.int64), None)
               for each in (indices, values, shape, *OTHERS)]
        made = tf.raw_ops.SparseToSparseSetOperation(
            set1_indices=fed[0], set1_values=fed[1], set1_shape=fed[2], set2_indices=fed[3],
            set2_values=fed[4], set2_shape=fed[5], set_operation="union", validate_indices=validate)
        try:
            session.run(list(made))
        except tf.errors.OpError as error:
            return type(error).__name__
        return None


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize("indices, values, shape", [
    ([[0, 0], [5, 0]], [1, 2], [3, 2]), ([[0, 0], [1, 7]], [1, 2], [3, 2]),
    ([[0, 0], [0, 0]], [1, 2], [3, 2]), ([[0, 0]], [1], [4, 2]), ([[0, 0, 0]], [1], [1, 2, 3]),
    ([[-1, 0]], [1], [3, 2]), ([0, 0], [1, 2], [3, 2]), ([[0, 0]], [1, 2], [3, 2]),
    ([[0, 0]], [1], [2 ** 40, 2 ** 40]), ([[0, 0]], [1], [3, -2])])
def test_hostile_sets(indices, values, shape, validate):
    got, want = (outcome(tf, indices, values, shape, validate) for tf in (tk, tensorflow))
    outside = np.array(indices).ravel().tolist() in ([0, 0, 1, 7], [-1, 0])
    if outside and not validate:  # a place that is not there is an error here in any case
        assert got == "InvalidArgumentError"
    else:
        assert got == ("InvalidArgumentError" if want == "InternalError" else want)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("dtype", ["string", "int64", "int32"])
def test_distances(normalize, dtype):
    def program(tf):
        letters = np.array(["a", "b", "c", "x", "y"]) if dtype == "string" else np.arange(5)
        letters = tf.constant(letters, dtype)

        def sequences(places, numbers, shape):
            return tf.SparseTensor(places, tf.gather(letters, numbers), shape)

        guess = sequences([[0, 0], [0, 1], [0, 2], [2, 0]], [0, 1, 2, 2], [3, 3])
        truth = sequences([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 2, 3, 4], [4, 3])
        deep = sequences([[0, 0, 1], [1, 0, 0]], [0, 1], [2, 1, 2])
        return [tf.edit_distance(guess, truth, normalize),
                tf.edit_distance(deep, deep, normalize, "mine")]
    assert_same(program)


def distance_outcome(tf, places, shape):
    with tf.Graph().as_default(), tf.Session() as session:
        guess = [tf.placeholder_with_default(np.array(each), None)
                 for each in (places, ["a"], shape)]
        made = tf.raw_ops.EditDistance(
            hypothesis_indices=guess[0], hypothesis_values=guess[1], hypothesis_shape=guess[2],
            truth_indices=[[0, 0]], truth_values=["a"], truth_shape=tf.constant([4, 3], tf.int64))
        try:
            session.run(made)
        except tf.errors.OpError as error:
            return type(error).__name__
        return None


@pytest.mark.parametrize("places, shape", [
    ([[5, 0]], [3, 2]), ([[-1, 0]], [3, 2]), ([[0, 0, 0]], [3, 2, 1]), ([[0]], [3]),
    ([[1, 0]], [2 ** 40, 2 ** 30]), ([[1, 0]], [3, -1])])
def test_hostile_distances(places, shape):
    want = distance_outcome(tensorflow, places, shape)
    assert distance_outcome(tk, places, shape) == (
        "InvalidArgumentError" if want == "InternalError" else want)
