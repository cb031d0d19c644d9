"""Elements moved around and found, and tensors passed on, beside TensorFlow's."""

import numpy as np
import pytest

from same_program import assert_same, assert_same_error, error_of, tensorkeep as tk

VALUES = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def test_roll():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3, 4])
        shift = tf.placeholder(tf.int64, [2])
        two = tf.roll(x, shift, [0, -1], name="mine")
        return ([two, tf.roll(x, 2, 1), tf.manip.roll(x, [1, 1, -5], [1, 1, 2]),
                 tf.roll(["a", "b", "c"], 1, 0), tf.roll(np.zeros([0, 3]), 1, 1),
                 tf.gradients(two * two, x)], {x: VALUES, shift: [-7, 9]})
    assert_same(program)


def test_ensure_shape():
    def program(tf):
        x = tf.placeholder(tf.float32, None)
        y = tf.ensure_shape(x, [None, 3, 4], name="mine")
        assert y.shape.as_list() == [None, 3, 4]
        z = tf.ensure_shape(y, [2, 3, None])
        assert z.shape.as_list() == [2, 3, 4]
        return [y, z, tf.guarantee_const(x), tf.gradients(z * 2.0, x)], {x: VALUES}
    assert_same(program)


def test_is_symbolic_tensor():
    def program(tf):
        x = tf.constant(1.0)
        assert tf.is_symbolic_tensor(x) and not tf.is_symbolic_tensor(tf.Variable(x))
        assert not tf.is_symbolic_tensor(VALUES)
        return [x]
    assert_same(program)


def test_a_shape_that_is_another():
    with tk.Graph().as_default(), tk.Session() as session:
        x = tk.placeholder(tk.float32, name="x")
        kind, message = error_of(lambda: session.run(tk.ensure_shape(x, [3]), {x: [1.0, 2.0]}))
        assert kind == "InvalidArgumentError"
        assert "Shape of tensor x [2] is not compatible with expected shape [3]." in message


def test_parallel_stack():
    def program(tf):
        x = tf.constant(VALUES)
        return [tf.parallel_stack([x, x * 2.0]), tf.parallel_stack([1, 2, 3], name="mine"),
                tf.parallel_stack([["a"], ["b"]])]
    with tk.Graph().as_default(), tk.Session() as session:
        made = session.run(program(tk))
    np.testing.assert_array_equal(made[0], np.stack([VALUES, VALUES * 2]))
    assert made[1].tolist() == [1, 2, 3] and made[2].tolist() == [[b"a"], [b"b"]]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8, np.float16])
def test_searchsorted(side, dtype):
    rows = np.array([[0, 3, 3, 9], [1, 2, 3, 4]], dtype)
    values = np.array([[3, 0, 10], [2, 0, 5]], dtype)

    def program(tf):
        r, v = tf.constant(rows), tf.placeholder(dtype, [2, 3])
        return [tf.searchsorted(r, v, side=side, name="mine"),
                tf.searchsorted(r[0], v[0], side, out_type=tf.int64),
                tf.searchsorted(r[None], v[None], side=side)], {v: values}
    assert_same(program)


def test_unravel_index():
    def program(tf):
        one = tf.unravel_index(5, [2, 4], name="mine")
        many = tf.unravel_index(tf.constant([0, 23, 7], tf.int64),
                                tf.placeholder_with_default(np.array([2, 3, 4]), [3]))
        assert many.shape.as_list() == [3, 3]
        return [one, many]
    assert_same(program)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
def test_histogram_fixed_width(dtype):
    values = np.array([[-1, 0, 1, 2], [4, 5, 9, 15]], dtype)

    def program(tf):
        return [tf.histogram_fixed_width(values, np.array([0, 5], dtype), nbins=5),
                tf.histogram_fixed_width(values, np.array([-3, 8], dtype), dtype=tf.int64,
                                         name="mine")]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.roll(1.0, 1, 0),
    lambda tf: tf.roll([1.0], [[1]], 0),
    lambda tf: tf.ensure_shape(VALUES, [3]),
    lambda tf: tf.ensure_shape(VALUES, [2, 3, 5]),
    lambda tf: tf.parallel_stack([1.0, [2.0]]),
    lambda tf: tf.parallel_stack([tf.placeholder(tf.float32)]),
    lambda tf: tf.searchsorted([1.0], [2.0], side="middle"),
    lambda tf: tf.unravel_index(1, 2),
    lambda tf: tf.histogram_fixed_width([1.0], [0.0, 1.0, 2.0]),
    lambda tf: tf.histogram_fixed_width([1.0], [0.0, 1.0], nbins=-1),
])
def test_errors(program):
    assert_same_error(program)


@pytest.mark.parametrize("program, text", [
    (lambda: tk.roll(VALUES, [1, 2], 0), "shift and axis must have the same size"),
    (lambda: tk.roll(VALUES, 1, 3), "3"),
    (lambda: tk.searchsorted([[1.0], [2.0]], [2.0]), "Leading dim_size of both tensors must match"),
    (lambda: tk.segment_mean([[1.0]], [0, 1]), "same size as dimension 0"),
    (lambda: tk.unravel_index(8, [2, 4]), "index is out of bound as with dims"),
    (lambda: tk.unravel_index(-1, [2, 4]), "index is out of bound as with dims"),
    (lambda: tk.unravel_index(0, [2, 0]), "zero"),
    (lambda: tk.unravel_index(tk.constant(0, tk.int64), np.array([1 << 40, 1 << 40])), "overflow"),
    (lambda: tk.histogram_fixed_width([1.0], [2.0, 2.0]), "value_range[0] < value_range[1]"),
    (lambda: tk.histogram_fixed_width([np.nan], [0.0, 2.0]), "numbers"),
])
def test_errors_of_runs(program, text):
    with tk.Graph().as_default(), tk.Session() as session:
        kind, message = error_of(lambda: session.run(program()))
    assert kind == "InvalidArgumentError" and text in message
