"""Systems of linear equations, eigenvalues and singular values beside TensorFlow's."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, assert_same_values,
                          error_of, tensorflow, tensorkeep)

RANDOM = np.random.RandomState(6)


def squares(*shape, dtype=np.float64):
    """Matrices that are far from singular."""
    made = RANDOM.rand(*shape) + 2 * np.eye(shape[-1])
    if np.dtype(dtype).kind == "c":
        made = made + 1j * RANDOM.rand(*shape)
    return made.astype(dtype)


def positive(*shape, dtype=np.float64):
    matrices = squares(*shape, dtype=dtype)
    return matrices @ np.conj(np.swapaxes(matrices, -1, -2))


TYPES = [np.float32, np.float64, np.complex64, np.complex128]
SQUARES, POSITIVE = squares(2, 3, 3), positive(2, 3, 3)
RIGHT = RANDOM.rand(2, 3, 2)


@pytest.mark.parametrize("dtype", TYPES)
def test_cholesky(dtype):
    one, two = positive(3, 3, dtype=dtype), positive(2, 4, 4, dtype=dtype)
    assert_same(lambda tf: [tf.cholesky(one), tf.linalg.cholesky(two, name="mine")], rtol=1e-4)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("adjoint", [False, True])
def test_solving(dtype, adjoint):
    a, b = squares(2, 3, 3, dtype=dtype), RIGHT.astype(dtype)

    def program(tf):
        x = tf.placeholder(dtype, [None, 3, None])
        return [tf.matrix_solve(a, b, adjoint), tf.linalg.solve(x, b, adjoint=adjoint, name="mine"),
                tf.matrix_triangular_solve(a, b, adjoint=adjoint),
                tf.linalg.triangular_solve(x, b[0], lower=False, adjoint=adjoint),
                tf.cholesky_solve(x, b), tf.linalg.cholesky_solve(a[0], b[0], name="mine")], {x: a}
    assert_same(program, rtol=1e-4)


@pytest.mark.parametrize("dtype", TYPES)
def test_determinants(dtype):
    matrices, definite = squares(2, 3, 3, dtype=dtype), positive(2, 3, 3, dtype=dtype)

    def program(tf):
        a = tf.constant(matrices)
        return [tf.matrix_determinant(a), tf.linalg.det(a, name="mine"), list(tf.linalg.slogdet(a)),
                tf.matrix_determinant(np.zeros([2, 0, 0], dtype)),
                list(tf.linalg.slogdet(np.zeros([2, 0, 0], dtype)))]
    assert_same(program, rtol=1e-4)
    assert_same_values(lambda tf: tf.linalg.logdet(definite), rtol=1e-4)


def test_determinants_of_singular_matrices():
    for matrix in ([[1.0, 2.0], [2.0, 4.0]], np.diag([np.inf, -1.0]), np.full([2, 2], np.nan)):
        assert_same_values(lambda tf, x=matrix: [tf.matrix_determinant(x),
                                                 list(tf.linalg.slogdet(x))])
    assert tensorkeep.linalg.slogdet(SQUARES)._fields == ("sign", "log_abs_determinant")


@pytest.mark.parametrize("shapes", [([4, 2], [4, 3]), ([2, 4], [2, 3]), ([2, 4, 2], [2, 4, 1])])
@pytest.mark.parametrize("regularizer", [0.0, 0.5])
def test_least_squares(shapes, regularizer):
    a, b = (RANDOM.rand(*shape) for shape in shapes)

    def program(tf):
        x = tf.placeholder(tf.float64, [None] * a.ndim)
        return [tf.matrix_solve_ls(a, b, regularizer), tf.linalg.lstsq(x, b, regularizer),
                tf.matrix_solve_ls(a, b, fast=False, name="mine"),
                tf.matrix_solve_ls(a, b, tf.constant(0.25, tf.float64)),
                tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=np.float64(regularizer))
                ], {x: a}
    assert_same_values(program)
    if regularizer == 0:  # the others have diagonals, of which TensorFlow 2 has newer operations
        assert_same_graph(program)


@pytest.mark.parametrize("dtype", TYPES)
def test_eigenvalues(dtype):
    a = positive(2, 4, 4, dtype=dtype)

    def program(tf):
        x = tf.placeholder(dtype, [None, 4, None])
        values, vectors = tf.self_adjoint_eig(x)
        rebuilt = tf.matmul(vectors * values[..., tf.newaxis, :], vectors, adjoint_b=True)
        return [rebuilt, values, tf.abs(vectors), tf.linalg.eigh(a, name="mine")[0],
                tf.self_adjoint_eigvals(x), tf.linalg.eigvalsh(np.zeros([0, 0], dtype))], {x: a}
    assert_same(program, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (2, 3, 3), (2, 0), (20, 18)])
@pytest.mark.parametrize("full", [False, True])
def test_factors(dtype, shape, full):
    a = RANDOM.rand(*shape).astype(dtype)

    def program(tf):
        x = tf.placeholder(dtype, [None] * len(shape))
        s, u, v = tf.svd(x, full_matrices=full)
        rebuilt = tf.matmul(u[..., :min(shape[-2:])] * tf.cast(s, dtype)[..., tf.newaxis, :],
                            v[..., :min(shape[-2:])], adjoint_b=True)
        q, r = tf.qr(x, full_matrices=full, name="mine")
        return [s, rebuilt, tf.linalg.svd(a, compute_uv=False), q, r, tf.linalg.qr(a, full)[1],
                tf.shape(u), tf.shape(v)], {x: a}
    assert_same(program, rtol=1e-3, atol=2e-5)


def test_factors_of_what_is_not_finite():
    for value in (np.nan, np.inf):
        matrix = np.array([[value, 0], [0, 1.0]])
        assert_same_values(lambda tf, x=matrix: [tf.svd(x, compute_uv=False), list(tf.svd(x))])


def test_composed():
    wide, vectors = RANDOM.rand(2, 3, 5), RANDOM.rand(2, 5)

    def program(tf):
        x = tf.placeholder(tf.float64, [None, None, 5])
        return [tf.linalg.matvec(wide, vectors), tf.linalg.matvec(x, vectors[:, :3], True),
                tf.linalg.matvec(x, vectors[:, :3], adjoint_a=True, name="mine"),
                tf.linalg.normalize(x), tf.linalg.normalize(wide, 1, [1, 2]),
                tf.linalg.matrix_rank(x), tf.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]),
                tf.linalg.matrix_rank(wide, tol=1.0, validate_args=True, name="mine"),
                tf.linalg.pinv(x), tf.linalg.pinv(wide), tf.linalg.pinv(wide, rcond=0.5),
                tf.norm(x, 2, axis=[1, 2]), tf.norm(wide, 2, [0, -1], keepdims=True)], {x: wide}
    assert_same(program)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("scale", [0.01, 1.0, 8.0])
def test_exponentials(dtype, scale):
    matrices = (scale * RANDOM.rand(2, 3, 3)).astype(dtype)

    def program(tf):
        x = tf.placeholder(dtype, [None, 3, 3])
        return [tf.linalg.expm(x), tf.linalg.expm(matrices[0], name="mine"),
                tf.linalg.expm(np.zeros([0, 0], dtype))], {x: matrices}
    assert_same_values(program, rtol=1e-3)


GRADIENTS = {
    "cholesky": lambda tf, x: tf.cholesky(x),
    "determinant": lambda tf, x: tf.matrix_determinant(x),
    "slogdet": lambda tf, x: tf.linalg.slogdet(x).log_abs_determinant,
    "solve": lambda tf, x: tf.matrix_solve(x, RIGHT),
    "solve_adjoint": lambda tf, x: tf.matrix_solve(x, tf.constant(RIGHT) * x[:, :, :1], True),
    "triangular": lambda tf, x: tf.matrix_triangular_solve(x, RIGHT[0] * tf.reduce_mean(x)),
    "upper": lambda tf, x: tf.matrix_triangular_solve(x, RIGHT, lower=False, adjoint=True),
    "eigenvalues": lambda tf, x: tf.self_adjoint_eigvals(x),
    "eigenvectors": lambda tf, x: tf.abs(tf.self_adjoint_eig(x)[1]),
    "singular": lambda tf, x: tf.svd(x, compute_uv=False),
    "singular_wide": lambda tf, x: tf.abs(tf.svd(x[:, :2])[2]),
    "singular_tall": lambda tf, x: tf.abs(tf.svd(x[:, :, :2], full_matrices=True)[1]),
    "qr": lambda tf, x: list(tf.qr(x)),
    "qr_wide": lambda tf, x: list(tf.qr(x[:, :2])),
    "qr_tall": lambda tf, x: list(tf.qr(x[:, :, :2])),
    "tall": lambda tf, x: tf.raw_ops.MatrixSolveLs(
        matrix=x[:, :, :2], rhs=RIGHT * x[:, :, :1], l2_regularizer=np.float64(0.5)),
    "wide": lambda tf, x: tf.raw_ops.MatrixSolveLs(
        matrix=x[:, :2], rhs=RIGHT[:, :2], l2_regularizer=np.float64(0.5)),
    "expm": lambda tf, x: tf.linalg.expm(x),
    "pinv": lambda tf, x: tf.linalg.pinv(x[:, :2]),
}


OF_REAL_NUMBERS = ["pinv", "solve", "solve_adjoint", "tall", "triangular", "upper", "wide"]


@pytest.mark.parametrize("name, dtype", [(name, np.float64) for name in GRADIENTS] + [
    (name, np.complex128) for name in GRADIENTS if name not in OF_REAL_NUMBERS])
def test_gradients(name, dtype):
    matrices = positive(2, 3, 3, dtype=dtype) / (10 if name == "expm" else 1)

    def program(tf):
        x = tf.constant(matrices)
        y = GRADIENTS[name](tf, x)
        return tf.gradients([tf.real(each) for each in (y if isinstance(y, list) else [y])], x)
    assert_same_values(program)


# The gradients of the other functions have diagonals, of which TensorFlow 2 has newer operations.
@pytest.mark.parametrize("name", [
    "determinant", "slogdet", "solve", "solve_adjoint", "triangular", "upper", "qr", "qr_wide",
    "qr_tall"])
@pytest.mark.parametrize("known", [False, True])
def test_graphs_of_gradients(name, known):
    if not known and name.startswith("qr"):
        pytest.skip("needs the shape")

    def program(tf):
        x = tf.placeholder(tf.float64, [2, 3, 3] if known else [None, 3, None])
        return [tf.gradients(GRADIENTS[name](tf, x), x)], {x: POSITIVE}
    assert_same_graph(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.cholesky([[1.0, 2.0]]), lambda tf: tf.cholesky([1.0]),
    lambda tf: tf.matrix_determinant([[1.0, 2.0]]), lambda tf: tf.linalg.slogdet([1.0]),
    lambda tf: tf.matrix_solve(SQUARES, RIGHT[:, :2]),
    lambda tf: tf.matrix_solve(SQUARES, RIGHT[0]),
    lambda tf: tf.matrix_triangular_solve(SQUARES, RIGHT[:, :2]),
    lambda tf: tf.matrix_triangular_solve(SQUARES, np.zeros([3, 3, 1])),
    lambda tf: tf.matrix_solve_ls(np.eye(2) * 1j, [[1j], [1j]], 0.5),
    lambda tf: tf.self_adjoint_eig([1.0]), lambda tf: tf.svd([1.0]), lambda tf: tf.qr([1.0]),
    lambda tf: tf.linalg.pinv([1.0]), lambda tf: tf.linalg.pinv([[1]]),
    lambda tf: tf.linalg.matrix_rank([1.0]), lambda tf: tf.linalg.expm([[1]]),
    lambda tf: tf.orthogonal_initializer()([3]),
    lambda tf: tf.orthogonal_initializer(dtype="int32"),
])
def test_errors(program):
    assert_same_error(program)


def fed(module, value):
    return module.placeholder_with_default(np.array(value, np.float32), None)


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.cholesky(fed(tf, [[1, 2]])), "must be square"),
    (lambda tf: tf.cholesky(fed(tf, [1, 2])), "must have rank >= 2, got 1"),
    (lambda tf: tf.matrix_solve(fed(tf, [[1, 2], [2, 4]]), fed(tf, [[1], [2]])), "not invertible"),
    (lambda tf: tf.matrix_solve(fed(tf, [[1, 2], [2, 5]]), fed(tf, [[1]])), "are incompatible"),
    (lambda tf: tf.matrix_solve(fed(tf, [[1, 2], [2, 5]]), fed(tf, [1, 2])), "the same rank"),
    (lambda tf: tf.matrix_solve(fed(tf, [[1, 2]]), fed(tf, [[1]])), "must be a square matrix"),
    (lambda tf: tf.matrix_triangular_solve(fed(tf, np.ones([3, 2, 2])),
                                           fed(tf, np.ones([2, 2, 1]))),
     "must have compatible batch dimensions"),
    (lambda tf: tf.self_adjoint_eig(fed(tf, [[np.nan, 0], [0, 1]]))[0], "was not successful"),
    (lambda tf: tf.raw_ops.MatrixSolveLs(matrix=fed(tf, [[1, 2]] * 3), rhs=fed(tf, [[1]] * 3),
                                         l2_regularizer=np.float64(0)), "rank deficient"),
    (lambda tf: tf.raw_ops.MatrixSolveLs(matrix=fed(tf, [[1, 2], [1, 2]]), rhs=fed(tf, [[1], [2]]),
                                         l2_regularizer=np.float64(-1)), "must be >= 0"),
])
def test_errors_of_kernels(program, text):
    def run(module):
        with module.Graph().as_default(), module.Session() as session:
            session.run(program(module))
    for module in (tensorflow, tensorkeep):
        kind, message = error_of(lambda: run(module))
        assert kind == "InvalidArgumentError" and text in message


def test_matrices_without_a_factor():
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as session:
        factor = session.run(tensorkeep.cholesky([[1.0, 2.0], [2.0, 1.0]]))
    np.testing.assert_equal(factor, [[np.nan, 0], [np.nan, np.nan]])


@pytest.mark.parametrize("shape", [[4, 4], [3, 5], [2, 3, 4]])
def test_orthogonal(shape):
    def program(tf):
        made = tf.orthogonal_initializer(gain=2.0, seed=5)(shape)
        kernel = tf.get_variable("w", shape, initializer=tf.initializers.orthogonal())
        assert tf.orthogonal_initializer(seed=1).get_config() == {
            "gain": 1.0, "seed": 1, "dtype": "float32"}
        return [made, kernel]
    # The diagonal of r is read by TensorFlow 2's newer operation no more: diag_part is one of both.
    assert_same(program, atol=1e-5)
