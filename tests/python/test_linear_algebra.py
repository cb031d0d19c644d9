"""tensordot, einsum, norms and diagonals beside TensorFlow's: graphs node by node, values."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, assert_same_values,
                          build, results, tensorflow, tensorkeep)
from tensorflow.python.ops import special_math_ops

RANDOM = np.random.RandomState(2)
MATRIX = np.array([[3, -1, 2], [0, 5, -4]], np.float32)
CUBE = RANDOM.rand(2, 3, 4).astype(np.float32)
OTHER = RANDOM.rand(4, 3, 5).astype(np.float32)


@pytest.mark.parametrize("axes", [0, 1, [[1], [1]], [[1, 2], [1, 0]], [2, 0], [[-1], [-3]],
                                  ([2, 1], [0, 1])])
@pytest.mark.parametrize("shapes", [([2, 3, 4], [4, 3, 5]), ([None, 3, 4], [4, 3, None]),
                                    ([None, None, None], [4, 3, 5])])
def test_tensordot(axes, shapes):
    def program(tf):
        a, b = (tf.placeholder(tf.float32, shape) for shape in shapes)
        return tf.tensordot(a, b, axes), {a: CUBE, b: OTHER}
    assert_same(program)


@pytest.mark.parametrize("axes", [1, [[2], [0]], [[2, 1], [0, 1]]])
def test_tensordot_of_unknown_ranks(axes):
    def program(tf):
        a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        return [tf.tensordot(a, b, axes), tf.tensordot(a, b, tf.constant([[1], [1]]))], {
            a: CUBE, b: OTHER}
    assert_same(program)


def test_tensordot_of_matrices():
    assert_same(lambda tf: [tf.tensordot(MATRIX, MATRIX, [[1], [1]]), tf.tensordot(MATRIX, CUBE, 0),
                            tf.tensordot([1.0, 2.0], MATRIX, 1, name="mine"),
                            tf.tensordot(tf.constant([1, 2]), [3, 4], 1)])


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.tensordot([[1.0]], [[1.0]], -1), "must be at least 0"),
    (lambda tf: tf.tensordot([[1.0]], [[1.0]], 3), "must not be larger than"),
    (lambda tf: tf.tensordot([[1.0]], [[1.0]], [[1], [0], [1]]), "length 2"),
    (lambda tf: tf.tensordot([[1.0]], [[1.0]], [[1], [0, 1]]), "Different number of contraction"),
    (lambda tf: tf.norm(MATRIX, ord="fro"), "supported vector norm"),
    (lambda tf: tf.norm(MATRIX, ord=3, axis=[0, 1]), "supported matrix norm"),
    (lambda tf: tf.norm(MATRIX, axis=[0, 0]), "2 unique integers"),
    (lambda tf: tf.norm(MATRIX, ord=-1), "supported vector norm"),
    (lambda tf: tf.eye(2.5), "positive integer"),
    (lambda tf: tf.matrix_transpose([1.0]), "rank >= 2"),
])
def test_errors(program, text):
    assert_same_error(program, text)


@pytest.mark.parametrize("equation, shapes", [
    ("ij,jk->ik", ([2, 3], [3, 4])), ("ij,jk", ([None, 3], [3, None])), ("ij->ji", ([2, 3],)),
    ("bij,bjk->bik", ([2, 3, 4], [2, 4, 5])), ("ij->", ([2, 3],)), ("i,i->", ([3], [3])),
    ("i,j->ij", ([3], [2])), ("bij,jk->bik", ([None, 3, 4], [4, 5])),
    ("bhwc,co->bhwo", ([1, 2, 2, 3], [3, 2])), ("abc,cd,de->abe", ([2, 3, 2], [2, 4], [4, 2])),
    ("...ij,...jk->...ik", ([2, 3, 4], [2, 4, 5])), ("i...,j->i...j", ([2, 3], [4])),
    ("ijk->kji", ([2, None, 4],)), ("ij , kj -> ik", ([2, 3], [4, 3])),
    ("abij,abjk->abik", ([None, 2, 3, 4], [None, 2, 4, 2])),
])
def test_einsum(equation, shapes):
    """The graph is that of TensorFlow 1; TensorFlow 2 makes one operation of it."""
    values = [RANDOM.rand(*[2 if size is None else size for size in shape]).astype(np.float32)
              for shape in shapes]

    def program(tf):
        inputs = [tf.placeholder(tf.float32, shape) for shape in shapes]
        return tf.einsum(equation, *inputs), dict(zip(inputs, values))

    class OfTensorFlow1:
        def __getattr__(self, name):
            return special_math_ops._einsum_v1 if name == "einsum" else getattr(tensorflow, name)

    want = build(program, OfTensorFlow1())[0].as_graph_def()
    got = build(program, tensorkeep)[0].as_graph_def()
    assert [(n.name, n.op.replace("AddV2", "Add"), list(n.input)) for n in want.node] == [
        (n.name, n.op, list(n.input)) for n in got.node]
    assert_same_values(program)


@pytest.mark.parametrize("equation, shapes", [
    ("ij;jk->ik", ([2, 3], [3, 4])), ("ij,jk->ik", ([2, 3],)), ("ij,jk->ix", ([2, 3], [3, 4])),
    ("...i...->i", ([2, 3],)), ("ij.,jk", ([2, 3], [3, 4])),
])
def test_equations_that_are_none(equation, shapes):
    with tensorkeep.Graph().as_default(), pytest.raises(ValueError):
        tensorkeep.einsum(equation, *[tensorkeep.zeros(shape) for shape in shapes])


def test_einsum_of_a_diagonal():
    assert_same_values(lambda tf: tf.einsum("ii", tf.constant(MATRIX[:, :2])))


def test_einsum_over_three():
    with tensorkeep.Graph().as_default(), pytest.raises(tensorkeep.errors.UnimplementedError,
                                                        match="over more than two"):
        tensorkeep.einsum("i,i,i->", *[tensorkeep.zeros([2])] * 3)


@pytest.mark.parametrize("order", ["euclidean", 1, 2, 3, 0.5, np.inf])
def test_norms_of_vectors(order):
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])
        return [tf.norm(x, order), tf.norm(x, order, axis=1), tf.norm(x, order, 0, True),
                tf.norm(x, ord=order, axis=-1, keep_dims=True, name="mine")], {x: MATRIX}
    assert_same(program)


@pytest.mark.parametrize("order", ["euclidean", "fro", 1, 2, np.inf])
def test_norms_of_matrices(order):
    assert_same(lambda tf: [tf.norm(CUBE, order, axis=[1, 2]), tf.norm(CUBE, order, axis=(-2, -1)),
                            tf.norm(CUBE, order, axis=[0, 2], keepdims=True)])


def test_norms_of_complex_numbers():
    assert_same(lambda tf: [tf.norm(tf.constant([3 + 4j, 1j]), 1),
                            tf.real(tf.norm(tf.constant([3 + 4j, 1j])))])


def test_diagonals():
    """TensorFlow 1's operations, of which TensorFlow 2 has newer versions."""
    def program(tf):
        n = tf.placeholder(tf.int32, [])
        x = tf.placeholder(tf.float32)
        return [tf.matrix_diag([[1.0, 2.0], [3.0, 4.0]]), tf.matrix_diag_part(CUBE),
                tf.matrix_set_diag(CUBE, np.zeros([2, 3], np.float32)), tf.trace(CUBE),
                tf.eye(2), tf.eye(2, 3), tf.eye(3, batch_shape=[2], dtype=tf.int32),
                tf.eye(n), tf.eye(n, 2), tf.eye(2, batch_shape=tf.stack([n])),
                tf.linalg.adjoint(CUBE), tf.matrix_transpose(x)], {n: 3, x: CUBE}
    assert_same_values(program)
    names = [operation.name for operation in build(program, tensorkeep)[0].get_operations()]
    for name in ("diag", "diag_part", "set_diag", "eye/diag", "eye_1/set_diag", "Trace/diag_part"):
        assert name in names


