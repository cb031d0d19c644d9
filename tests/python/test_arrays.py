"""Memory between sessions and numpy: shared where it can be, and never written behind anybody's back."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest

import tensorkeep as tf

N = 1000  # enough to be worth sharing


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def address(array):
    return array.__array_interface__["data"][0]


def test_what_is_computed_is_an_array_of_its_own():
    x = tf.placeholder(tf.float32, [N])
    with tf.Session() as sess:
        y = sess.run(x + 1.0, {x: np.zeros(N, np.float32)})
        assert y.flags.writeable and y.flags.c_contiguous
        y[:] = 5  # nobody else sees it


def test_a_variables_value_is_shared_and_read_only():
    v = tf.Variable(tf.zeros([N]))
    count = v.assign_add(tf.ones([N]))
    with tf.Session() as sess:
        sess.run(v.initializer)
        first, again = sess.run(v), sess.run(v)
        assert address(first) == address(again)
        assert not first.flags.writeable
        with pytest.raises(ValueError):
            first[0] = 1
        sess.run(count)
        assert first[0] == 0 and sess.run(v)[0] == 1  # a snapshot stays what it was


def test_a_fed_array_is_used_in_place_and_left_alone():
    x = tf.placeholder(tf.float32, [N])
    fed = np.zeros(N, np.float32)
    with tf.Session() as sess:
        got = sess.run(tf.identity(x), {x: fed})
        fed[:] = 7
        assert got[0] == 0
        assert sess.run(x * 2.0, {x: fed})[0] == 14
        assert fed[0] == 7


def test_a_variable_does_not_keep_the_memory_it_was_fed():
    x = tf.placeholder(tf.float32, [N])
    for use_resource in (False, True):
        v = tf.Variable(tf.zeros([N]), use_resource=use_resource)
        assign = tf.assign(v, x)
        fed = np.ones(N, np.float32)
        with tf.Session() as sess:
            sess.run(v.initializer)
            sess.run(assign.op, {x: fed})
            fed[:] = 7
            assert sess.run(v)[0] == 1


def test_arrays_outlive_their_session():
    v = tf.Variable(tf.fill([N], 3.0))
    sess = tf.Session()
    sess.run(v.initializer)
    value = sess.run(v)
    sess.close()
    del sess
    gc.collect()
    assert value.sum() == 3 * N


@pytest.mark.parametrize("array", [
    np.arange(2 * N, dtype=np.float32)[::2],
    np.arange(N, dtype=np.float32)[::-1],
    np.arange(N, dtype=">f4"),
    np.arange(N, dtype=np.float64),
    np.arange(N),
    list(range(N)),
], ids=["stride", "backwards", "big endian", "float64", "int64", "list"])
def test_other_arrays_are_converted(array):
    x = tf.placeholder(tf.float32, [N])
    with tf.Session() as sess:
        got = sess.run(x + 0.0, {x: array})
    np.testing.assert_array_equal(got, np.asarray(array, np.float32))


def test_columns_are_fed_as_rows_of_the_same_values():
    x = tf.placeholder(tf.float32, [30, 40])
    array = np.asfortranarray(np.arange(1200, dtype=np.float32).reshape(30, 40))
    with tf.Session() as sess:
        np.testing.assert_array_equal(sess.run(x + 0.0, {x: array}), array)


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e5m2", "float8_e4m3fn", "int4", "uint4"])
def test_ml_dtypes_go_both_ways(dtype):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    array = np.array([0, 1, 2, 3] * 100).astype(getattr(ml_dtypes, dtype))
    x = tf.placeholder(getattr(tf, dtype, None) or tf.as_dtype(dtype), [400])
    with tf.Session() as sess:
        got = sess.run(tf.identity(x), {x: array})
    assert got.dtype == array.dtype
    np.testing.assert_array_equal(got.astype(np.float32), array.astype(np.float32))


def test_strings_are_objects_of_bytes():
    x = tf.placeholder(tf.string, [None])
    with tf.Session() as sess:
        got = sess.run(tf.identity(x), {x: ["a", b"b\0", "\u00e9"]})
    assert got.dtype == object
    assert got.tolist() == [b"a", b"b\0", "\u00e9".encode()]


def test_a_readers_arrays_are_its_own(tmp_path):
    tf.Variable(tf.range(N), name="v")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        prefix = tf.train.Saver().save(sess, str(tmp_path / "m"))
    reader = tf.train.NewCheckpointReader(prefix)
    value = reader.get_tensor("v")
    del reader
    gc.collect()
    np.testing.assert_array_equal(value, np.arange(N))


def test_many_threads_run_one_session():
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable(tf.zeros([N]), use_resource=True)
    step = v.assign_add(tf.ones([N]), read_value=False)
    square = tf.square(x)
    failures = []
    with tf.Session() as sess:
        sess.run(v.initializer)

        def work(number):
            try:
                for i in range(50):
                    size = 1 + (number * 50 + i) % 700
                    fed = np.full(size, number, np.float32)
                    got = sess.run(square, {x: fed})
                    assert got.shape == (size,) and (got == number * number).all()
                    sess.run(step)
                    value = sess.run(v)
                    assert (value == value[0]).all()
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures[0]
        assert sess.run(v)[0] == 16 * 50
