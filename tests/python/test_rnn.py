"""tf.nn.rnn_cell and the loops over steps: the committed graphs of TensorFlow, and its values."""

import pytest

from committed_graphs import path_of
from rnn_programs import PROGRAMS
from same_program import assert_committed_graph, assert_values_by_tensorflow
from same_program import tensorkeep as tk


@pytest.mark.parametrize("name", PROGRAMS)
def test_graphs(name):
    assert_committed_graph(PROGRAMS[name], path_of(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_values(name):
    assert_values_by_tensorflow(PROGRAMS[name])


def cell(units=2):
    return tk.nn.rnn_cell.GRUCell(units)


def steps(*sizes):
    return tk.placeholder(tk.float32, sizes)


@pytest.mark.parametrize("call, kind, text", [
    (lambda: tk.nn.dynamic_rnn(3, steps(1, 2, 3), dtype=tk.float32), TypeError,
     "The argument 'cell' (3) is not an RNNCell: 'output_size' property is missing"),
    (lambda: tk.nn.dynamic_rnn(cell(), steps(1, 2, 3)), ValueError,
     "If no initial_state is provided, argument `dtype` must be specified"),
    (lambda: tk.nn.dynamic_rnn(cell(), steps(1, 2, None), dtype=tk.float32), ValueError,
     "Input size (depth of inputs) must be accessible via shape inference"),
    (lambda: tk.nn.dynamic_rnn(cell(), steps(1, 2, 3), [[1]], dtype=tk.float32), ValueError,
     "sequence_length must be a vector of length batch_size"),
    (lambda: tk.nn.static_rnn(cell(), steps(1, 2), dtype=tk.float32), TypeError,
     "must be a sequence"),
    (lambda: tk.nn.static_rnn(cell(), [], dtype=tk.float32), ValueError, "must not be empty"),
    (lambda: tk.nn.static_rnn(cell(), [steps(1, None)], dtype=tk.float32), ValueError,
     "must be accessible via shape inference, but saw value None"),
    (lambda: tk.nn.rnn_cell.MultiRNNCell([]), ValueError, "at least one cell"),
    (lambda: tk.nn.rnn_cell.MultiRNNCell(cell()), TypeError, "cells must be a list or tuple"),
    (lambda: tk.nn.rnn_cell.DropoutWrapper(cell(), 1.5), ValueError, "must be between 0 and 1"),
    (lambda: tk.nn.rnn_cell.DropoutWrapper(cell(), variational_recurrent=True),
     tk.errors.UnimplementedError, "variational_recurrent"),
])
def test_errors(call, kind, text):
    with tk.Graph().as_default(), pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)


def test_lengths_for_another_number_of_sequences():
    with tk.Graph().as_default(), tk.Session() as session:
        lengths = tk.placeholder(tk.int32, [None])
        outputs, _ = tk.nn.dynamic_rnn(cell(), tk.ones([2, 3, 4]), lengths, dtype=tk.float32)
        session.run(tk.global_variables_initializer())
        with pytest.raises(tk.errors.InvalidArgumentError, match="Expected shape for Tensor"):
            session.run(outputs, {lengths: [1, 2, 3]})
