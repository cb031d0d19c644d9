"""Discrete Fourier transforms beside TensorFlow's."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error

RANDOM = np.random.RandomState(8)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("shape", [(2, 4, 6), (3, 1, 7), (1, 30, 11), (2, 0, 3)])
@pytest.mark.parametrize("name", ["fft", "fft2d", "fft3d", "ifft", "ifft2d", "ifft3d"])
def test_transforms(name, shape, dtype):
    values = (RANDOM.rand(*shape) + 1j * RANDOM.rand(*shape)).astype(dtype)

    def program(tf):
        x = tf.placeholder(dtype, [None, None, None])
        assert getattr(tf, name) is getattr(tf.spectral, name)
        assert getattr(tf, name) is getattr(tf.signal, name)
        transformed = getattr(tf, name)(x)
        return [transformed, getattr(tf, name)(values, name="mine"),
                tf.gradients(tf.abs(transformed), x)], {x: values}
    assert_same(program, rtol=1e-3, atol=1e-4)


def test_the_inverse_leads_back():
    values = RANDOM.rand(3, 4, 5).astype(np.complex64)

    def program(tf):
        return [tf.ifft(tf.fft(values)), tf.ifft2d(tf.fft2d(values)), tf.ifft3d(tf.fft3d(values)),
                tf.fft([1.0, 2.0])]
    assert_same(program, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("program", [
    lambda tf: tf.fft(1j), lambda tf: tf.fft2d([1j]), lambda tf: tf.ifft3d([[1j]]),
    lambda tf: tf.fft(tf.constant([1.0]))])
def test_errors(program):
    assert_same_error(program)
