"""Special functions and rarer arithmetic beside TensorFlow's."""

import numpy as np
import pytest

from same_program import assert_same, assert_same_error, error_of, tensorkeep as tk

UNITS = np.array([-0.999999, -0.7, -1e-7, 0, 0.3, 0.5, 0.95, 0.999], np.float64)
SHARES = np.array([1e-30, 1e-5, 0.02, 0.3, 0.5, 0.77, 0.99, 0.99999], np.float64)
MANY = np.array([-45, -12.5, -3, -0.1, 1e-9, 0.5, 2, 7.75, 20, 60], np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function, values", [
    ("erfinv", UNITS), ("ndtri", SHARES), ("erfcinv", SHARES + 0.01), ("bessel_i0", MANY),
    ("bessel_i0e", MANY), ("bessel_i1", MANY), ("bessel_i1e", MANY), ("reciprocal_no_nan", MANY)])
def test_of_one(function, values, dtype):
    def program(tf):
        x = tf.placeholder(dtype, [None])
        y = getattr(tf.math, function)(x)
        named = getattr(tf.math, function)(x, name="mine")
        return [y, named, tf.gradients(y, x)[0]], {x: values.astype(dtype)}
    assert_same(program, rtol=2e-4 if dtype == np.float32 else 1e-9)


@pytest.mark.parametrize("function, values", [
    ("erfinv", [1, -1, 1.5, np.nan, 0]), ("ndtri", [0, 1, -0.5, 1.5, np.nan]),
    ("bessel_i0", [0, np.nan, 800]), ("bessel_i1", [0, np.nan, -800]),
    ("bessel_i0e", [0, 1e9]), ("bessel_i1e", [0, -1e9]), ("reciprocal_no_nan", [0, np.inf])])
def test_at_the_ends(function, values):
    assert_same(lambda tf: getattr(tf.math, function)(tf.constant(values, tf.float64)))


def test_bessel_gradients_at_zero():
    def program(tf):
        x = tf.constant([0.0, 1.0])
        return [tf.gradients(getattr(tf.math.special, f"bessel_i1{e}")(x), x)[0] for e in ("", "e")]
    assert_same(program)


def test_zeta():
    def program(tf):
        s = tf.placeholder(tf.float64, [4, 1])
        q = tf.placeholder(tf.float64, [5])
        zeta = tf.zeta(s, q, name="mine")
        return [zeta, tf.math.zeta(tf.constant([1.0, 0.5, np.nan]), 2.0),
                tf.gradients(zeta, q)], {s: [[1.5], [2], [3.25], [20]], q: [0.1, 0.5, 1, 7, 40]}
    assert_same(program, rtol=1e-9)


A = np.array([[0.1], [0.5], [1.0], [3.5], [20.0]])
X = np.array([1e-6, 0.3, 1.0, 4.0, 25.0])


