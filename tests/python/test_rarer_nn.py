"""Rarer functions of tf.nn, shapes that go together, what leaves a graph: beside TensorFlow's."""

import os
import re

import numpy as np
import pytest

from same_program import (assert_same, assert_same_error, assert_same_values,
                          assert_values_by_tensorflow, error_of, tensorflow, tensorkeep as tk)

RANDOM = np.random.RandomState(3)
IMAGES = RANDOM.randn(2, 6, 7, 3).astype(np.float32)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("rate", [1, 2, 3])
def test_atrous_conv2d_transpose(padding, rate):
    filters = RANDOM.randn(3, 3, 4, 3).astype(np.float32)
    more = 0 if padding == "SAME" else 2 * rate

    def program(tf):
        x = tf.placeholder(tf.float32, [2, 6, 7, 3])
        return [tf.nn.atrous_conv2d_transpose(x, filters, [2, 6 + more, 7 + more, 4], rate,
                                              padding)], {x: IMAGES}
    assert_same(program, rtol=1e-4, atol=1e-4)


def test_depthwise_gradients():
    filters = RANDOM.randn(3, 3, 3, 2).astype(np.float32)
    out = RANDOM.randn(2, 6, 7, 6).astype(np.float32)

    def program(tf):
        return [tf.nn.depthwise_conv2d_native_backprop_input(
            [2, 6, 7, 3], filters, out, [1, 1, 1, 1], "SAME", name="mine"),
            tf.nn.depthwise_conv2d_native_backprop_filter(
                IMAGES, [3, 3, 3, 2], out, [1, 1, 1, 1], "SAME")]
    assert_same(program, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("function", ["max_pool_v2", "avg_pool_v2"])
def test_pools_of_any_rank(function):
    volumes = RANDOM.randn(1, 4, 4, 4, 2).astype(np.float32)

    def program(tf):
        pool = getattr(tf.nn, function)
        return [pool(tf.constant(IMAGES), 2, 2, "VALID"),
                pool(tf.constant(IMAGES), [3, 2], [1, 2], "SAME", name="mine"),
                pool(tf.constant(IMAGES[0]), 2, 1, "SAME"),
                pool(tf.constant(volumes), 2, [1, 2, 2, 2, 1], "VALID", data_format="NDHWC")]
    assert_same(program)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("sizes, strides, rates", [
    ((1, 2, 3, 1), (1, 1, 1, 1), (1, 1, 1, 1)), ((1, 3, 2, 1), (1, 2, 3, 1), (1, 2, 1, 1)),
    ((1, 1, 1, 1), (1, 5, 5, 1), (1, 1, 1, 1))])
def test_patches(padding, sizes, strides, rates):
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 6, 7, 3])
        return [tf.extract_image_patches(x, sizes, strides, rates, padding, name="mine"),
                tf.image.extract_patches(tf.constant(np.arange(126).reshape(1, 6, 7, 3)), sizes,
                                         strides, rates, padding)], {x: IMAGES}
    assert_same(program)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_dilation_and_erosion(padding):
    kernel = RANDOM.randn(2, 3, 3).astype(np.float32)

    def program(tf):
        x = tf.placeholder(tf.float32, [2, 6, 7, 3])
        f = tf.constant(kernel)
        wide = tf.nn.dilation2d(x, f, [1, 1, 2, 1], [1, 2, 1, 1], padding, name="mine")
        thin = tf.nn.erosion2d(x, f, [1, 1, 1, 1], [1, 1, 1, 1], padding)
        return [wide, thin, tf.gradients(wide * wide, [x, f]), tf.gradients(thin, [x, f])], {
            x: IMAGES}
    assert_same(program, rtol=1e-4)


@pytest.mark.parametrize("with_loop_state", [False, True])
@pytest.mark.parametrize("emits", [False, True])
def test_raw_rnn(with_loop_state, emits):
    steps = RANDOM.randn(5, 2, 3).astype(np.float32)

    def program(tf):
        inputs = tf.TensorArray(tf.float32, size=5).unstack(tf.constant(steps))
        cell = tf.nn.rnn_cell.BasicRNNCell(4)
        lengths = tf.constant([3, 5])

        def loop_fn(time, output, state, loop_state):
            finished = time >= lengths
            next_input = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([2, 3]),
                                 lambda: inputs.read(time))
            if output is None:
                return (finished, next_input, cell.zero_state(2, tf.float32),
                        tf.zeros([4]) if emits else None,
                        tf.constant(0.0) if with_loop_state else None)
            return (finished, next_input, state, output * 2.0 if emits else output,
                    loop_state + 1.0 if with_loop_state else None)
        arrays, state, loop_state = tf.nn.raw_rnn(cell, loop_fn)
        assert (loop_state is None) != with_loop_state
        return [arrays.stack(), state] + ([loop_state] if with_loop_state else [])
    assert_values_by_tensorflow(program)


def test_a_raw_rnn_without_a_function():
    with tk.Graph().as_default():
        kind, message = error_of(lambda: tk.nn.raw_rnn(tk.nn.rnn_cell.BasicRNNCell(4), 3))
    assert kind == "TypeError" and "loop_fn" in message


