"""Sparse tensors beside TensorFlow's: graphs, values and errors."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, assert_same_graph, assert_same_values,
                          error_of, tensorflow, tensorkeep as tk)

PLACES = [[0, 1], [1, 0], [1, 2], [3, 1]]
VALUES = [1.5, -2.0, 3.0, 0.5]
SHAPE = [4, 3]


def sparse(tf, values=None, places=None, shape=None):
    return tf.SparseTensor(places or PLACES, values or VALUES, shape or SHAPE)


def of_placeholders(tf, dtype="float32", shape=(None, None)):
    """A SparseTensor of which nothing is known but the rank, and what feeds it."""
    made = tf.sparse_placeholder(dtype, shape)
    return made, {made: tf.SparseTensorValue(PLACES, np.array(VALUES, dtype), SHAPE)}


def parts(each):
    return [each.indices, each.values, each.dense_shape]


def shapes(*tensors):
    return [each.shape.as_list() if each.shape.ndims is not None else None for each in tensors]


def test_making():
    def program(tf):
        x = sparse(tf)
        assert x.shape.as_list() == SHAPE and x.dtype == tf.float32 and x.op.type == "Const"
        assert x.graph is tf.get_default_graph()
        y = tf.SparseTensor.from_value(tf.SparseTensorValue(PLACES, VALUES, SHAPE))
        z = tf.convert_to_tensor_or_sparse_tensor(tf.SparseTensorValue(PLACES, VALUES, SHAPE))
        same = tf.convert_to_tensor_or_sparse_tensor(x)
        assert same is x
        other = x.with_values([1, 2, 3, 4])
        dense = tf.convert_to_tensor_or_sparse_tensor([1.0], name="dense")
        return [parts(each) for each in (x, y, z, other, tf.identity(x))] + [dense]
    assert_same(program)


def test_shape_and_type():
    def program(tf):
        x, feeds = of_placeholders(tf)
        casts = [tf.cast(x, tf.int32), tf.cast(x, tf.float32), tf.cast(sparse(tf), tf.int64, name="c")]
        made = [tf.shape(x), tf.shape(x, out_type=tf.int64, name="s"), tf.size(x), tf.rank(x),
                tf.size(x, name="n"), tf.rank(x, name="r")]
        return made + [part for each in casts for part in parts(each)], feeds
    assert_same(program)


def test_branches_and_loops():
    def program(tf):
        x = sparse(tf)
        condition = tf.placeholder(tf.bool, [])
        chosen = tf.cond(condition, lambda: x, lambda: tf.sparse_reorder(x * 2.0))
        last = tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, y * 2.0), (0, x))[1]
        return parts(chosen) + [last.values], [{condition: True}, {condition: False}]
    assert_same_values(program)


def test_placeholders():
    def program(tf):
        a = tf.sparse_placeholder(tf.float32)
        b = tf.sparse_placeholder(tf.int64, [None, 3], name="b")
        c = tf.sparse_placeholder(tf.string, [4, 3], name="c")
        d = tf.sparse_placeholder(tf.string, tf.constant([4, 3], tf.int64), name="d")
        seen = [each.shape.as_list() if each.shape.ndims is not None else None
                for each in (a, b, c, d)]
        assert seen == [None, [None, 3], [4, 3], [4, 3]]
        return [parts(each) for each in (a, b, c, d)]
    assert_same_graph(program)


@pytest.mark.parametrize("feed", [
    lambda tf, x: {x: tf.SparseTensorValue(PLACES, VALUES, SHAPE)},
    lambda tf, x: {x: (PLACES, VALUES, SHAPE)},
    lambda tf, x: {x: [np.array(PLACES), np.array(VALUES, np.float32), np.array(SHAPE)]},
    lambda tf, x: {x.indices: PLACES, x.values: VALUES, x.dense_shape: SHAPE}])
def test_feeding_and_fetching(feed):
    def run(tf):
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.sparse_placeholder(tf.float32, [None, 3])
            doubled = tf.SparseTensor(x.indices, x.values * 2, x.dense_shape)
            made = session.run({"it": doubled, "list": [x, doubled.values]}, feed(tf, x))
            alone = doubled.eval(feed(tf, x))
            assert type(made["it"]) is tf.SparseTensorValue is type(alone)
            return [*made["it"], *made["list"][0], made["list"][1], *alone]
    for want, got in zip(run(tensorflow), run(tk)):
        assert np.asarray(got).dtype == np.asarray(want).dtype
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("program", [
    lambda tf: tf.SparseTensor([0, 1], [1.0], [3]),
    lambda tf: tf.SparseTensor([[0]], [[1.0]], [3]),
    lambda tf: tf.SparseTensor([[0]], [1.0], [[3]]),
    lambda tf: tf.SparseTensor([[0]], [1.0, 2.0], [3]),
    lambda tf: tf.SparseTensor([[0, 1]], [1.0], [3]),
    lambda tf: sparse(tf).set_shape([5, 3]),
    lambda tf: tf.SparseTensor.from_value([1]),
    lambda tf: tf.convert_to_tensor_or_sparse_tensor(sparse(tf), tf.int32),
    lambda tf: tf.convert_to_tensor(sparse(tf)),
    lambda tf: tf.sparse_tensor_to_dense([1.0]),
    lambda tf: tf.sparse_reorder(tf.constant(1.0)),
    lambda tf: tf.sparse_add(tf.constant(1.0), tf.constant(1.0)),
    lambda tf: tf.sparse_add(sparse(tf), sparse(tf, shape=[5, 3])),
    lambda tf: tf.sparse_concat(0, sparse(tf)),
    lambda tf: tf.sparse_concat(0, [sparse(tf), tf.constant(1.0)]),
    lambda tf: tf.sparse_concat(0, [sparse(tf)] * 2, concat_dim=0),
    lambda tf: tf.sparse_split(sparse(tf), 2, 0),
    lambda tf: tf.sparse_split(sp_input=sparse(tf), num_split=2),
    lambda tf: tf.sparse_retain(sparse(tf), [True]),
    lambda tf: tf.sparse_retain(sparse(tf), True),
    lambda tf: tf.sparse_reshape(sparse(tf), [-1, -1]),
    lambda tf: tf.sparse_reshape(sparse(tf), [5, 3]),
    lambda tf: tf.sparse_reset_shape(sparse(tf), [2, 3]),
    lambda tf: tf.sparse_reset_shape(sparse(tf), [4, 3, 1]),
    lambda tf: tf.sparse_merge(1.0, sparse(tf), 4),
    lambda tf: tf.sparse_merge(sparse(tf), sparse(tf), "4"),
    lambda tf: tf.sparse_merge([sparse(tf)], sparse(tf), [4, 5]),
    lambda tf: tf.sparse_tensor_dense_matmul(sparse(tf), [[1.0]]),
    lambda tf: tf.sparse_reduce_sum(sparse(tf), 0, reduction_axes=1),
    lambda tf: tf.sparse_fill_empty_rows(sparse(tf), "a"),
    lambda tf: tf.nn.embedding_lookup_sparse([[1.0]], tf.constant([1]), None),
    lambda tf: tf.nn.embedding_lookup_sparse([[1.0]], sparse(tf, [1, 2, 3, 4]), 1.0),
    lambda tf: tf.nn.embedding_lookup_sparse([[1.0]], sparse(tf, [1, 2, 3, 4]), None,
                                             combiner="max"),
    lambda tf: tf.nn.safe_embedding_lookup_sparse(None, sparse(tf, [1, 2, 3, 4])),
    lambda tf: tf.nn.safe_embedding_lookup_sparse([], sparse(tf, [1, 2, 3, 4])),
])
def test_errors(program):
    assert_same_error(program)


OPERATIONS = {
    "to_dense": lambda tf, x: tf.sparse_tensor_to_dense(x),
    "to_dense default": lambda tf, x: tf.sparse.to_dense(x, -1.0, False, name="mine"),
    "reorder": lambda tf, x: tf.sparse_reorder(x, name="mine"),
    "retain": lambda tf, x: tf.sparse_retain(x, [True, False, True, False]),
    "slice": lambda tf, x: tf.sparse_slice(x, [1, 0], [2, 5], name="mine"),
    "reshape": lambda tf, x: tf.sparse_reshape(x, [2, -1]),
    "reshape named": lambda tf, x: tf.sparse_reshape(x, [2, 6], name="mine"),
    "transpose": lambda tf, x: tf.sparse_transpose(x),
    "transpose perm": lambda tf, x: tf.sparse.transpose(x, [1, 0], name="mine"),
    "expand": lambda tf, x: [tf.sparse.expand_dims(x), tf.sparse.expand_dims(x, 0)],
    "concat": lambda tf, x: [tf.sparse_concat(0, [x, x]), tf.sparse_concat(-1, [x, x], name="c"),
                             tf.sparse_concat(0, [x])],
    "split": lambda tf, x: tf.sparse_split(sp_input=x, num_split=3, axis=0),
    "fill": lambda tf, x: tf.sparse_fill_empty_rows(x, 9.0),
    "add": lambda tf, x: [tf.sparse_add(x, x), tf.sparse_add(x, x, 3.5)],
    "add dense": lambda tf, x: [tf.sparse_add(x, tf.ones([4, 3])),
                                tf.sparse_add(tf.ones([4, 3]), x)],
    "sum": lambda tf, x: [tf.sparse_reduce_sum(x), tf.sparse_reduce_sum(x, 1),
                          tf.sparse_reduce_sum(x, [0], keepdims=True),
                          tf.sparse.reduce_sum(x, reduction_axes=-1, keep_dims=True)],
    "sum sparse": lambda tf, x: [tf.sparse_reduce_sum_sparse(x, 1),
                                 tf.sparse_reduce_sum_sparse(x, [0, 1], keepdims=True)],
    "max": lambda tf, x: [tf.sparse_reduce_max(x), tf.sparse_reduce_max(x, 0)],
    "max sparse": lambda tf, x: tf.sparse.reduce_max_sparse(x, 1),
    "softmax": lambda tf, x: tf.sparse_softmax(x),
    "maximum": lambda tf, x: [tf.sparse_maximum(x, tf.sparse_reorder(x)),
                              tf.sparse_minimum(x, sparse(tf, [5.0], [[0, 0]]))],
    "multiply": lambda tf, x: [x * 2.0, x / [[1.0, 2.0, 4.0]], x * [[1.0], [2.0], [3.0], [4.0]]],
    "matmul": lambda tf, x: [
        tf.sparse_tensor_dense_matmul(x, np.ones([3, 2], np.float32)),
        tf.sparse_tensor_dense_matmul(x, tf.ones([4, 2]), adjoint_a=True),
        tf.sparse.matmul(x, tf.ones([2, 3]), adjoint_b=True, name="mine"),
        tf.sparse.sparse_dense_matmul(tf.ones([2, 4]), x)],
    "reset": lambda tf, x: [tf.sparse_reset_shape(x), tf.sparse_reset_shape(x, [5, 6])],
}


def flat(tf, value):
    if isinstance(value, (list, tuple)):
        return [each for item in value for each in flat(tf, item)]
    return parts(value) if isinstance(value, tf.SparseTensor) else [value]


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("known", [True, False])
def test_operations(name, known):
    static = {}

    def program(tf):
        x, feeds = (sparse(tf), {}) if known else of_placeholders(tf)
        made = flat(tf, OPERATIONS[name](tf, x))
        static[tf] = shapes(*made)
        return made, feeds
    assert_same(program)
    assert static[tk] == static[tensorflow]


@pytest.mark.parametrize("name", [
    "to_dense", "reorder", "slice", "add", "add dense", "sum", "softmax", "matmul",
    "fill", "reshape"])
@pytest.mark.parametrize("known", [True, False])
def test_gradients(name, known):
    def program(tf):
        values = tf.placeholder_with_default(VALUES, [4] if known else None)
        shape = SHAPE if known else tf.placeholder(tf.int64, [2])
        x = tf.SparseTensor(PLACES, values, shape)
        made = flat(tf, OPERATIONS[name](tf, x))
        made = [tf.exp(each / 3) for each in made if each.dtype == tf.float32]
        return tf.gradients(made, values), {} if known else {shape: SHAPE}
    assert_same(program)


@pytest.mark.parametrize("adjoint_a", [False, True])
@pytest.mark.parametrize("adjoint_b", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_gradients_of_products(adjoint_a, adjoint_b, dtype):
    def program(tf):
        values = tf.constant(np.array(VALUES) * (1 + 0.5j if dtype == "complex64" else 1), dtype)
        b = np.arange(8).reshape([4, 2]) if adjoint_a else np.arange(6).reshape([3, 2])
        b = tf.constant(b.T if adjoint_b else b, dtype)
        product = tf.sparse_tensor_dense_matmul(tf.SparseTensor(PLACES, values, SHAPE), b,
                                                adjoint_a, adjoint_b)
        return tf.gradients(tf.real(product * product), [values, b])
    if dtype == "complex64":  # there it is Transpose and Conj here, one node in TensorFlow
        assert_same_values(program)
    else:
        assert_same(program)


def test_gradients_of_dense_factors():
    def program(tf):
        x = sparse(tf)
        dense = tf.constant([[1.0, 2.0, 4.0]])
        return [tf.gradients((x * dense).values, dense), tf.gradients((x / dense).values, dense)]
    assert_same(program)


@pytest.mark.parametrize("dtype", ["int32", "int64", "float64", "string"])
def test_types(dtype):
    def program(tf):
        values = np.array(["b", "a", "", "c"] if dtype == "string" else [1, 2, 3, 4], dtype
                          if dtype != "string" else object)
        x = tf.SparseTensor([[1, 0], [0, 2], [0, 0], [3, 1]], values, SHAPE)
        made = [tf.sparse_reorder(x), tf.sparse_slice(x, [0, 0], [2, 2]),
                tf.sparse_concat(1, [x, x]), tf.sparse_split(sp_input=x, num_split=2, axis=1),
                tf.sparse_fill_empty_rows(x, values[0])]
        if dtype != "string":
            made += [tf.sparse_reduce_sum(x, 1), tf.sparse_add(x, x), x * tf.constant(2, dtype)]
            made += [x / tf.constant(2, dtype)]
        return flat(tf, made)
    assert_same(program)


def test_made_of_dense():
    def program(tf):
        x = tf.placeholder(tf.float32, [None, 3])
        made = [tf.sparse.from_dense(x), tf.sparse.from_dense([["a", ""]]),
                tf.sparse.eye(3), tf.sparse.eye(2, 3, tf.int32, name="mine")]
        return flat(tf, made), {x: [[0, 1, 0], [2, 0, 3]]}
    assert_same(program)


def test_ids():
    def program(tf):
        ids = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [3, 1, 2], [3, 2])
        values = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 1.5, 2.5], [3, 2])
        made = [tf.sparse_to_indicator(ids, 5), tf.sparse_merge(ids, values, 5),
                tf.sparse_merge([ids, ids], values, [5, tf.constant(6)], name="mine"),
                tf.sparse_merge(ids, values, 5, already_sorted=True)]
        return flat(tf, made)
    assert_same(program)


def test_concat_of_different_shapes():
    def program(tf):
        x, y = sparse(tf), sparse(tf, [7.0], [[0, 0]], [2, 5])
        made = tf.sparse_concat(0, [x, y], expand_nonconcat_dim=True)
        fed, feeds = of_placeholders(tf)
        other = tf.sparse_concat(1, [x, fed], expand_nonconcat_dim=True)
        return flat(tf, [made, other]), feeds
    assert_same(program)


def test_mask():
    def program(tf):
        slices = tf.IndexedSlices(tf.constant([[1.0], [2.0], [3.0]]), tf.constant([4, 7, 9]),
                                  tf.constant([10, 1]))
        made = tf.sparse_mask(slices, [7, 1])
        return [made.values, made.indices, made.dense_shape]
    assert_same(program)


HOSTILE = {
    "beyond": ([[0, 1], [5, 0]], [1.0, 2.0], [3, 2]),
    "negative": ([[0, 1], [-1, 0]], [1.0, 2.0], [3, 2]),
    "flat places": ([0, 1], [1.0, 2.0], [3, 2]),
    "deep values": ([[0, 1], [1, 0]], [[1.0, 2.0]], [3, 2]),
    "deep shape": ([[0, 1], [1, 0]], [1.0, 2.0], [[3, 2]]),
    "few values": ([[0, 1], [1, 0]], [1.0], [3, 2]),
    "rank": ([[0, 1], [1, 0]], [1.0, 2.0], [3, 2, 1]),
    "negative shape": ([[0, 1], [1, 0]], [1.0, 2.0], [3, -2]),
    "overflow": ([[0, 1], [1, 0]], [1.0, 2.0], [2 ** 40, 2 ** 40]),
    "huge": ([[0, 1], [1, 0]], [1.0, 2.0], [2 ** 50, 2]),
}
KERNELS = {
    "SparseReorder": ("input_indices input_values input_shape", {}),
    "SparseTensorDenseMatMul": ("a_indices a_values a_shape", {"b": np.ones([2, 2], np.float32)}),
    "SparseTensorDenseAdd": ("a_indices a_values a_shape", {"b": np.ones([3, 2], np.float32)}),
    "SparseReduceSum": ("input_indices input_values input_shape", {"reduction_axes": [1]}),
    "SparseReduceMax": ("input_indices input_values input_shape", {"reduction_axes": [0]}),
    "SparseReduceSumSparse": ("input_indices input_values input_shape", {"reduction_axes": [1]}),
    "SparseReshape": ("input_indices - input_shape", {"new_shape": np.array([-1, 1])}),
    "SparseSlice": ("indices values shape", {"start": np.array([0, 0]), "size": np.array([9, 9])}),
    "SparseFillEmptyRows": ("indices values dense_shape", {"default_value": np.float32(9)}),
    "SparseSoftmax": ("sp_indices sp_values sp_shape", {}),
    "SparseSplit": ("indices values shape", {"split_dim": np.int64(0), "num_split": 2}),
    "SparseDenseCwiseMul": ("sp_indices sp_values sp_shape", {"dense": np.float32(2)}),
    "SparseToDense": ("sparse_indices sparse_values output_shape",
                      {"default_value": np.float32(0)}),
}


def outcome(tf, kernel, case):
    """What becomes of a hostile input: the class of the error, or None."""
    with tf.Graph().as_default(), tf.Session() as session:
        names, others = KERNELS[kernel]
        values = [np.array(each, dtype) for each, dtype in
                  zip(HOSTILE[case], ("int64", "float32", "int64"))]
        fed = {name: tf.placeholder_with_default(value, None)
               for name, value in zip(names.split(), values) if name != "-"}
        made = getattr(tf.raw_ops, kernel)(**fed, **others)
        fetches = list(made) if isinstance(made, tuple) else made
        try:
            session.run(fetches)
        except tf.errors.OpError as error:
            return type(error).__name__
        return None


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_inputs(kernel, case):
    got = outcome(tk, kernel, case)
    if case == "huge":  # TensorFlow would take the memory, or die
        large = kernel in ("SparseTensorDenseMatMul", "SparseReduceSum", "SparseFillEmptyRows",
                           "SparseToDense")
        assert got == "ResourceExhaustedError" if large else got in (None, "InvalidArgumentError")
        return
    want = outcome(tensorflow, kernel, case)
    # Places that are not there are errors here where sums and largest elements are taken, and when
    # reordered by a negative size, which TensorFlow sometimes takes.
    is_stricter = want == "InternalError" or want is None and (
        kernel == "SparseReduceMax" or (kernel, case) == ("SparseReorder", "negative shape"))
    assert got == ("InvalidArgumentError" if is_stricter else want)


SEGMENTS = ("sum", "mean", "sqrt_n")


@pytest.mark.parametrize("kind", SEGMENTS)
@pytest.mark.parametrize("sparse_gradient", [False, True])
def test_segments(kind, sparse_gradient):
    def program(tf):
        function = getattr(tf, f"sparse_segment_{kind}")
        data = tf.constant(np.arange(12.0).reshape([4, 3]))
        indices, ids = tf.constant([0, 3, 3, 1]), tf.constant([0, 0, 2, 2])
        made = [function(data, indices, ids, sparse_gradient=sparse_gradient),
                function(data, indices, ids, num_segments=5, name="mine",
                         sparse_gradient=sparse_gradient),
                function(tf.cast(data, tf.float16), indices, tf.cast(ids, tf.int64))]
        grads = tf.gradients(made, data)[0]
        parts = [grads] if isinstance(grads, tf.Tensor) else [grads.values, grads.indices]
        fed = tf.placeholder(tf.float32, None)
        unknown = function(fed, indices, ids)
        known = function(tf.placeholder(tf.float32, [None, 2]), indices, ids, num_segments=5)
        assert unknown.shape.ndims is None and known.shape.as_list() == [5, 2]
        return made + parts
    assert_same(program)


@pytest.mark.parametrize("indices, ids, segments", [
    ([0, 4], [0, 1], None), ([0, -1], [0, 1], None), ([0, 1], [0], None), ([0, 1], [1, 0], None),
    ([0, 1], [-1, 0], None), ([0, 1], [0, 5], 3), ([0, 1], [0, 1], -1),
    ([[0]], [[0]], None), ([0, 1], [0, 2 ** 62], None)])
def test_wrong_segments(indices, ids, segments):
    def run(tf):
        with tf.Graph().as_default(), tf.Session() as session:
            def fed(x):
                return tf.placeholder_with_default(np.array(x), None)
            made = tf.sparse_segment_sum(
                tf.ones([4, 2]), fed(indices), fed(ids),
                num_segments=None if segments is None else fed(np.int32(segments)))
            session.run(made)
    got = error_of(lambda: run(tk))[0]
    if max(np.ravel(ids)) > 2 ** 40:
        assert got in ("ResourceExhaustedError", "InvalidArgumentError")
    else:
        assert got == error_of(lambda: run(tensorflow))[0] == "InvalidArgumentError"
