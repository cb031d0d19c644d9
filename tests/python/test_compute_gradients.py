"""compute_gradients of tensors and variables, beside TensorFlow's."""

import pytest

from same_program import assert_same, assert_same_error


def model(tf, use_resource=False):
    x = tf.placeholder_with_default([[1.0, 2.0, 3.0]], [None, 3], name="x")
    w = tf.Variable([[0.5], [1.0], [1.5]], name="w", use_resource=use_resource)
    hidden = tf.matmul(x, w, name="hidden")
    return x, w, hidden, tf.reduce_sum(tf.square(hidden), name="loss")


@pytest.mark.parametrize("gate", [0, 1, 2])
@pytest.mark.parametrize("use_resource", [False, True])
def test_of_tensors_and_variables(gate, use_resource):
    def program(tf):
        x, w, hidden, loss = model(tf, use_resource)
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        pairs = optimizer.compute_gradients(loss, [x, (w, [hidden])], gate_gradients=gate)
        assert [target for _, target in pairs] == [x, w, hidden]
        alone = optimizer.compute_gradients(loss, hidden, gate_gradients=gate)
        assert alone[0][1] is hidden
        optimizer.apply_gradients([pairs[1]])
        return [gradient for gradient, _ in pairs + alone]
    assert_same(program)


def test_of_what_the_loss_does_not_need():
    def program(tf):
        x, w, _, loss = model(tf)
        other = tf.constant([1, 2])
        pairs = tf.train.AdamOptimizer().compute_gradients(loss, [other, w, tf.identity(x)],
                                                           grad_loss=tf.constant(2.0))
        assert pairs[0][0] is None and pairs[2][0] is None and pairs[0][1] is other
        return pairs[1][0]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf, x, w, loss: tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[x]),
    lambda tf, x, w, loss: tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[w, x]),
    lambda tf, x, w, loss: tf.train.GradientDescentOptimizer(0.1).minimize(
        loss, var_list=[tf.constant(1.0)]),
    lambda tf, x, w, loss: tf.train.GradientDescentOptimizer(0.1).compute_gradients(
        tf.cast(loss, tf.int32), [x]),
    lambda tf, x, w, loss: tf.train.GradientDescentOptimizer(0.1).compute_gradients(loss, []),
    lambda tf, x, w, loss: tf.train.GradientDescentOptimizer(0.1).compute_gradients(
        tf.real(tf.complex(loss, loss)), [tf.complex(x, x), x], gate_gradients=3)])
def test_errors(program):
    def whole(tf):
        x, w, _, loss = model(tf)
        return program(tf, x, w, loss)
    assert_same_error(whole)
