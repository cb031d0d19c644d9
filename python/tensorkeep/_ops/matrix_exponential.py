"""The exponential of matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorkeep as tf

__all__ = ["matrix_exponential"]

# Up to which 1-norm an approximation of which order is as good as the type (Higham, "The scaling
# and squaring method for the matrix exponential revisited", 2005); beyond the last, matrices are
# halved first.
_BOUNDS_32 = {3: 4.258730016922831e-1, 5: 1.880152677804762, 7: 3.92572478313866}
_BOUNDS_64 = {3: 1.495585217958292e-2, 5: 2.53939833006323e-1, 7: 9.504178996162932e-1,
              9: 2.097847961257068, 13: 5.371920351148152}


def _sum(terms: list[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _coefficients(order: int, dtype: Any) -> list[Any]:
    """Those of Pade's polynomials, but for the highest, which is 1."""
    return [tf.constant(float(math.factorial(2 * order - i)
                              // (math.factorial(order - i) * math.factorial(i))), dtype)
            for i in range(order)]


def _approximation(matrix: Any, order: int) -> tuple[Any, Any]:
    """u and v of Pade's approximation: the exponential is (v + u) / (v - u)."""
    b = _coefficients(order, matrix.dtype)
    identity = tf.eye(tf.shape(matrix)[-2], batch_shape=tf.shape(matrix)[:-2], dtype=matrix.dtype)
    powers = {2: tf.matmul(matrix, matrix)}
    powers[4] = tf.matmul(powers[2], powers[2]) if order > 3 else None
    for exponent in range(6, 7 if order == 13 else order, 2):
        powers[exponent] = tf.matmul(powers[exponent - 2], powers[2])

    def low(highest: int, offset: int) -> list[Any]:
        """The terms from that of the given power down."""
        return [*(b[i + offset] * powers[i] for i in range(highest, 0, -2)), b[offset] * identity]

    if order < 13:
        inner = _sum([powers[order - 1], *low(order - 3, 1)])
        return tf.matmul(matrix, inner), _sum(low(order - 1, 0))
    high = _sum([powers[6], b[11] * powers[4], b[9] * powers[2]])
    u = tf.matmul(matrix, _sum([tf.matmul(powers[6], high), *low(6, 1)]))
    high = _sum([b[12] * powers[6], b[10] * powers[4], b[8] * powers[2]])
    return u, _sum([tf.matmul(powers[6], high), *low(6, 0)])


def _norms(matrix: Any) -> Any:
    """The 1-norms of matrices [k, n, n] as [k, 1, 1]."""
    sums = tf.reduce_sum(tf.abs(matrix), axis=tf.size(tf.shape(matrix)) - 2)
    return tf.reduce_max(sums, axis=-1)[..., tf.newaxis, tf.newaxis]


def matrix_exponential(input: Any, name: str | None = None) -> Any:
    """The exponentials of square matrices [..., n, n].

    Raises:
      ValueError: they are not of floating point or complex numbers.
    """
    with tf.name_scope(name, "matrix_exponential", [input]):
        matrix = tf.convert_to_tensor(input, name="input")
        if matrix.shape.ndims is not None and matrix.shape.as_list()[-2:] == [0, 0]:
            return matrix
        batch_shape: Any = matrix.shape[:-2]
        if not batch_shape.is_fully_defined():
            batch_shape = tf.shape(matrix)[:-2]
        matrix = tf.reshape(matrix, tf.concat(([-1], tf.shape(matrix)[-2:]), axis=0))
        norm = _norms(matrix)

        def const(x: float) -> Any:
            return tf.constant(x, norm.dtype)

        if matrix.dtype in (tf.float16, tf.float32, tf.complex64):
            bounds = _BOUNDS_32
        elif matrix.dtype in (tf.float64, tf.complex128):
            bounds = _BOUNDS_64
        else:
            raise ValueError(f"tf.linalg.expm does not support matrices of type {matrix.dtype}")
        largest = const(list(bounds.values())[-1])
        squarings = tf.maximum(tf.floor(tf.log(norm / largest) / tf.log(const(2.0))), 0)
        orders = list(bounds)
        parts = [_approximation(matrix, order) for order in orders[:-1]]
        halved = matrix / tf.cast(tf.pow(const(2.0), squarings), matrix.dtype)
        parts.append(_approximation(halved, orders[-1]))

        def chosen(orders: list[int], values: list[Any]) -> Any:
            condition = tf.less(norm, const(bounds[orders[0]]))
            rest = values[1] if len(values) == 2 else chosen(orders[1:], values[1:])
            return tf.where_v2(condition, values[0], rest)

        u = chosen(orders, [part[0] for part in parts])
        v = chosen(orders, [part[1] for part in parts])
        is_finite = tf.is_finite(tf.reduce_max(norm))
        nan = tf.constant(np.nan, matrix.dtype)
        result = tf.cond(is_finite, lambda: tf.matrix_solve(-u + v, u + v),
                         lambda: tf.fill(tf.shape(matrix), nan))
        most = tf.reduce_max(squarings)

        def more(i: Any, _: Any) -> Any:
            return tf.cond(is_finite, lambda: tf.less(i, most), lambda: tf.constant(False))

        def squared(i: Any, x: Any) -> Any:
            return i + 1, tf.where_v2(tf.less(i, squarings), tf.matmul(x, x), x)

        _, result = tf.while_loop(more, squared, [const(0.0), result])
        if not matrix.shape.is_fully_defined():
            sizes = tf.concat((batch_shape, tf.shape(result)[-2:]), axis=0)
            return tf.reshape(result, sizes)
        return tf.reshape(result, batch_shape.concatenate(result.shape[-2:]))
