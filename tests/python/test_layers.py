"""tf.layers: the committed graphs of TensorFlow, and the values TensorFlow makes of our graphs."""

import importlib.util

import numpy as np
import pytest

import committed_graphs
from committed_graphs import path_of
from layer_programs import IMAGES, PROGRAMS, ROWS
from same_program import (assert_committed_graph, assert_values_by_tensorflow, build, error_of,
                          results, tensorflow)
from same_program import tensorkeep as tk

CHANNELS_FIRST = {"channels_first"}  # no kernels of TensorFlow's for CPUs


@pytest.mark.parametrize("name", PROGRAMS)
def test_graphs(name):
    assert_committed_graph(PROGRAMS[name], path_of(name))


@pytest.mark.skipif(importlib.util.find_spec("tf_keras") is None, reason="needs tf_keras")
def test_the_committed_graphs_are_those_of_tensorflow():
    import make_layer_graphs

    make_layer_graphs.restore_1_15()
    for name in committed_graphs.PROGRAMS:
        assert make_layer_graphs.golden_text(name) == path_of(name).read_text(), name


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - CHANNELS_FIRST))
def test_values(name):
    assert_values_by_tensorflow(PROGRAMS[name], 2e-2 if name == "half_precision" else 1e-4)


def test_channels_first():
    """Gives what channels last gives."""
    def program(tf):
        first, last = tf.constant(IMAGES.transpose(0, 3, 1, 2)), tf.constant(IMAGES)
        pairs = []
        for function, options in [
                (tf.layers.conv2d, {"filters": 2, "kernel_size": 2, "padding": "same"}),
                (tf.layers.conv2d, {"filters": 2, "kernel_size": 2, "dilation_rate": 2}),
                (tf.layers.conv2d_transpose, {"filters": 2, "kernel_size": 3, "strides": 2}),
                (tf.layers.max_pooling2d, {"pool_size": 2, "strides": 1}),
                (tf.layers.average_pooling2d, {"pool_size": 2, "strides": 2, "padding": "same"})]:
            name = f"pair{len(pairs)}"
            more = {"name": name} if "pool" in function.__name__ else {
                "name": name, "reuse": tf.AUTO_REUSE}
            pairs.append([function(last, **options, **more),
                          tf.transpose(function(first, data_format="channels_first", **options,
                                                **more), [0, 2, 3, 1])])
        return pairs
    for last, first in results(*build(program, tk), tk)[0]:
        np.testing.assert_allclose(first, last, rtol=1e-5, atol=1e-6)


def test_checkpoints_have_the_names_people_know(tmp_path):
    graph, _, _ = build(PROGRAMS["classifier"], tk)
    with graph.as_default(), tk.Session() as session:
        session.run(tk.global_variables_initializer())
        path = tk.train.Saver(tk.trainable_variables()).save(session, str(tmp_path / "model"))
    assert [name for name, _ in tk.train.list_variables(path)] == [
        "conv2d/bias", "conv2d/kernel", "conv2d_1/bias", "conv2d_1/kernel", "dense/bias",
        "dense/kernel", "dense_1/bias", "dense_1/kernel"]
    theirs = tensorflow.Graph()
    with theirs.as_default(), tensorflow.Session() as session:
        tensorflow.train.import_meta_graph(path + ".meta").restore(session, path)
        assert session.run("dense_1/kernel:0").shape == (16, 10)


def rows(sizes=(None, 3)):
    return tk.placeholder(tk.float32, sizes)


@pytest.mark.parametrize("call, kind, text", [
    (lambda: tk.layers.dense(rows([None]), 2), ValueError,
     "is incompatible with the layer: : expected min_ndim=2, found ndim=1"),
    (lambda: tk.layers.dense(rows([3, None]), 2), ValueError, "last dimension of the inputs"),
    (lambda: tk.layers.dense(tk.constant([[1]]), 2), TypeError, "non-floating point dtype"),
    (lambda: tk.layers.dense(rows(), 2, activation="none"), ValueError, "Unknown activation"),
    (lambda: tk.layers.dense(rows(), 2, kernel_initializer="none"), ValueError,
     "Unknown initializer"),
    (lambda: tk.layers.dense(rows(), 2, name="a", reuse=True), ValueError,
     "Variable a/kernel does not exist"),
    (lambda: [tk.layers.dense(rows(), 2, name="a") for _ in range(2)], ValueError,
     "Variable a/kernel already exists, disallowed."),
    (lambda: tk.layers.Dense(2, unknown=3), TypeError, "Keyword argument not understood"),
    (lambda: tk.layers.Dense(2).scope_name, ValueError, "has not been used yet"),
    (lambda: tk.layers.Dense(2).count_params(), ValueError, "isn't built"),
    (lambda: tk.layers.conv2d(rows(), 2, 3), ValueError, "expected ndim=4, found ndim=2"),
    (lambda: tk.layers.conv2d(rows([1, 2, 2, None]), 2, 3), ValueError, "channel dimension"),
    (lambda: tk.layers.conv2d(rows([1, 2, 2, 1]), 2, (1, 2, 3)), ValueError,
     "`kernel_size` argument must be a tuple of 2 integers"),
    (lambda: tk.layers.conv2d(rows([1, 2, 2, 1]), 2, 1, padding="causal"), ValueError,
     "`padding` argument must be"),
    (lambda: tk.layers.conv2d(rows([1, 2, 2, 1]), 2, 1, data_format="NHWC"), ValueError,
     "`data_format` argument must be"),
    (lambda: tk.layers.conv2d(rows([1, 9, 9, 1]), 2, 1, strides=2, dilation_rate=2), ValueError,
     "`strides > 1` not supported in conjunction"),
    (lambda: tk.layers.max_pooling2d(rows(), 2, 2), ValueError, "expected ndim=4"),
    (lambda: tk.layers.batch_normalization(rows([None, None])), ValueError, "undefined `axis`"),
    (lambda: tk.layers.batch_normalization(rows(), axis=2), ValueError, "Invalid axis"),
    (lambda: tk.layers.batch_normalization(rows(), training="yes"), TypeError, "`pred` must be"),
    (lambda: tk.layers.batch_normalization(rows(), renorm=True), tk.errors.UnimplementedError,
     "`renorm`"),
    (lambda: tk.layers.batch_normalization(rows(), virtual_batch_size=2),
     tk.errors.UnimplementedError, "`virtual_batch_size`"),
])
def test_errors(call, kind, text):
    with tk.Graph().as_default(), pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)


def test_inputs_of_another_shape_are_refused():
    with tk.Graph().as_default():
        layer = tk.layers.Dense(2)
        layer(ROWS)
        assert "expected axis -1 of input shape to have value 3" in error_of(
            lambda: layer(rows([None, 4])))[1]


def test_averages_move_towards_the_batch():
    with tk.Graph().as_default(), tk.Session() as session:
        x = tk.placeholder(tk.float32, [None, 2])
        y = tk.layers.batch_normalization(x, momentum=0.5, training=True)
        mean, variance = tk.global_variables()[2:]
        session.run(tk.global_variables_initializer())
        feed = {x: [[1.0, 2.0], [3.0, 6.0]]}
        session.run(tk.get_collection(tk.GraphKeys.UPDATE_OPS), feed)
        np.testing.assert_allclose(session.run(mean), [1.0, 2.0])
        np.testing.assert_allclose(session.run(variance), [1.0, 2.5])
        np.testing.assert_allclose(session.run(y, feed), [[-1, -1], [1, 1]], atol=1e-3)