def test_assert_shapes():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])
        y = tf.placeholder(tf.float32)
        z = tf.placeholder(tf.float32, [])
        done = tf.debugging.assert_shapes(
            {x: ("n", 3), y: (..., "n", "d"), z: ()}, message="mine", name="named")
        also = tf.debugging.assert_shapes([(x, ["n", "d"]), (y, ["*", "n", "."]), (z, [1])])
        static = tf.debugging.assert_shapes([(tf.ones([2, 3]), ("a", "b")),
                                             (tf.ones([3, 2]), ("b", "a"))])
        with tf.control_dependencies([done, also, static]):
            return [tf.identity(x)], {x: np.ones([2, 3]), y: np.ones([5, 2, 4]), z: 1.0}
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.debugging.assert_shapes([(tf.ones([2, 3]), ("n", "n"))]),
    lambda tf: tf.debugging.assert_shapes([(tf.ones([2, 3]), (2,))]),
    lambda tf: tf.debugging.assert_shapes([(tf.ones([2, 3]), 3)]),
    lambda tf: tf.debugging.assert_shapes([(tf.ones([2, 3]), (2, ...))]),
    lambda tf: tf.nn.max_pool_v2(tf.ones([2, 3]), 1, 1, "SAME"),
    lambda tf: tf.nn.avg_pool_v2(tf.ones([2, 3, 4]), [1, 2, 3, 4], 1, "SAME"),
    lambda tf: tf.nn.atrous_conv2d_transpose(IMAGES, np.ones([3, 3, 4, 2], np.float32),
                                             [2, 6, 7, 4], 2, "SAME"),
    lambda tf: tf.nn.atrous_conv2d_transpose(IMAGES, np.ones([3, 3, 4, 3], np.float32),
                                             [2, 6, 7, 4], 0, "SAME"),
    lambda tf: tf.nn.atrous_conv2d_transpose(IMAGES, np.ones([3, 3, 4, 3], np.float32),
                                             [2, 6, 7, 4], 2, "EXPLICIT"),
    lambda tf: tf.extract_image_patches(IMAGES, [1, 9, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID"),
    lambda tf: tf.extract_image_patches(IMAGES[0], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1],
                                        "SAME"),
    lambda tf: tf.extract_image_patches(IMAGES, [1, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
    lambda tf: tf.nn.raw_rnn(3, lambda *a: None),
    lambda tf: tf.write_file(["a"], "b"),
    lambda tf: tf.print("a", output_stream=3),
])
def test_errors(program):
    assert_same_error(program)


def test_shapes_that_do_not_go_together():
    with tk.Graph().as_default(), tk.Session() as session:
        x = tk.placeholder(tk.float32)
        done = tk.debugging.assert_shapes([(x, ("n", "n"))])
        session.run(done, {x: np.ones([2, 2])})
        for value in (np.ones([2, 3]), np.ones([2])):
            kind, _ = error_of(lambda: session.run(done, {x: value}))
            assert kind == "InvalidArgumentError"


@pytest.mark.parametrize("value", [
    np.arange(6, dtype=np.float32).reshape(2, 3), np.array(True), np.zeros([0, 2], np.int64),
    np.array(["a", "bc"]), np.array([1 + 2j]), np.array([7], np.uint16)])
def test_tensors_as_bytes(value):
    def program(tf):
        text = tf.serialize_tensor(value, name="mine")
        return [tf.stack([text]), tf.io.parse_tensor(text, tf.as_dtype(value.dtype))]
    assert_same(program)


@pytest.mark.parametrize("text", [b"", b"\xff", [b""], tk.make_tensor_proto(1.0).SerializeToString()])
def test_bytes_that_are_no_such_tensor(text):
    def run(tf):
        with tf.Graph().as_default(), tf.Session() as session:
            return error_of(lambda: session.run(tf.parse_tensor(text, tf.int32)))[0]
    assert run(tk) == run(tensorflow) == "InvalidArgumentError"


def test_write_file(tmp_path):
    with tk.Graph().as_default(), tk.Session() as session:
        session.run(tk.io.write_file(str(tmp_path / "new" / "file"), b"a\x00b"))
    assert (tmp_path / "new" / "file").read_bytes() == b"a\x00b"


def test_timestamp():
    assert_same_values(lambda tf: [tf.timestamp() > 1.7e9, tf.timestamp(name="mine") < 1e10])


NUMBERS = [np.arange(100, dtype=np.int32).reshape(5, 20), np.array([0.1, 1e6, -1e-7, 1 / 3, 2.0]),
           np.array([0.1, 1e6, 16777216, 1 / 3, np.nan, np.inf], np.float32),
           np.arange(24).reshape(2, 3, 4), np.array(5), np.array(["a", "b"]),
           np.array([True, False]), np.zeros([2, 0])]


@pytest.mark.parametrize("summarize", [3, 1, -1])
@pytest.mark.parametrize("value", NUMBERS)
def test_tensors_in_a_text(value, summarize):
    assert_same(lambda tf: [tf.stack([tf.raw_ops.StringFormat(
        inputs=[value], template="value: {}!", placeholder="{}", summarize=summarize)])])


def test_print(capfd):
    def program(tf):
        x = tf.constant([[1, 2], [3, 4]])
        shown = [tf.print("x:", x, {"b": x, "a": [1, tf.constant("text")]}, name="mine"),
                 tf.print(tf.constant("only")), tf.print("{}", x, sep=",", end="|\n", summarize=1),
                 tf.print("none")]
        with tf.control_dependencies(shown):
            return [tf.identity(x)]
    assert_same(program)
    lines = sorted(line for line in capfd.readouterr().err.splitlines()
                   if not re.search("TensorFlow|tensorflow|oneDNN|WARNING", line))
    assert lines[::2] == lines[1::2] and len(lines) >= 8


def test_print_to_files(tmp_path, capfd):
    path = tmp_path / "log"
    with tk.Graph().as_default(), tk.Session() as session:
        line = tk.print("step", tk.constant(3), output_stream=f"file://{path}")
        session.run(line)
        session.run(line)
        kind, _ = error_of(lambda: session.run(tk.print(
            "a", output_stream=f"file://{tmp_path}")))
    assert path.read_text() == "step 3" + os.linesep + "step 3" + os.linesep
    assert kind == "InvalidArgumentError"
