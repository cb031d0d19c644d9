"""Classes, gamma, Poisson and stateless numbers: TensorFlow's, bit for bit."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, assert_same_values,
                          build, error_of, results, tensorflow, tensorkeep)

RANDOM = np.random.RandomState(9)
LOGITS = RANDOM.randn(4, 7).astype(np.float32)
EXACT = {"rtol": 0, "atol": 0}


def assert_same_runs(program, count=3, rtol=0):
    """The graph, and the numbers of several runs of one session, are the same."""
    assert_same_graph(program)
    found = []
    for module in (tensorflow, tensorkeep):
        graph, fetches, _ = build(program, module)
        found.append(results(graph, fetches, [{}] * count, module))
    for want, got in zip(*found):
        for a, b in zip(want, got):
            assert np.asarray(a).dtype == np.asarray(b).dtype
            np.testing.assert_allclose(b, a, rtol=rtol)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_categorical(dtype):
    def program(tf):
        x = tf.constant(LOGITS.astype(dtype))
        return [tf.multinomial(x, 6), tf.random.categorical(x, 9, seed=3),
                tf.multinomial(x, 1, seed=8, output_dtype=tf.int32, name="mine"),
                tf.random.categorical(x, tf.constant(5), dtype=tf.int32),
                tf.multinomial(x[:0], 3)]
    assert_same_runs(program)


def test_categorical_of_impossible_classes():
    logits = np.array([[0, -np.inf, 1, np.nan], [-np.inf, 2, -np.inf, -np.inf]], np.float32)
    assert_same_values(lambda tf: tf.multinomial(logits, 50, seed=2), **EXACT)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_gamma(dtype):
    alphas = np.array([0.2, 0.9, 1.0, 1.1, 5.0, 100.0], dtype)

    def program(tf):
        return [tf.random_gamma([40], alphas, dtype=dtype), tf.random_gamma([], 2.0, seed=4),
                tf.random.gamma([3, 2], alphas, [[2.0], [0.5]], dtype=dtype, seed=1, name="mine"),
                tf.random_gamma([0], alphas, dtype=dtype)]
    # Powers and logarithms may differ in the last bit.
    assert_same_runs(program, rtol=2e-3 if dtype == np.float16 else 1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32, np.int64])
def test_poisson(dtype):
    rates = np.array([0, 0.3, 4, 9.9, 10, 33.3, 4000])

    def program(tf):
        return [tf.random_poisson(rates.astype(kind), [30], dtype=dtype)
                for kind in (np.float16, np.float32, np.float64, np.int32)] + [
            tf.random_poisson(3.0, [], seed=4, name="mine"),
            tf.random.poisson(tf.constant([1.0, 20.0]), [3, 2], dtype=dtype, seed=1)]
    assert_same_runs(program)


def test_gradients_of_gamma():
    def program(tf):
        beta = tf.constant([0.5, 2.0])
        return tf.gradients(tf.random_gamma([5], 3.0, beta, seed=2), beta)
    assert_same(program)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "bfloat16"])
def test_stateless_floats(dtype):
    def program(tf):
        kind = getattr(tf, dtype)
        seed = tf.constant([3, -5], tf.int64)
        made = [tf.random.stateless_uniform([7], [1, 2], dtype=kind),
                tf.random.stateless_uniform([2, 3], seed, 2.0, 5.0, dtype=kind, name="mine"),
                tf.random.stateless_normal([9], [1, 2], dtype=kind),
                tf.random.stateless_normal([], seed, 3.0, 0.5, dtype=kind),
                tf.random.stateless_truncated_normal([50], seed, dtype=kind),
                tf.random.stateless_truncated_normal([3], [0, 0], 1.0, 2.0, dtype=kind)]
        return [tf.cast(each, tf.float64) for each in made]
    assert_same(program, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint32", "uint64"])
def test_stateless_integers(dtype):
    def program(tf):
        kind = getattr(tf, dtype)
        made = [tf.random.stateless_uniform([7], [1, 2], None, None, kind, name="mine")]
        if not dtype.startswith("u"):
            made.append(tf.random.stateless_uniform([7], [1, 2], -3, 100, kind))
        return made
    assert_same(program, **EXACT)


def test_stateless_categorical():
    assert_same(lambda tf: [
        tf.random.stateless_categorical(LOGITS, 9, [1, 2]),
        tf.random.stateless_multinomial(LOGITS, 5, [7, 2], output_dtype=tf.int32, name="mine"),
        tf.random.stateless_categorical(LOGITS, tf.constant(2), [0, 1], dtype=tf.int32)], **EXACT)


@pytest.mark.parametrize("name", ["StatelessRandomUniform", "StatelessRandomNormal",
                                  "StatelessTruncatedNormal"])
def test_first_versions(name):
    assert_same(lambda tf: [
        getattr(tf.raw_ops, name)(shape=[11], seed=[3, 4], dtype=kind)
        for kind in (tf.float32, tf.float64)] + [
        tf.raw_ops.StatelessRandomUniformInt(shape=[5], seed=[3, 4], minval=-9, maxval=9),
        tf.raw_ops.StatelessRandomUniformFullInt(shape=[5], seed=[3, 4], dtype=tf.int64)],
        rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("program", [
    lambda tf: tf.multinomial([1.0], 2), lambda tf: tf.multinomial([[1.0]], [2]),
    lambda tf: tf.multinomial([[1.0]], 2, output_dtype=tf.float32),
    lambda tf: tf.random.stateless_uniform([2], [1, 2, 3]),
    lambda tf: tf.random.stateless_uniform([2], [1, 2], dtype=tf.int32),
    lambda tf: tf.random.stateless_uniform([2], [1, 2], 0, 2, dtype=tf.uint32),
    lambda tf: tf.random.stateless_uniform([2], [1, 2], dtype=tf.complex64),
    lambda tf: tf.random.stateless_normal([2], [1, 2], alg="mine"),
])
def test_errors(program):
    assert_same_error(program)


@pytest.mark.parametrize("program, text", [
    (lambda tf, fed: tf.multinomial(fed([1.0]), 2), "logits should be a matrix"),
    (lambda tf, fed: tf.multinomial(fed([[1.0]]), tf.placeholder_with_default(-1, None)),
     "num_samples should be non-negative"),
    (lambda tf, fed: tf.multinomial(fed(np.zeros([2, 0])), 2), "num_classes should be positive"),
    (lambda tf, fed: tf.random.stateless_uniform([2], [1, 2], 5, 5, dtype=tf.int32),
     "Need minval < maxval"),
])
def test_errors_of_kernels(program, text):
    def run(module):
        with module.Graph().as_default(), module.Session() as session:
            session.run(program(module, lambda x: module.placeholder_with_default(
                np.array(x, np.float32), None)))
    for module in (tensorflow, tensorkeep):
        kind, message = error_of(lambda: run(module))
        assert kind == "InvalidArgumentError" and text in message
