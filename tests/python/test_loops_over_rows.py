"""TensorArray, map_fn, scan and the folds beside TensorFlow's: graphs node by node, values."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, assert_same_graph

ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.mark.parametrize("shape", [[4, 3], [None, 3], None])
def test_map_fn(shape):
    def program(tf):
        x = tf.placeholder(tf.float32, shape)
        w = tf.constant([[1.0], [2.0], [3.0]])
        return [tf.map_fn(lambda row: row * 2, x),
                tf.map_fn(lambda row: tf.reduce_sum(row), x, name="named", infer_shape=False),
                tf.map_fn(lambda row: tf.cast(row, tf.int32), x, dtype=tf.int32),
                tf.map_fn(lambda row: (row, row + 1), x, dtype=(tf.float32, tf.float32))], {x: ROWS}
    assert_same(program)


def test_map_fn_of_nests():
    def program(tf):
        x, y = tf.constant(ROWS), tf.placeholder(tf.int32, [None])
        feeds = {y: [1, 2, 3, 4]}
        both = tf.map_fn(lambda pair: pair[0] * tf.cast(pair[1], tf.float32), (x, y), tf.float32)
        by_name = tf.map_fn(lambda d: {"b": d["a"], "a": d["b"]}, {"a": x, "b": y},
                            dtype={"a": tf.int32, "b": tf.float32}, parallel_iterations=3,
                            back_prop=False)
        return [both, by_name, tf.map_fn(lambda i: i * i, np.arange(3))], feeds
    assert_same(program)


@pytest.mark.parametrize("shape", [[4, 3], [None, 3]])
@pytest.mark.parametrize("name", ["foldl", "foldr"])
def test_folds(name, shape):
    def program(tf):
        fold = getattr(tf, name)
        x = tf.placeholder(tf.float32, shape)
        return [fold(lambda a, row: a * 2 + row, x),
                fold(lambda a, row: a - tf.reduce_sum(row), x, 1.0, name="named"),
                fold(lambda a, row: a + row, x, tf.zeros([3]), parallel_iterations=1)], {x: ROWS}
    assert_same(program)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("shape", [[4, 3], [None, 3]])
def test_scan(shape, reverse):
    def program(tf):
        x = tf.placeholder(tf.float32, shape)
        sums = tf.scan(lambda a, row: a + row, x, reverse=reverse)
        counts, halves = tf.scan(lambda a, row: (a[0] + 1, a[1] / 2 + tf.reduce_sum(row)), x,
                                 initializer=(0, 1.0), reverse=reverse, name="named")
        pairs = tf.scan(lambda a, rows: (a[0] * rows[1], a[1] - rows[0]), (x, x), reverse=reverse)
        return [sums, counts, halves, pairs], {x: ROWS}
    assert_same(program)


def test_a_fibonacci():
    def program(tf):
        start = (np.array(0), np.array(1))
        return tf.scan(lambda a, _: (a[1], a[0] + a[1]), np.zeros(10), start)
    assert_same(program)


def test_arrays():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])
        array = tf.TensorArray(tf.float32, size=4).unstack(x)
        rows = [array.read(3), array.stack(), array.gather([2, 0]), array.concat(), array.size()]
        grown = tf.TensorArray(tf.int32, size=0, dynamic_size=True, clear_after_read=False,
                               tensor_array_name="mine", name="grown", element_shape=[])
        grown = grown.write(0, 5).write(2, 7).write(1, 6)
        parts = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x, [1, 3])
        halves = tf.TensorArray(tf.float32, 2, colocate_with_first_write_call=False)
        halves = halves.split(x, [2, 2])
        spread = tf.TensorArray(tf.float32, 4).scatter([3, 1, 0, 2], x).identity()
        with tf.control_dependencies([grown.flow]):
            size = tf.identity(grown.size())
        assert grown.dtype == tf.int32 and grown.dynamic_size
        assert array.element_shape.as_list() == [3]
        return [rows, grown.read(2), grown.stack(), size, parts.read(1), parts.concat(),
                halves.stack(), spread.stack(), [spread.close(), array.close()]], {x: ROWS}
    assert_same_graph(program)


def test_array_values():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])

        def new(**options):
            return tf.TensorArray(tf.float32, size=4, **options).unstack(x)
        grown = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
        grown = grown.write(0, 5).write(2, 7).write(1, 6)
        return [new().read(3), new().stack(), new().gather([2, 0]), new(infer_shape=False).concat(),
                grown.stack(), tf.TensorArray(tf.float32, 2, infer_shape=False).split(
                    x, [1, 3]).read(1)], {x: ROWS}
    assert_same(program)


def test_in_a_while_loop():
    def program(tf):
        squares = tf.TensorArray(tf.int32, size=5)
        _, squares, total = tf.while_loop(
            lambda i, *_: i < 5,
            lambda i, array, total: (i + 1, array.write(i, i * i), total + i),
            [0, squares, tf.constant(0)])
        return [squares.stack(), total]
    assert_same(program)


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.map_fn(lambda x: x, 3.0), "1+ dimensional"),
    (lambda tf: tf.map_fn(lambda x: x, []), ""),
    (lambda tf: tf.TensorArray(tf.float32), "`size` must be provided"),
    (lambda tf: tf.TensorArray(tf.float32, 2, element_shape=[2]).write(0, [1.0, 2.0, 3.0]),
     "Inconsistent shapes"),
])
def test_errors(program, text):
    assert_same_error(program, text)


def test_variables_made_inside_are_read_outside():
    def program(tf):
        def multiplied(row):
            with tf.variable_scope("inner", reuse=tf.AUTO_REUSE):
                return row * tf.get_variable("w", [3], initializer=tf.ones_initializer())
        rows = tf.placeholder(tf.float32, [None, 3])
        results = [tf.map_fn(multiplied, rows), tf.scan(lambda a, x: a + multiplied(x), rows),
                   tf.foldl(lambda a, x: a + multiplied(x), rows),
                   tf.foldr(lambda a, x: a + multiplied(x), rows)]
        assert tf.get_variable_scope().caching_device is None
        return [*results, tf.gradients(results[0], tf.trainable_variables())], {
            rows: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]}
    assert_same(program)
