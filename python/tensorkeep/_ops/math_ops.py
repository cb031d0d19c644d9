"""Arithmetic that is composed of other operations, or has no builder of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = [
    "bincount", "bitwise_and", "bitwise_or", "bitwise_xor", "count_nonzero",
    "histogram_fixed_width_bins", "lbeta", "left_shift", "log_sigmoid", "multiply_no_nan",
    "polygamma", "polyval", "reduce_std", "reduce_variance", "right_shift", "saturate_cast",
    "to_complex128", "to_complex64", "xdivy", "xlog1py", "xlogy",
]


def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where x is 0."""
    with tf.name_scope(name, "xdivy", [x]):
        return raw.output("Xdivy", [x, y])


def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """x * log(y), and 0 where x is 0."""
    return raw.output("Xlogy", [x, y], name)


def xlog1py(x: Any, y: Any, name: str | None = None) -> Any:
    """x * log(1 + y), and 0 where x is 0."""
    with tf.name_scope(name, "xlog1py", [x]):
        return raw.output("Xlog1py", [x, y])


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y, and 0 where y is 0, even if x is infinite or NaN."""
    with tf.name_scope(name, "multiply_no_nan", [x, y]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        y = tf.convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
        return raw.output("MulNoNan", [x, y], scope)


def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The derivative of order `a` of digamma at `x`, element by element."""
    return raw.output("Polygamma", [a, x], name)


def bitwise_and(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that both integers have."""
    return raw.output("BitwiseAnd", [x, y], name)


def bitwise_or(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that one of the integers has."""
    return raw.output("BitwiseOr", [x, y], name)


def left_shift(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits of integers `x`, `y` places up."""
    return raw.output("LeftShift", [x, y], name)


def right_shift(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits of integers `x`, `y` places down; a negative number stays negative."""
    return raw.output("RightShift", [x, y], name)


def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits in which the integers differ."""
    return raw.output("BitwiseXor", [x, y], name)


def to_complex64(x: Any, name: str = "ToComplex64") -> Any:
    """`x` as complex64."""
    return tf.cast(x, tf.complex64, name=name)


def to_complex128(x: Any, name: str = "ToComplex128") -> Any:
    """`x` as complex128."""
    return tf.cast(x, tf.complex128, name=name)


def _limits(dtype: Any, within: Any) -> tuple[Any, Any]:
    """The least and the greatest number of a type that another type's range holds."""
    number = dtype.as_numpy_dtype
    exact = int if dtype.is_integer else float
    low, high = number(max(dtype.min, within.min)), number(min(dtype.max, within.max))
    if exact(low) < within.min:
        low = np.nextafter(low, number(0), dtype=number)
    if exact(high) > within.max:
        high = np.nextafter(high, number(0), dtype=number)
    return low, high


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """`value` as another type of real numbers, what is out of its range as the nearest in it."""
    dtype = tf.as_dtype(dtype).base_dtype
    with tf.name_scope(name, "saturate_cast", [value]) as scope:
        value = tf.convert_to_tensor(value, name="value")
        low, high = (tf.convert_to_tensor(limit, dtype=value.dtype)
                     for limit in _limits(value.dtype, dtype.real_dtype))
        clamped = raw.output("ClipByValue", [value, low, high], "clamp")
        return tf.cast(clamped, dtype, name=scope)


def count_nonzero(input_tensor: Any = None, axis: Any = None, keepdims: bool | None = None,
                  dtype: Any = None, name: str | None = None, reduction_indices: Any = None,
                  keep_dims: bool | None = None, input: Any = None) -> Any:
    """How many elements are not zero, along some dimensions or all.

    Args:
      input_tensor: numbers, bools or strings; `input` is its other name.
      axis: a dimension or a list of them; `reduction_indices` is its older name.
      keepdims: whether these stay, of size 1; `keep_dims` is its older name.
      dtype: of the result; int64.
      name: of the operations' scope.
    """
    keepdims = windows.renamed("keepdims", keepdims, "keep_dims", keep_dims)
    value = windows.renamed("input", input, "input_tensor", input_tensor)
    axis = windows.renamed("axis", axis, "reduction_indices", reduction_indices)
    with tf.name_scope(name, "count_nonzero", [value]):
        value = tf.convert_to_tensor(value, name="input")
        if value.dtype != tf.bool:
            zero = tf.zeros([], dtype=value.dtype)
            value = raw.output("NotEqual", [value, zero])
        ones = tf.cast(value, tf.int64)
        return tf.cast(tf.reduce_sum(ones, axis=axis, keepdims=bool(keepdims)),
                       dtype=tf.int64 if dtype is None else dtype)


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False,
                    name: str | None = None) -> Any:
    """The variance of all elements (not of a sample), along some dimensions or all.

    Raises:
      TypeError: the elements are integers.
    """
    with tf.name_scope(name or "reduce_variance"):
        value = tf.convert_to_tensor(input_tensor)
        mean = tf.reduce_mean(value, axis=axis, keepdims=True)
        if mean.dtype.is_integer:
            raise TypeError("Input must be either real or complex. Received integer type "
                            f"{mean.dtype}.")
        difference = value - mean
        if difference.dtype.is_complex:
            squares = tf.real(tf.multiply(tf.conj(difference), difference))
        else:
            squares = tf.square(difference)
        return tf.reduce_mean(squares, axis=axis, keepdims=keepdims)


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False,
               name: str | None = None) -> Any:
    """The square root of `reduce_variance`."""
    with tf.name_scope(name or "reduce_std"):
        value = tf.convert_to_tensor(input_tensor)
        return tf.sqrt(reduce_variance(value, axis=axis, keepdims=keepdims))


