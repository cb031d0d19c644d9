"""Proximal and dual averaging optimizers, noisy decay, warm starts and the basic loop, beside
TensorFlow's."""

import numpy as np
import pytest

from same_program import (assert_same, assert_same_graph, build, error_of, results, tensorflow,
                          tensorkeep)

OPTIMIZERS = {
    "plain": lambda tf, step: tf.train.ProximalGradientDescentOptimizer(0.1),
    "penalties": lambda tf, step: tf.train.ProximalGradientDescentOptimizer(
        tf.constant(0.1), l1_regularization_strength=0.5, l2_regularization_strength=0.2),
    "adagrad": lambda tf, step: tf.train.ProximalAdagradOptimizer(0.3),
    "adagrad_penalties": lambda tf, step: tf.train.ProximalAdagradOptimizer(
        0.3, 0.2, l1_regularization_strength=0.5, l2_regularization_strength=0.2, name="Mine"),
    "averaging": lambda tf, step: tf.train.AdagradDAOptimizer(0.3, step),
    "averaging_penalties": lambda tf, step: tf.train.AdagradDAOptimizer(
        0.3, step, 0.2, l1_regularization_strength=0.5, l2_regularization_strength=0.2),
}


@pytest.mark.parametrize("resource", [False, True], ids=["ref", "resource"])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_optimizers(make, resource):
    def program(tf):
        step = tf.train.get_or_create_global_step()
        v = tf.get_variable("v", initializer=[1.0, -2.0, 0.01], use_resource=resource)
        table = tf.get_variable("table", initializer=[[1.0, 0.1], [-2.0, -0.1], [3.0, 0.0]],
                                use_resource=resource)
        optimizer = make(tf, step)
        loss = tf.reduce_sum(v * v) + tf.reduce_sum(tf.gather(table, [0, 2, 0]) ** 2)
        train = optimizer.minimize(loss, global_step=step)
        slots = [optimizer.get_slot(x, name) for x in (v, table)
                 for name in optimizer.get_slot_names()]
        assert [x.name for x in optimizer.variables()] == sorted(x.name for x in slots)
        return [train, [v, table, *slots]]
    assert_same_graph(program)
    want, got = (trained(program, tf) for tf in (tensorflow, tensorkeep))
    for a, b in zip(want, got):
        np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)


def trained(program, tf):
    """What the program's variables are after four steps."""
    graph, (train, kept), _ = build(program, tf)
    with graph.as_default(), tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(4):
            sess.run(train)
        return sess.run(kept)


@pytest.mark.parametrize("make", [
    lambda tf: tf.train.ProximalAdagradOptimizer(0.1, 0.0),
    lambda tf: tf.train.AdagradDAOptimizer(0.1, 1, 0.0),
])
def test_errors_of_optimizers(make):
    want, got = (error_of(lambda: make(tf)) for tf in (tensorflow, tensorkeep))
    assert want == got


def test_noisy_linear_cosine_decay():
    def program(tf):
        step = tf.placeholder(tf.int64, [])
        return [tf.train.noisy_linear_cosine_decay(0.1, step, 10),
                tf.train.noisy_linear_cosine_decay(
                    tf.constant(0.1, tf.float32), step, 10, 0.5, 0.4, 2.0, 0.1, 0.2, name="mine")
                ], [{step: 0}, {step: 7}, {step: 20}]
    assert_same(program)


@pytest.fixture
def checkpoint(tmp_path):
    with tensorflow.Graph().as_default(), tensorflow.Session() as sess:
        tensorflow.get_variable("a", initializer=[1.0, 2.0], use_resource=False)
        tensorflow.get_variable("b", initializer=[3.0, 4.0], use_resource=False)
        tensorflow.get_variable("w", initializer=[[1.0], [2.0], [3.0]], use_resource=False)
        sess.run(tensorflow.global_variables_initializer())
        return tensorflow.train.Saver().save(sess, str(tmp_path / "model"))


def variables(tf):
    a = tf.get_variable("a", [2], initializer=tf.zeros_initializer())
    b = tf.get_variable("scope/b", [2], initializer=tf.zeros_initializer(), trainable=False)
    w = tf.get_variable("w", [3, 1], initializer=tf.zeros_initializer(),
                        partitioner=tf.fixed_size_partitioner(2))
    return a, b, w


@pytest.mark.parametrize("arguments", [
    lambda a, b: {}, lambda a, b: {"vars_to_warm_start": "^a"},
    lambda a, b: {"vars_to_warm_start": None}, lambda a, b: {"vars_to_warm_start": [a]},
    lambda a, b: {"vars_to_warm_start": ["a", "scope"],
                  "var_name_to_prev_var_name": {"scope/b": "b"}},
    lambda a, b: {"vars_to_warm_start": [a, b], "var_name_to_prev_var_name": {"scope/b": "a"}},
])
def test_warm_start(checkpoint, arguments):
    def program(tf):
        a, b, w = variables(tf)
        tf.train.warm_start(checkpoint, **arguments(a, b))
        return [a, b, list(w)]
    want, got = (results(*build(program, tf), tf)[0] for tf in (tensorflow, tensorkeep))
    for x, y in zip([*want[:2], *want[2]], [*got[:2], *got[2]]):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("arguments", [
    {"vars_to_warm_start": 3}, {"vars_to_warm_start": ["a", 3]},
    {"var_name_to_prev_var_name": {"q": "a"}}, {"vars_to_warm_start": ["scope"]},
])
def test_errors_of_warm_start(checkpoint, arguments):
    def run(tf):
        with tf.Graph().as_default():
            variables(tf)
            tf.train.warm_start(checkpoint, **arguments)
    want, got = (error_of(lambda: run(tf)) for tf in (tensorflow, tensorkeep))
    assert want[0] == got[0] and want[1][:20] == got[1][:20], (want, got)


def test_vocabularies_are_refused(checkpoint):
    with tensorkeep.Graph().as_default():
        variables(tensorkeep)
        with pytest.raises(NotImplementedError):
            tensorkeep.train.warm_start(checkpoint, var_name_to_vocab_info={"a": object()})


@pytest.mark.parametrize("tf", [tensorflow, tensorkeep])
def test_basic_train_loop(tf, tmp_path):
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        count = tf.assign_add(step, 1)
        supervisor = tf.train.Supervisor(logdir=str(tmp_path), summary_op=None)
        seen = []

        def train(sess, most, word=None):
            if not seen:
                seen.append("aborted")
                raise tf.errors.AbortedError(None, None, "once more")
            seen.append(int(sess.run(count)))
            if seen[-1] >= most:
                supervisor.request_stop()
        tf.train.basic_train_loop(supervisor, train, [3], {"word": "x"})
    assert seen == ["aborted", 1, 2, 3]
