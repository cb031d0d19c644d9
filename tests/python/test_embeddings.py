"""Lookups of sparse ids beside TensorFlow's: graphs, values, gradients."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_graph, assert_same_values

PLACES = [[0, 0], [0, 1], [1, 0], [3, 0]]
TABLE = np.arange(12, dtype=np.float32).reshape([6, 2]) / 7


def sparse(tf, values):
    return tf.SparseTensor(PLACES, values, [4, 2])


def table_of(tf, kind):
    if kind == "tensor":
        return tf.constant(TABLE)
    if kind == "parts":
        return [tf.constant(TABLE[::2]), tf.constant(TABLE[1::2])]
    options = {"use_resource": kind == "resource"}
    if kind == "partitioned":
        options["partitioner"] = tf.fixed_size_partitioner(2)
        return tf.get_variable("table", [6, 2], initializer=tf.constant_initializer(0.5), **options)
    return tf.get_variable("table", initializer=tf.constant(TABLE), **options)


def gradients(tf, result, table):
    made = tf.gradients(result * result, table)
    return [part for each in made for part in
            ([each] if isinstance(each, tf.Tensor) else [each.values, each.indices])]


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn", None])
@pytest.mark.parametrize("weights", [None, [0.5, 2.0, 1.0, 3.0]])
@pytest.mark.parametrize("kind", ["tensor", "parts", "variable", "resource", "partitioned"])
def test_lookups(kind, weights, combiner):
    def program(tf, with_gradients):
        table = table_of(tf, kind)
        ids = sparse(tf, np.array([1, 3, 1, 5]))
        given = None if weights is None else sparse(tf, weights)
        result = tf.nn.embedding_lookup_sparse(table, ids, given, combiner=combiner)
        parts = list(table) if kind == "partitioned" else table
        return [result, *gradients(tf, result, parts)] if with_gradients else [result]
    assert_same_graph(lambda tf: program(tf, False))
    assert_same_values(lambda tf: program(tf, True))


@pytest.mark.parametrize("options", [
    {"max_norm": 0.5}, {"partition_strategy": "div", "name": "mine"}, {"allow_fast_lookup": True}])
def test_options(options):
    def program(tf):
        ids = sparse(tf, np.array([1, 3, 1, 5], np.int32))
        return [tf.nn.embedding_lookup_sparse(tf.constant(TABLE), ids, weights, **options)
                for weights in (None, sparse(tf, [0.5, 2.0, 1.0, 3.0]))]
    assert_same(program)


def test_unknown_shapes_and_narrow_types():
    def program(tf):
        ids = tf.sparse_placeholder(tf.int64)
        table = tf.constant(TABLE.astype(np.float16))
        numbers = tf.placeholder_with_default([1.0, 2.0, 3.0, 4.0], [None])
        weights = tf.SparseTensor(ids.indices, numbers, ids.dense_shape)
        made = [tf.nn.embedding_lookup_sparse(table, ids, each, combiner="sqrtn")
                for each in (None, weights)]
        return made, {ids: (PLACES, [1, 3, 1, 5], [4, 2])}
    assert_same_values(program, rtol=1e-2)


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn"])
@pytest.mark.parametrize("weights", [None, [0.5, -2.0, 1.0, 0.0]])
@pytest.mark.parametrize("default_id", [None, 2])
def test_safe_lookups(weights, combiner, default_id):
    def program(tf, with_gradients):
        table = tf.get_variable("table", initializer=tf.constant(TABLE))
        ids = sparse(tf, np.array([1, -3, 1, 5]))
        given = None if weights is None else sparse(tf, weights)
        result = tf.nn.safe_embedding_lookup_sparse(
            table, ids, given, combiner=combiner, default_id=default_id)
        return [result, *gradients(tf, result, table)] if with_gradients else [result]
    assert_same_graph(lambda tf: program(tf, False))
    assert_same_values(lambda tf: program(tf, True))


def test_safe_lookups_of_higher_rank():
    def program(tf):
        ids = tf.SparseTensor([[0, 0, 0], [0, 1, 1], [1, 1, 0]], np.array([1, 2, 3]), [2, 2, 2])
        fed = tf.sparse_placeholder(tf.int64)
        made = [tf.nn.safe_embedding_lookup_sparse([tf.constant(TABLE)], ids, name="mine"),
                tf.nn.safe_embedding_lookup_sparse(tf.constant(TABLE), fed)]
        return made, {fed: (PLACES, [1, 3, 1, 5], [4, 2])}
    assert_same(program)


def test_training():
    def program(tf):
        table = tf.get_variable("table", initializer=tf.constant(TABLE))
        ids = sparse(tf, np.array([1, 3, 1, 5]))
        loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup_sparse(table, ids, None)))
        return tf.train.AdamOptimizer(0.1).minimize(loss)
    assert_same_graph(program)
