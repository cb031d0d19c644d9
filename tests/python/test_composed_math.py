"""Grids, masks, counts and segments beside TensorFlow's: graphs node by node, values, errors."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph,
                          assert_same_values, tensorkeep)

MATRIX = np.array([[3, -1, 0], [0, 5, -4]], np.float32)


def test_meshgrid():
    assert_same(lambda tf: [tf.meshgrid([1, 2, 3], [4, 5]), tf.meshgrid([1.0, 2.0], [3.0]),
                            tf.meshgrid([1, 2], [3, 4, 5], [6], indexing="ij", name="mine"),
                            tf.meshgrid([1, 2]),
                            tf.meshgrid(tf.range(3), np.arange(2, dtype=np.int32))])
    assert_same_error(lambda tf: tf.meshgrid([1], indexing="no"), "indexing")


def test_sequence_mask():
    def program(tf):
        lengths = tf.placeholder(tf.int32, [None])
        wide = tf.placeholder(tf.int64)
        return [tf.sequence_mask(lengths), tf.sequence_mask(lengths, 4, name="mine"),
                tf.sequence_mask(wide, 3, tf.float32), tf.sequence_mask([[1, 2], [0, 3]]),
                tf.sequence_mask(wide, dtype=tf.int32)], {lengths: [1, 3, 0], wide: [2, 1]}
    assert_same(program)
    assert_same_error(lambda tf: tf.sequence_mask([1], [1]), "must be scalar")


def test_distinct_elements():
    def program(tf):
        x, y = tf.placeholder(tf.int32, [None]), tf.constant([2, 5])
        return [list(tf.setdiff1d(x, y)), list(tf.setdiff1d(x, y, tf.int64, name="mine")),
                list(tf.unique_with_counts(x)), list(tf.unique_with_counts(["a", "b", "a"]))], {
                    x: [1, 2, 3, 1, 5, 6, 6]}
    assert_same(program)


def test_broadcast_shapes():
    def program(tf):
        a = tf.placeholder(tf.int32, [None])
        static = [tf.broadcast_static_shape(tf.TensorShape(x), tf.TensorShape(y)) for x, y in (
            ([2, 1], [3]), ([None, 3], [1, 3]), ([None], [4]), ([None], [1]), ([], [2]))]
        assert [shape.as_list() for shape in static] == [[2, 3], [None, 3], [4], [None], [2]]
        assert tf.broadcast_static_shape(tf.TensorShape(None), tf.TensorShape([1])).ndims is None
        return tf.broadcast_dynamic_shape(a, [3]), {a: [2, 1]}
    assert_same(program)
    assert_same_error(lambda tf: tf.broadcast_static_shape(tf.TensorShape([2]),
                                                           tf.TensorShape([3])), "Incompatible")


def test_space_and_depth():
    def program(tf):
        x = tf.constant(np.arange(2 * 4 * 4 * 1, dtype=np.float32).reshape(2, 4, 4, 1))
        deep = tf.space_to_depth(x, 2)
        parts = tf.space_to_batch(x, [[0, 0], [2, 0]], 2)
        return [deep, tf.depth_to_space(deep, 2, name="mine"), parts,
                tf.batch_to_space(parts, [[0, 0], [2, 0]], 2)]
    assert_same(program)


@pytest.mark.parametrize("shapes", [([3, 4], [3, 2]), ([None, 4], [None, None]), (None, [3, 2])])
def test_batch_gather(shapes):
    def program(tf):
        params, indices = tf.placeholder(tf.float32, shapes[0]), tf.placeholder(tf.int32, shapes[1])
        return tf.batch_gather(params, indices), {
            params: np.arange(12).reshape(3, 4), indices: [[0, 1], [3, 3], [2, 0]]}
    assert_same(program)


def test_repeat():
    assert_same_values(lambda tf: [tf.repeat([1, 2, 3], 2), tf.repeat([[1, 2], [3, 4]], [1, 2], 0),
                                   tf.repeat(MATRIX, [2, 0, 1], axis=-1), tf.repeat(MATRIX, 2)])


def test_counts():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])
        return [tf.count_nonzero(x), tf.count_nonzero(x, 1), tf.count_nonzero(x, [0], True),
                tf.count_nonzero(x, axis=-1, dtype=tf.int32, name="mine", keep_dims=True),
                tf.count_nonzero([True, False]), tf.count_nonzero(["", "a", "b"]),
                tf.count_nonzero([0, 2, 0], reduction_indices=0)], {x: MATRIX}
    assert_same(program)


def test_bincount():
    """TensorFlow 2 has an operation of its own for it."""
    assert_same_values(lambda tf: [
        tf.bincount([1, 1, 3, 0]), tf.bincount([1, 2], minlength=5),
        tf.bincount([1, 4, 2], maxlength=3), tf.bincount([1, 1, 2], [0.5, 1.0, 2.0]),
        tf.bincount(tf.constant([], tf.int32)), tf.bincount([2], dtype=tf.float32)])


def test_variance_and_deviation():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])
        return [tf.math.reduce_variance(x), tf.math.reduce_std(x, 0),
                tf.math.reduce_variance(x, [1], True), tf.math.reduce_std(x, name="mine")], {
                    x: MATRIX}
    assert_same(program)
    assert_same_error(lambda tf: tf.math.reduce_variance([1, 2]), "integer")


def test_elementwise():
    def program(tf):
        x = tf.constant([0.0, 1.0, 2.0])
        return [tf.math.xdivy(x, [0.0, 2.0, 3.0]), tf.math.xlogy(x, [0.0, 2.0, 3.0]),
                tf.math.xlog1py(x, 3.0), tf.math.multiply_no_nan(x, [0.0, 2.0, 0.0]),
                tf.math.log_sigmoid(x), tf.log_sigmoid(x, name="mine"),
                tf.math.polyval([tf.constant(1.0), 2.0, 3.0], x), tf.polygamma([1.0], [2.0]),
                tf.bitwise.bitwise_and([6], [3]), tf.bitwise.bitwise_or([6], [3]),
                tf.bitwise.bitwise_xor([6], [3], name="xor"), tf.to_complex64(x),
                tf.to_complex128(x)]
    assert_same(program, rtol=1e-4)


def test_saturate_cast():
    assert_same_values(lambda tf: [
        tf.saturate_cast([300, -5, 7], tf.uint8), tf.saturate_cast([300.0, -500.0, 7.5], tf.int8),
        tf.saturate_cast(tf.constant([7, 8], tf.int8), tf.int32),
        tf.saturate_cast([1.5], tf.float64)])


def test_saturate_cast_differentiated():
    def program(tf):
        x = tf.placeholder(tf.float64, [3])
        return tf.gradients(tf.saturate_cast(x, tf.float32), x), {x: [1.0, 1e300, -1e300]}
    assert_same(program)


def test_sparse_to_dense():
    def program(tf):
        places, values = tf.placeholder(tf.int64, [None, 2]), tf.placeholder(tf.float32, [None])
        dense = tf.sparse_to_dense(places, [2, 3], values, default_value=-1.0)
        return [dense, tf.sparse_to_dense([2, 0], [3], 5, validate_indices=False, name="mine"),
                tf.sparse_to_dense(1, [3], "x", "y"), tf.gradients(dense, values)], {
                    places: [[0, 1], [1, 2]], values: [4.0, 5.0]}
    assert_same(program)
    for places in ([[1], [0]], [[0], [0]], [[3], [4]]):
        with tensorkeep.Graph().as_default(), tensorkeep.Session() as session:
            with pytest.raises(tensorkeep.errors.InvalidArgumentError, match="indices"):
                session.run(tensorkeep.sparse_to_dense(places, [3], 1))


def test_lbeta():
    assert_same(lambda tf: [tf.lbeta([[1.0, 2.0], [0.5, 3.0]]), tf.math.lbeta([2.0, 3.0, 4.0])])


def test_masks_along_an_axis():
    def program(tf):
        x, mask = tf.placeholder(tf.float32), tf.placeholder(tf.bool, [None, 2])
        known = tf.constant(np.arange(12).reshape(2, 3, 2))
        return [tf.boolean_mask(x, mask, axis=1), tf.boolean_mask(known, [True, False], axis=2),
                tf.boolean_mask(known, mask, axis=1, name="mine")], {
                    x: np.zeros([1, 3, 2]), mask: [[True, False], [True, True], [False, True]]}
    assert_same(program)
    assert_same_error(lambda tf: tf.boolean_mask(np.zeros([2, 3]), [True, False], axis=1),
                      "incompatible")


def test_parts_of_variables():
    def program(tf):
        v = tf.get_variable("v", initializer=np.zeros([2, 3], np.float32))
        r = tf.get_variable("r", initializer=np.zeros([2, 3], np.int32), use_resource=True)
        return [v[0].assign([1.0, 2.0, 3.0]), v[:, 1:2].assign(5.0, name="mine"),
                r[..., -1].assign([7, 8]), r[1:, tf.newaxis, ::2].assign([[[1, 2]]])]
    assert_same_graph(program)


def test_string_join():
    assert_same(lambda tf: [tf.string_join(["a", ["b", "c"]]),
                            tf.string_join([["a", "b"], ["c", "d"]], "-", name="mine")])


def test_histogram_bins():
    assert_same_values(lambda tf: [
        tf.histogram_fixed_width_bins([[-1.0, 0.0, 1.5], [2.0, 5.0, 15.0]], [0.0, 5.0], nbins=5),
        tf.histogram_fixed_width_bins([0.5], [0.0, 1.0])])


@pytest.mark.parametrize("name", ["segment_max", "segment_min", "segment_prod"])
def test_segments(name):
    assert_same(lambda tf: getattr(tf, name)(MATRIX, [0, 2]))


@pytest.mark.parametrize("name", ["max", "min", "prod", "mean", "sqrt_n"])
def test_unsorted_segments(name):
    def program(tf):
        x, ids = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [None])
        function = getattr(tf, "unsorted_segment_" + name)
        return [function(x, ids, 2), function(x, ids, 3, name="mine")], {x: MATRIX, ids: [1, 1]}
    assert_same(program)
    assert_same_values(lambda tf: getattr(tf, "unsorted_segment_" + name)(
        [[1.0, 2.0], [3.0, 4.0]], [[1, 1], [0, 1]], 2))


def test_numerics():
    def program(tf):
        x = tf.placeholder(tf.float32, [2])
        y = tf.verify_tensor_all_finite(x, "bad", name="mine")
        z = tf.check_numerics(y, "worse") + tf.debugging.check_numerics(x, message="no")
        check = tf.add_check_numerics_ops()
        return [y, z, check], {x: [1.0, 2.0]}
    assert_same(program)
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as session:
        with pytest.raises(tensorkeep.errors.InvalidArgumentError, match="bad"):
            session.run(tensorkeep.verify_tensor_all_finite([1.0, np.nan], "bad"))
