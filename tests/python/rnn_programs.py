"""Programs over tf.nn.rnn_cell and the loops that use it: each returns (fetches, feeds)."""

import numpy as np

PROGRAMS = {}
SEQUENCES = np.random.RandomState(6).rand(2, 5, 3).astype(np.float32)


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def sequences(tf, shape=(None, 5, 3)):
    x = tf.placeholder(tf.float32, shape, name="x")
    return x, {x: SEQUENCES}


def training_of(tf, loss):
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss)


@program
def dynamic_lstm(tf):
    x, feeds = sequences(tf)
    cell = tf.nn.rnn_cell.BasicLSTMCell(4, forget_bias=0.5)
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    assert outputs.shape.as_list() == [None, 5, 4]
    assert [v.op.name for v in tf.trainable_variables()] == [
        "rnn/basic_lstm_cell/kernel", "rnn/basic_lstm_cell/bias"]
    return [outputs, state.c, state.h], feeds


@program
def dynamic_gru_of_lengths(tf):
    x, feeds = sequences(tf, (None, None, 3))
    lengths = tf.placeholder(tf.int32, [None])
    outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), x, lengths, dtype=tf.float32,
                                       scope="mine")
    return [outputs, state], {**feeds, lengths: [3, 5]}


@program
def dynamic_training(tf):
    x, feeds = sequences(tf)
    cell = tf.nn.rnn_cell.BasicRNNCell(4, activation=tf.nn.relu)
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    logits = tf.layers.dense(outputs[:, -1], 2)
    loss = tf.reduce_mean(tf.square(logits))
    return [loss, tf.gradients(loss, tf.trainable_variables())], feeds


@program
def time_major(tf):
    x, feeds = sequences(tf, (2, 5, 3))
    cell = tf.nn.rnn_cell.LSTMCell(4, use_peepholes=True, cell_clip=0.3, num_proj=2, proj_clip=0.2)
    state = cell.zero_state(5, tf.float32)
    outputs, state = tf.nn.dynamic_rnn(cell, x, initial_state=state, time_major=True,
                                       parallel_iterations=1)
    return [outputs, list(state)], feeds


@program
def static(tf):
    x, feeds = sequences(tf, (2, 5, 3))
    cell = tf.nn.rnn_cell.LSTMCell(4, initializer=tf.zeros_initializer(), name="named")
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
    loss = tf.reduce_sum(outputs[-1])
    return [outputs, list(state), training_of(tf, loss)], feeds


@program
def static_of_lengths(tf):
    x, feeds = sequences(tf)
    cell = tf.nn.rnn_cell.BasicLSTMCell(4, state_is_tuple=False)
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, 5, axis=1), dtype=tf.float32,
                                      sequence_length=[2, 4])
    return [outputs, state], feeds


@program
def several_cells(tf):
    x, feeds = sequences(tf)
    cells = [tf.nn.rnn_cell.BasicLSTMCell(n) for n in (3, 4)]
    cell = tf.nn.rnn_cell.MultiRNNCell(cells)
    outputs, state = tf.nn.dynamic_rnn(cell, x, initial_state=cell.zero_state(2, tf.float32))
    assert len(cell.trainable_variables) == 4 and cell.output_size == 4
    return [outputs, [list(each) for each in state]], feeds


@program
def several_cells_in_one_state(tf):
    x, feeds = sequences(tf, (2, 5, 3))
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(n) for n in (3, 4)],
                                       state_is_tuple=False)
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
    return [outputs, state], feeds


@program
def wrappers(tf):
    x, feeds = sequences(tf)
    keep = tf.placeholder_with_default(0.5, [])
    cell = tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.BasicLSTMCell(3), keep, 0.7, 0.8, seed=3)
    residual = tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(3))
    steps = tf.unstack(x, 5, axis=1)
    outputs, state = tf.nn.static_rnn(cell, steps, dtype=tf.float32)
    others, _ = tf.nn.static_rnn(residual, steps, dtype=tf.float32, scope="residual")
    return [outputs, list(state), others], feeds


@program
def both_ways(tf):
    x, feeds = sequences(tf)
    cells = [tf.nn.rnn_cell.GRUCell(2) for _ in range(2)]
    outputs, states = tf.nn.bidirectional_dynamic_rnn(*cells, x, dtype=tf.float32)
    cells = [tf.nn.rnn_cell.BasicRNNCell(2) for _ in range(2)]
    static, *more = tf.nn.static_bidirectional_rnn(*cells, tf.unstack(x, 5, axis=1),
                                                   dtype=tf.float32, scope="static")
    return [outputs, states, static, more], feeds


@program
def both_ways_of_lengths(tf):
    x, feeds = sequences(tf)
    lengths = tf.placeholder(tf.int64, [None])
    cells = [tf.nn.rnn_cell.BasicRNNCell(2) for _ in range(2)]
    outputs, states = tf.nn.bidirectional_dynamic_rnn(*cells, x, lengths, dtype=tf.float32)
    static, *more = tf.nn.static_bidirectional_rnn(
        *cells, tf.unstack(x[:, :2], 2, axis=1), dtype=tf.float32, sequence_length=lengths - 3)
    return [outputs, states, static, more], {**feeds, lengths: [5, 4]}


@program
def one_step(tf):
    x = tf.placeholder(tf.float32, [2, 3])
    cell = tf.nn.rnn_cell.BasicLSTMCell(4, activation="relu")
    state = cell.zero_state(2, tf.float32)
    first, state = cell(x, state)
    second, state = cell(x, state)
    assert len(tf.global_variables()) == 2
    assert cell.state_size == tf.nn.rnn_cell.LSTMStateTuple(4, 4)
    with tf.variable_scope("again"):
        other, _ = cell(x, state)
    return [first, second, list(state), other], {x: SEQUENCES[:, 0]}
