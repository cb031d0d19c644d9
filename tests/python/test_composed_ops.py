"""Functions composed of operations, beside TensorFlow's: graphs node by node, values, errors."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, build, results,
                          tensorkeep)

MATRIX = np.array([[3, -1, 2], [0, 5, -4]], np.float32)


def test_global_norm_and_clipping():
    def program(tf):
        a, b = tf.constant(MATRIX), tf.placeholder(tf.float32, [None])
        slices = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([3]))
        clipped, norm = tf.clip_by_global_norm([a, None, slices, b], 2.5)
        again, given = tf.clip_by_global_norm((a, b), tf.constant(1.0), use_norm=norm, name="mine")
        assert clipped[1] is None and clipped[2].indices is slices.indices
        return [clipped[0], clipped[2].values, clipped[3], norm, again, given,
                tf.global_norm([a, b]), tf.clip_by_average_norm(a, 0.5)], {b: [1.0, 2.0]}
    assert_same(program)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_norm_that_is_not_finite_makes_all_nan(value):
    assert_same(lambda tf: tf.clip_by_global_norm([tf.constant([1.0, value]), [2.0]], 1.0))


def test_clipping_a_tensor_alone_is_an_error():
    assert_same_error(lambda tf: tf.clip_by_global_norm(tf.constant([1.0]), 1.0), "sequence")


BINARY = ("equal", "none_equal", "less", "less_equal", "greater", "greater_equal")
UNARY = ("negative", "positive", "non_negative", "non_positive")


@pytest.mark.parametrize("name", BINARY)
def test_binary_assertions(name):
    def program(tf):
        check = getattr(tf, "assert_" + name)
        x, y = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int32)
        check(x, x)
        check(x, [1.0, 2.0], name="mine")
        check(y, 7, message="no")
        check(y, y + 1, data=[x, "text"], summarize=5)
    assert_same_graph(program)


def test_assert_near():
    def program(tf):
        x = tf.placeholder(tf.float32, [2])
        tf.assert_near(x, [1.0, 2.0])
        tf.assert_near(x, x + 1, rtol=0.5, atol=1, message="no", summarize=2)
        tf.assert_near(tf.cast(x, tf.float64), 2, data=["text"])
    assert_same_graph(program)


@pytest.mark.parametrize("name", UNARY)
def test_sign_assertions(name):
    def program(tf):
        check = getattr(tf, "assert_" + name)
        check(tf.placeholder(tf.float32, [2]))
        check(tf.placeholder(tf.int32), message="no", name="mine")
        check(tf.placeholder(tf.int64), data=["text"], summarize=1)
        check(tf.constant(MATRIX) * 0 + (0 if "non" in name else 1 if "pos" in name else -1))
    assert_same_graph(program)


def test_assertions_run():
    def program(tf):
        x = tf.placeholder(tf.float32)
        checks = [tf.assert_less(x, 3.0), tf.assert_non_negative(x), tf.assert_near(x, 1.5, 0.5),
                  tf.assert_rank(x, 0)]
        with tf.control_dependencies(checks):
            return tf.identity(x), {x: 1.5}
    assert_same(program)
    graph, y, _ = build(program, tensorkeep)
    x = graph.get_tensor_by_name("Placeholder:0")
    with tensorkeep.Session(graph=graph) as session:
        for value in (-1.0, 4.0, 2.6, [1.5]):
            with pytest.raises(tensorkeep.errors.InvalidArgumentError):
                session.run(y, {x: value})


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.assert_less([3, 1], [2, 2], message="too much"), "too much"),
    (lambda tf: tf.assert_equal(1.0, 2.0), "Condition x == y did not hold element-wise:"),
    (lambda tf: tf.assert_positive([1, 0]), "Condition x > 0 did not hold element-wise:"),
    (lambda tf: tf.assert_integer([1.0]), 'Expected "x" to be integer type.'),
    (lambda tf: tf.assert_type([1.0], tf.int32, message="no"), "no.  "),
    (lambda tf: tf.assert_scalar([1.0]), "Expected scalar shape for"),
    (lambda tf: tf.assert_rank([1.0], 2, message="no"),
     "no.  Tensor assert_rank/x:0 must have rank 2"),
    (lambda tf: tf.assert_rank([1.0], [2]), "Rank must be a scalar."),
    (lambda tf: tf.assert_rank_at_least([1.0], 2), "must have rank at least 2.  Received rank 1"),
    (lambda tf: tf.assert_rank_in([1.0], [0, 2]), "must have rank in (0, 2).  Received rank 1"),
    (lambda tf: tf.assert_proper_iterable(tf.constant([1])), '"proper" iterable'),
    (lambda tf: tf.assert_proper_iterable(3), "to be iterable"),
    (lambda tf: tf.assert_same_float_dtype([tf.constant(1)]), "Expected floating point type"),
    (lambda tf: tf.assert_same_float_dtype([tf.constant(1.0), tf.constant(1)]),
     "must be of the same type"),
])
def test_what_the_graph_determines(program, text):
    assert_same_error(program, text)


def test_ranks_and_types():
    def program(tf):
        x, rank = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
        known = tf.constant(MATRIX)
        for check in (tf.assert_rank, tf.assert_rank_at_least):
            check(known, 2)
            check(x, 2, message="no", name="mine")
            check(x, rank, data=["text"], summarize=4)
        tf.assert_rank_in(known, (1, 2))
        tf.assert_rank_in(x, (1, 2))
        tf.assert_rank_in(x, [1, rank])
        tf.assert_integer(rank)
        tf.assert_type(x, "float32")
        tf.assert_scalar(3)
        assert tf.assert_same_float_dtype([x, None, known]) == tf.float32
        assert tf.assert_same_float_dtype() == tf.float32
        assert tf.is_numeric_tensor(x) and not tf.is_numeric_tensor(3)
        assert not tf.is_numeric_tensor(tf.constant("a"))
        tf.assert_proper_iterable([x])
    assert_same_graph(program)


def test_sorted():
    def program(tf):
        x = tf.placeholder(tf.int32)
        return ([tf.is_non_decreasing(x), tf.is_strictly_increasing(x, "mine")],
                [{x: v} for v in ([], [1], [1, 2, 2], [1, 2, 3], [2, 1], [[1, 2], [3, 3]])])
    assert_same(program)