def test_transposes():
    def program(tf):
        x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32, [2, None, 4])
        return [tf.matrix_transpose(x), tf.matrix_transpose(y, name="mine"),
                tf.linalg.adjoint(y)], {x: CUBE, y: CUBE}
    assert_same(program)
    assert_same_values(lambda tf: tf.linalg.adjoint(tf.constant([[1 + 2j, 3]])))


def test_inverses():
    matrices = np.array([[[2.0, 1.0], [0.0, 4.0]], [[0.0, -1.0], [3.0, 5.0]]], np.float64)

    def program(tf):
        x, y = tf.constant(matrices), tf.placeholder(tf.float32, [None, 2, None])
        inverses = [tf.matrix_inverse(x), tf.linalg.inv(x, adjoint=True, name="mine"),
                    tf.matrix_inverse(y)]
        complex_inverse = tf.matrix_inverse([[1 + 1j, 2j], [3, 4 - 1j]], adjoint=True)
        return [inverses, complex_inverse, tf.gradients([inverses[0], inverses[1]], x)], {
            y: matrices}
    assert_same(program)
    assert_same_error(lambda tf: tf.matrix_inverse([1.0]), "rank")
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as session:
        with pytest.raises(tensorkeep.errors.InvalidArgumentError, match="not invertible"):
            session.run(tensorkeep.matrix_inverse([[1.0, 2.0], [2.0, 4.0]]))
