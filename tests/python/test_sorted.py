"""The largest elements, sorting, turned sequences, text and sets, beside TensorFlow's."""

import numpy as np
import pytest

from same_program import assert_same, assert_same_error, error_of, tensorkeep as tk

RANDOM = np.random.RandomState(4)
VALUES = RANDOM.randint(-4, 5, (2, 3, 6)).astype(np.float32)


def test_top_k():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3, 6])
        three = tf.nn.top_k(x, 3)
        assert three.values is three[0] and three.indices.shape.as_list() == [None, 3, 3]
        ints = [tf.nn.top_k(VALUES.astype(dtype), 4, name="mine").indices
                for dtype in (np.int8, np.int64, np.float16)]
        return [three, tf.nn.top_k(x), tf.math.top_k(x, tf.size(x[0, 0])), ints,
                tf.nn.top_k([1, 3, 3, 2], 0),
                tf.gradients([tf.reduce_sum(three.values ** 2)], x)], {x: VALUES}
    assert_same(program)


def test_what_is_no_number_is_smallest():
    with tk.Graph().as_default(), tk.Session() as session:
        top = session.run(tk.nn.top_k([1.0, np.nan, 3.0, np.inf, -np.inf, np.nan], 6))
    np.testing.assert_equal(top.values, [np.inf, 3, 1, -np.inf, np.nan, np.nan])
    assert top.indices.tolist() == [3, 2, 0, 4, 1, 5]


@pytest.mark.parametrize("program", [
    lambda tf: tf.nn.top_k(VALUES, 7),
    lambda tf: tf.nn.top_k(VALUES, -1),
    lambda tf: tf.nn.top_k(VALUES, [1]),
    lambda tf: tf.nn.top_k(1.0, 1),
    lambda tf: tf.sort(VALUES, direction="UP"),
    lambda tf: tf.sort(VALUES, axis=tf.placeholder(tf.int32, [])),
    lambda tf: tf.reverse_sequence(VALUES, [1, 2], seq_axis=3),
    lambda tf: tf.reverse_sequence(VALUES, [1, 2], seq_axis=1, batch_axis=3),
    lambda tf: tf.reverse_sequence(VALUES, [1, 2, 3], seq_axis=1),
    lambda tf: tf.reverse_sequence(VALUES, [[1, 2]], seq_axis=1),
    lambda tf: tf.reverse_sequence(VALUES, [1, 2]),
    lambda tf: tf.reverse_sequence(VALUES, [1, 2], seq_axis=1, seq_dim=1),
])
def test_errors(program):
    assert_same_error(program)


def test_sort():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3, 6])
        numbers = tf.constant([[3, -(2 ** 31), 2 ** 31 - 1, 0]], tf.int32)
        return [tf.sort(x), tf.sort(x, axis=1, direction="DESCENDING", name="mine"),
                tf.argsort(x, axis=0), tf.argsort(x, direction="DESCENDING"), tf.sort(numbers),
                tf.argsort(numbers, stable=True), tf.sort(tf.constant([3, 250, 0], tf.uint8))
                ], {x: VALUES}
    assert_same(program)


def test_reverse_sequence():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3, 6])
        lengths = tf.placeholder(tf.int64, [2])
        one = tf.reverse_sequence(x, lengths, seq_axis=2)
        assert one.shape.as_list() == [2, 3, 6]
        return [one, tf.reverse_sequence(x, [0, 1, 2, 1, 2, 2], seq_axis=0, batch_axis=2),
                tf.reverse_sequence(x, lengths, seq_dim=1, batch_dim=0, name="mine"),
                tf.reverse_sequence([["a", "b"], ["c", "d"]], [2, 1], 1),
                tf.gradients(one * one, x)], {x: VALUES, lengths: [3, 2]}
    assert_same(program)


NUMBERS = [np.array([1.5, -2.25e10, np.nan, np.inf], np.float32), np.array([0.1, 1e300]),
           np.array([1 + 2j, -0.5j])]
WHOLE = [np.array([3, -4]), np.array([5, 255], np.uint8), np.array([-7], np.int8)]


@pytest.mark.parametrize("options", [
    {}, {"precision": 2}, {"scientific": True}, {"shortest": True}, {"width": 9},
    {"width": 9, "fill": "0"}, {"width": 9, "fill": "-"}, {"width": 9, "fill": " "},
    {"width": 9, "fill": "+"}, {"precision": 3, "scientific": True, "width": 12}])
