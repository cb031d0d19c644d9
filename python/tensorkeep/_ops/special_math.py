"""Special functions, element by element, and what else is rarely asked of arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = [
    "bessel_i0", "bessel_i0e", "bessel_i1", "bessel_i1e", "betainc", "cross",
    "cumulative_logsumexp", "erfcinv", "erfinv", "igamma", "igammac", "ndtri", "nextafter",
    "reciprocal_no_nan", "reduce_euclidean_norm", "zeta",
]


def _named(op_type: str, x: Any, name: str | None, default_name: str) -> Any:
    with tf.name_scope(name, default_name, [x]):
        return raw.output(op_type, [x])


def erfinv(x: Any, name: str | None = None) -> Any:
    """Where erf has the value `x`, a floating tensor; NaN outside of [-1, 1]."""
    return _named("Erfinv", x, name, "erfinv")


def erfcinv(x: Any, name: str | None = None) -> Any:
    """Where erfc has the value `x`."""
    with tf.name_scope(name, "erfcinv", [x]):
        x = tf.convert_to_tensor(x, name="start")
        return -tf.math.ndtri(0.5 * x) * np.sqrt(0.5)


def ndtri(x: Any, name: str | None = None) -> Any:
    """Where the standard normal distribution reaches `x`; NaN outside of [0, 1]."""
    return _named("Ndtri", x, name, "ndtri")


def bessel_i0(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of the first kind of order 0."""
    return _named("BesselI0", x, name, "bessel_i0")


def bessel_i0e(x: Any, name: str | None = None) -> Any:
    """exp(-|x|) times the modified Bessel function of the first kind of order 0."""
    return _named("BesselI0e", x, name, "bessel_i0e")


def bessel_i1(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of the first kind of order 1."""
    return _named("BesselI1", x, name, "bessel_i1")


def bessel_i1e(x: Any, name: str | None = None) -> Any:
    """exp(-|x|) times the modified Bessel function of the first kind of order 1."""
    return _named("BesselI1e", x, name, "bessel_i1e")


def zeta(x: Any, q: Any, name: str | None = None) -> Any:
    """Hurwitz's zeta function: the sum of 1 / (q + n)^x over n = 0, 1, ... Its gradient is by `q`
    alone."""
    return raw.output("Zeta", [x, q], name)


def igamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The lower incomplete gamma function of `x`, divided by gamma(a): it grows from 0 to 1."""
    return raw.output("Igamma", [a, x], name)


def igammac(a: Any, x: Any, name: str | None = None) -> Any:
    """1 - igamma(a, x)."""
    return raw.output("Igammac", [a, x], name)


def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Any:
    """The incomplete beta function of `x` in [0, 1], divided by beta(a, b): it grows from 0 to 1.

    Each is a scalar or of the shape of the others. The gradient is by `x` alone.
    """
    return raw.output("Betainc", [a, b, x], name)


def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    """The number that follows `x1` towards `x2`: float32 or float64."""
    return raw.output("NextAfter", [x1, x2], name)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """1 / x, and 0 where x is 0."""
    with tf.name_scope(name, "reciprocal_no_nan", [x]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        one = tf.constant(1, dtype=x.dtype.base_dtype, name="one")
        return raw.output("DivNoNan", [one, x], scope)


def cross(a: Any, b: Any, name: str | None = None) -> Any:
    """The cross products of vectors: [..., 3] of both, and of the result. Raises ValueError for
    other shapes."""
    return raw.output("Cross", [a, b], name)


def cumulative_logsumexp(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False,
                         name: str | None = None) -> Any:
    """The logarithm of the running sum of exp(x).

    Args:
      x: a floating tensor.
      axis: along which dimension.
      exclusive: whether an element's own number is left out; of nothing it is minus infinity.
      reverse: whether it runs from the end.
      name: of the operation's scope.
    """
    with tf.name_scope(name, "CumulativeLogsumexp", [x]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        return raw.output("CumulativeLogsumexp", [x, axis], scope, exclusive=exclusive,
                          reverse=reverse)


def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False,
                          name: str | None = None) -> Any:
    """The root of the sum of squares.

    Args:
      input_tensor: a floating tensor.
      axis: the dimensions that are summed over; all.
      keepdims: whether they stay, of size 1.
      name: of the operation.
    """
    everything = axis is None
    if everything:
        rank = getattr(getattr(input_tensor, "shape", None), "rank", None)
        axis = (tf.constant(np.arange(rank, dtype=np.int32)) if rank
                else tf.range(0, tf.rank(input_tensor)))
    result = raw.output("EuclideanNorm", [input_tensor, axis], name, keep_dims=bool(keepdims))
    if everything and not keepdims and not result.shape.is_fully_defined():
        result.set_shape([])
    return result