@pytest.mark.parametrize("function", ["igamma", "igammac"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_igamma(function, dtype):
    def program(tf):
        a = tf.placeholder(dtype, [5, 1])
        x = tf.placeholder(dtype, [5])
        y = getattr(tf, function)(a, x, name="mine")
        return [y, tf.gradients(y, [a, x]), getattr(tf.math, function)(
            tf.constant([1.0, 0.0, -1.0, 2.0, np.inf]), [0.0, 1.0, 1.0, np.inf, 1.0])], {a: A, x: X}
    assert_same(program, rtol=1e-4 if dtype == np.float32 else 1e-8, atol=1e-7)


def test_betainc():
    def program(tf):
        a = tf.placeholder(tf.float64, [3])
        b = tf.placeholder(tf.float64, [None])
        x = tf.placeholder(tf.float64, [3])
        y = tf.betainc(a, b, x, name="mine")
        scalar = tf.math.betainc(a, b, tf.constant(0.25, tf.float64))
        assert y.shape.as_list() == scalar.shape.as_list() == [3]
        return [y, scalar, tf.betainc(1.0, 2.0, 0.5), tf.gradients(y, x),
                tf.betainc(tf.constant([1.0, -1.0, 1.0]), 1.0, [2.0, 0.5, 1.0])], {
                    a: [0.3, 2, 10], b: [0.7, 5, 1], x: [0.2, 0.5, 0.99]}
    assert_same(program, rtol=1e-6)


def test_nextafter():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 1])
        y = tf.placeholder(tf.float32, [3])
        return [tf.math.nextafter(x, y, name="mine"),
                tf.math.nextafter(np.float64(1), np.float64(0)),
                tf.gradients(tf.math.nextafter(x, y), [x, y])], {x: [[1], [-2]], y: [0, 1, 9]}
    assert_same(program, rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
def test_shifts(dtype):
    values = np.array([1, 5, 100, np.iinfo(dtype).min, np.iinfo(dtype).max]).astype(dtype)
    counts = np.array([0, 1, 3, 7, 2]).astype(dtype)
    assert_same(lambda tf: [tf.bitwise.left_shift(values, counts, name="mine"),
                            tf.bitwise.right_shift(values, counts)])


def test_shifts_by_more_than_there_are():
    with tk.Graph().as_default(), tk.Session() as session:
        values = np.array([-1, 5], np.int32)
        assert session.run(tk.bitwise.right_shift(values, np.int32(99))).tolist() == [-1, 0]
        assert session.run(tk.bitwise.left_shift(values, np.int32(-3))).tolist() == [-1, 5]


def test_cross():
    def program(tf):
        a = tf.placeholder(tf.float32, [2, 3])
        b = tf.placeholder(tf.float32, [None, 3])
        product = tf.cross(a, b, name="mine")
        return ([product, tf.linalg.cross([1, 2, 3], [4, 5, 6]), tf.gradients(product, [a, b])],
                {a: [[1, 2, 3], [4, 5, 6]], b: [[-1, 0, 2], [3, 3, 1]]})
    assert_same(program)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_cumulative_logsumexp(exclusive, reverse):
    def program(tf):
        x = tf.placeholder(tf.float64, [2, 4])
        y = tf.math.cumulative_logsumexp(x, 1, exclusive=exclusive, reverse=reverse)
        z = tf.math.cumulative_logsumexp(x, exclusive=exclusive, reverse=reverse, name="mine")
        weights = tf.constant([[1.0, -2.0, 0.5, 3.0]], tf.float64)
        return [y, z, tf.gradients(y[:, 1:3] * weights[:, :2], x)], {
            x: [[700.0, 1.0, -5.0, 0.0], [1.0, 2.0, 3.0, -1.0]]}
    assert_same(program, rtol=1e-9)


def test_reduce_euclidean_norm():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 3])
        whole = tf.math.reduce_euclidean_norm(x)
        rows = tf.math.reduce_euclidean_norm(x, axis=1, name="mine")
        kept = tf.math.reduce_euclidean_norm(x, axis=[-1], keepdims=True)
        unknown = tf.math.reduce_euclidean_norm(tf.placeholder_with_default([3.0, 4.0], None))
        return ([whole, rows, kept, unknown, tf.gradients(rows, x), tf.gradients(kept, x),
                 tf.gradients(whole, x)], {x: [[1, 2, 2], [3, -4, 0]]})
    assert_same(program)


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.int8, np.float16])
def test_segment_mean(dtype):
    def program(tf):
        x = tf.placeholder(dtype, [5, 2])
        ids = tf.placeholder(tf.int32, [5])
        mean = tf.segment_mean(x, ids, name="mine")
        gradient = tf.gradients(mean, x) if dtype == np.float32 else []
        return [mean, tf.math.segment_mean(x, [0, 0, 1, 1, 1]), gradient], {
            x: [[1, -2], [3, 5], [-7, 9], [10, 1], [0, 4]], ids: [0, 0, 2, 2, 2]}
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.cross([1.0, 2.0], [3.0, 4.0]),
    lambda tf: tf.cross([1.0, 2.0, 3.0], [[3.0, 4.0, 5.0]]),
    lambda tf: tf.cross(1.0, 2.0),
    lambda tf: tf.betainc([1.0, 2.0], [1.0, 2.0, 3.0], 0.5),
    lambda tf: tf.igamma([1.0, 2.0], [1.0, 2.0, 3.0]),
    lambda tf: tf.math.erfinv(tf.constant([1])),
    lambda tf: tf.math.nextafter(tf.constant([1]), tf.constant([1])),
    lambda tf: tf.bitwise.left_shift([1.0], [2.0]),
    lambda tf: tf.math.reduce_euclidean_norm([[1.0]], axis=2),
])
def test_errors(program):
    assert_same_error(program)


def test_an_axis_that_is_not_there():
    with tk.Graph().as_default(), tk.Session() as session:
        axis = tk.placeholder_with_default(3, [])
        made = tk.math.cumulative_logsumexp([1.0], axis)
        assert error_of(lambda: session.run(made))[0] == "InvalidArgumentError"