def lbeta(x: Any, name: str | None = None) -> Any:
    """The logarithm of the beta function of the vectors along the last dimension.

    Args:
      x: floats [..., n].
      name: of the operations' scope.

    Returns:
      [...]: the sum of lgamma(x), less lgamma of the sum of x.
    """
    with tf.name_scope(name, "lbeta", [x]):
        x = tf.convert_to_tensor(x, name="x")
        of_product = tf.reduce_sum(tf.lgamma(x), axis=[-1])
        total = tf.reduce_sum(x, axis=[-1])
        of_sum = tf.lgamma(total)
        return of_product - of_sum


def log_sigmoid(x: Any, name: str | None = None) -> Any:
    """log(1 / (1 + exp(-x)))"""
    with tf.name_scope(name, "LogSigmoid", [x]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        return tf.negative(tf.nn.softplus(-x), name=scope)


def polyval(coeffs: list, x: Any, name: str | None = None) -> Any:
    """coeffs[0] * x^(n-1) + ... + coeffs[n-1], element by element."""
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    with tf.name_scope(name, "polyval", [*coeffs, x]) as scope:
        x = tf.convert_to_tensor(x, name="x")
        if not coeffs:
            return tf.zeros_like(x, name=scope)
        terms = [tf.convert_to_tensor(each, name=f"coeff_{i}") for i, each in enumerate(coeffs)]
        result = terms[0]
        for term in terms[1:]:
            result = term + result * x
        return result


def bincount(arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None,
             dtype: Any = None, name: str | None = None) -> Any:
    """How often each number comes.

    Args:
      arr: int32, none negative.
      weights: of the shape of `arr`: what each counts; 1.
      minlength, maxlength: bounds of the result's length, else one above the largest number.
      dtype: of the result, int32; with weights it is theirs.
      name: of the operations' scope.

    Returns:
      A vector: element i is the count of i.
    """
    with tf.name_scope(name or "bincount"):
        arr = tf.convert_to_tensor(arr, name="arr", dtype=tf.int32)
        is_not_empty = tf.reduce_prod(tf.shape(arr)) > 0
        size = tf.cast(is_not_empty, tf.int32) * (tf.reduce_max(arr) + 1)
        if minlength is not None:
            least = tf.convert_to_tensor(minlength, name="minlength", dtype=tf.int32)
            size = tf.maximum(least, size)
        if maxlength is not None:
            most = tf.convert_to_tensor(maxlength, name="maxlength", dtype=tf.int32)
            size = tf.minimum(most, size)
        if weights is None:
            weights = tf.constant([], tf.int32 if dtype is None else dtype)
        else:
            weights = tf.convert_to_tensor(weights, name="weights")
        return raw.output("Bincount", [arr, size, weights])


def histogram_fixed_width_bins(values: Any, value_range: Any, nbins: Any = 100, dtype: Any = None,
                               name: str | None = None) -> Any:
    """In which of `nbins` equal parts of a range each value is.

    Args:
      values: numbers.
      value_range: [low, high] of the same type; what is outside belongs to the first or last part.
      nbins: how many parts.
      dtype: unused, as in TensorFlow.
      name: of the operations' scope.

    Returns:
      int32 numbers in [0, nbins), of the shape of `values`.
    """
    with tf.name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = tf.convert_to_tensor(values, name="values")
        shape = tf.shape(values)
        values = tf.reshape(values, [-1])
        value_range = tf.convert_to_tensor(value_range, name="value_range")
        nbins = tf.convert_to_tensor(nbins, dtype=tf.int32, name="nbins")
        count = tf.cast(nbins, values.dtype)
        scaled = tf.truediv(values - value_range[0], value_range[1] - value_range[0],
                            name="scaled_values")
        indices = tf.floor(count * scaled, name="indices")
        indices = tf.cast(tf.clip_by_value(indices, 0, count - 1), tf.int32)
        return tf.reshape(indices, shape)