def test_as_string(options):
    def program(tf):
        values = list(NUMBERS)
        if not {"precision", "scientific", "shortest"} & set(options):
            values += [*WHOLE, np.array([True, False]), np.array(["text"])]
        return [tf.as_string(each, **options) for each in values] + [
            tf.strings.as_string(tf.constant([1 / 3], tf.float16), name="mine")]
    assert_same(program)


@pytest.mark.parametrize("value, options, text", [
    ([1], {"precision": 1}, "precision not supported for datatype"),
    ([True], {"scientific": True}, "scientific and shortest format not supported for datatype"),
    ([1.0], {"scientific": True, "shortest": True}, "Cannot select both"),
    ([1.0], {"fill": "x"}, "Fill argument not supported"),
    ([1.0], {"fill": "00"}, "Fill string must be one or fewer characters"),
    ([1.0], {"width": 1 << 40}, "is above 4096"),
])
def test_as_string_errors(value, options, text):
    with tk.Graph().as_default(), tk.Session() as session:
        strings = tk.as_string(value, **options)
        kind, message = error_of(lambda: session.run(strings))
    assert kind == "InvalidArgumentError" and text in message


def test_print(capfd):
    def program(tf):
        x = tf.constant([[1.5, 2.0], [3.0, 4.0]])
        shown = tf.Print(x, [x, tf.shape(x)], "x: ")
        return [shown, tf.Print(x, [x], "once ", first_n=1, summarize=-1, name="mine"),
                tf.gradients(shown, x)]
    assert_same(program)
    lines = capfd.readouterr().err.splitlines()
    assert lines.count("x: [[1.5 2][3...]...][2 2]") == 2
    assert lines.count("once [[1.5 2][3 4]]") == 2


def test_print_counts_in_the_session(capfd):
    with tk.Graph().as_default():
        shown = tk.Print(1.0, [2.0], "twice ", first_n=2)
        more = shown + 1
        for session in (tk.Session(), tk.Session()):
            with session:
                for fetch in (shown, more, [shown, more], shown):
                    session.run(fetch)
    assert capfd.readouterr().err.count("twice [2]") == 4


@pytest.mark.parametrize("operation", ["a-b", "B-A", "union", "intersection"])
@pytest.mark.parametrize("a, b", [
    ([[3, 1, 1], [2, 2, 5]], [[1, 7], [2, 9]]), ([[[1, 2], [3, 4]]], [[[1], [1]]]),
    ([["b", "a", "c"]], [["c", "d"]]), (np.zeros([2, 0], np.int64), np.zeros([2, 0], np.int64)),
    (np.zeros([0, 2], np.int8), np.zeros([0, 1], np.int8))])
def test_sets(operation, a, b):
    assert_same(lambda tf: list(tf.raw_ops.DenseToDenseSetOperation(
        set1=a, set2=b, set_operation=operation)))


@pytest.mark.parametrize("a, b, operation, text", [
    ([1], [1], "union", "has rank 1 < 2"),
    ([[1]], [[1], [2]], "union", "Mismatched shapes [1] vs [2]"),
    ([[1]], [[[1]]], "union", "Mismatched shapes [1] vs [1,1]"),
    ([[1]], [[1]], "x", "Invalid set_operation x.")])
def test_set_errors(a, b, operation, text):
    with tk.Graph().as_default(), tk.Session() as session:
        sets = [tk.placeholder_with_default(np.array(each), None) for each in (a, b)]
        made = tk.raw_ops.DenseToDenseSetOperation(set1=sets[0], set2=sets[1],
                                                   set_operation=operation)
        kind, message = error_of(lambda: session.run(made[0]))
    assert kind == "InvalidArgumentError" and text in message


@pytest.mark.parametrize("lengths, text", [
    ([1, 4], "seq_lens(1) > input.dims(1)"), ([-1, 1], "seq_lens(0) < 0"),
    ([1], "Length of seq_lengths != input.dims(0), (1 vs. 2)")])
def test_wrong_lengths(lengths, text):
    with tk.Graph().as_default(), tk.Session() as session:
        fed = tk.placeholder_with_default(np.array(lengths, np.int32), [None])
        turned = tk.reverse_sequence(tk.placeholder_with_default(VALUES, None), fed, seq_axis=1)
        kind, message = error_of(lambda: session.run(turned))
    assert kind == "InvalidArgumentError" and text in message
