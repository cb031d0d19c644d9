"""tf.assert_...: operations that fail where something about tensors does not hold.

Each must be run, or something made to depend on it by `tf.control_dependencies`. What follows from
the graph alone is an error at once.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np
import tensorkeep as tf

__all__ = [
    "assert_equal", "assert_none_equal", "assert_less", "assert_less_equal", "assert_greater",
    "assert_greater_equal", "assert_negative", "assert_positive", "assert_non_negative",
    "assert_non_positive", "assert_near", "assert_integer", "assert_type", "assert_scalar",
    "assert_proper_iterable", "assert_same_float_dtype", "is_numeric_tensor", "is_non_decreasing",
    "is_strictly_increasing",
]


def prefix(message: str | None) -> str:
    """What stands before TensorFlow's own text of an error."""
    return f"{message}.  " if message else ""


def _text_of(item: Any) -> Any:
    """A tensor's value where the graph tells it."""
    if not isinstance(item, tf.Tensor):
        return str(item)
    value = tf.get_static_value(item)
    return str(item) if value is None else str(value)


def _compare(symbol: str, default_name: str, function: Callable, on_arrays: Callable, x: Any,
             y: Any, data: Sequence[Any] | None, summarize: int | None, message: str | None,
             name: str | None) -> Any:
    """Asserts that `function(x, y)` is true everywhere."""
    with tf.name_scope(name, default_name, [x, y, data]):
        x = tf.convert_to_tensor(x, name="x")
        y = tf.convert_to_tensor(y, name="y")
        if data is None:
            data = [f"Condition x {symbol} y did not hold element-wise:",
                    f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
        if message is not None:
            data = [message, *data]
        holds = tf.reduce_all(function(x, y))
        known_x, known_y = tf.get_static_value(x), tf.get_static_value(y)
        if known_x is not None and known_y is not None and not np.all(on_arrays(known_x, known_y)):
            raise tf.errors.InvalidArgumentError(None, None, "\n".join(map(_text_of, data)))
        return tf.Assert(holds, data, summarize=summarize)


def assert_equal(x: Any, y: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                 message: str | None = None, name: str | None = None) -> Any:
    """An operation that fails unless `x == y` in every element, x and y broadcast.

    Args:
      x: a numeric tensor.
      y: a tensor of the same type.
      data: what the error shows; the message and both tensors if there is none.
      summarize: how many elements of each tensor the error shows; 3.
      message: stands first in the error.
      name: of the operation's scope.

    Returns:
      The operation. Running it raises an InvalidArgumentError where the condition does not hold.

    Raises:
      InvalidArgumentError: the graph determines that the condition does not hold.
    """
    with tf.name_scope(name, "assert_equal", [x, y, data]):
        if x is y:
            return tf.no_op()
    return _compare("==", "assert_equal", tf.equal, np.equal, x, y, data, summarize, message, name)


def assert_none_equal(x: Any, y: Any, data: Sequence[Any] | None = None,
                      summarize: int | None = None, message: str | None = None,
                      name: str | None = None) -> Any:
    """As `assert_equal`, for `x != y` in every element."""
    return _compare("!=", "assert_none_equal", tf.not_equal, np.not_equal, x, y, data, summarize,
                    message, name)


def assert_less(x: Any, y: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `x < y`."""
    return _compare("<", "assert_less", tf.less, np.less, x, y, data, summarize, message, name)


def assert_less_equal(x: Any, y: Any, data: Sequence[Any] | None = None,
                      summarize: int | None = None, message: str | None = None,
                      name: str | None = None) -> Any:
    """As `assert_equal`, for `x <= y`."""
    return _compare("<=", "assert_less_equal", tf.less_equal, np.less_equal, x, y, data, summarize,
                    message, name)


def assert_greater(x: Any, y: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                   message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `x > y`."""
    return _compare(">", "assert_greater", tf.greater, np.greater, x, y, data, summarize, message,
                    name)


def assert_greater_equal(x: Any, y: Any, data: Sequence[Any] | None = None,
                         summarize: int | None = None, message: str | None = None,
                         name: str | None = None) -> Any:
    """As `assert_equal`, for `x >= y`."""
    return _compare(">=", "assert_greater_equal", tf.greater_equal, np.greater_equal, x, y, data,
                    summarize, message, name)


def _sign(default_name: str, text: str, check: Callable, x: Any, data: Sequence[Any] | None,
          summarize: int | None, message: str | None, name: str | None) -> Any:
    """Asserts `check(x, 0, ...)`; `text` says in the error what does not hold."""
    message = prefix(message)
    with tf.name_scope(name, default_name, [x, data]):
        x = tf.convert_to_tensor(x, name="x")
        if data is None:
            data = [message, text, f"x ({x.name}) = ", x]
            if default_name == "assert_non_positive":  # one string in TensorFlow
                data[1:3] = [data[1] + data[2]]
        return check(x, tf.convert_to_tensor(0, dtype=x.dtype), data=data, summarize=summarize)


def _swapped(check: Callable) -> Callable:
    return lambda x, y, **options: check(y, x, **options)


def assert_negative(x: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                    message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `x < 0`."""
    return _sign("assert_negative", "Condition x < 0 did not hold element-wise:", assert_less, x,
                 data, summarize, message, name)


def assert_positive(x: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                    message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `x > 0`."""
    return _sign("assert_positive", "Condition x > 0 did not hold element-wise:",
                 _swapped(assert_less), x, data, summarize, message, name)


def assert_non_negative(x: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                        message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `x >= 0`."""
    return _sign("assert_non_negative", "Condition x >= 0 did not hold element-wise:",
                 _swapped(assert_less_equal), x, data, summarize, message, name)


def assert_non_positive(x: Any, data: Sequence[Any] | None = None, summarize: int | None = None,
                        message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `x <= 0`."""
    return _sign("assert_non_positive", "Condition x <= 0 did not hold element-wise:",
                 assert_less_equal, x, data, summarize, message, name)


def assert_near(x: Any, y: Any, rtol: Any = None, atol: Any = None,
                data: Sequence[Any] | None = None, summarize: int | None = None,
                message: str | None = None, name: str | None = None) -> Any:
    """As `assert_equal`, for `|x - y| < atol + rtol * |y|`.

    Both tolerances are ten times the type's precision if they are not given.
    """
    with tf.name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        x = tf.convert_to_tensor(x, name="x")
        y = tf.convert_to_tensor(y, name="y", dtype=x.dtype)
        dtype = x.dtype.real_dtype if x.dtype.is_complex else x.dtype
        default = 10 * np.finfo(dtype.as_numpy_dtype).eps
        rtol = tf.convert_to_tensor(default if rtol is None else rtol, name="rtol", dtype=dtype)
        atol = tf.convert_to_tensor(default if atol is None else atol, name="atol", dtype=dtype)
        if data is None:
            data = [prefix(message),
                    f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}",
                    f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
        tolerance = atol + rtol * tf.abs(y)
        difference = tf.abs(x - y)
        return tf.Assert(tf.reduce_all(tf.less(difference, tolerance)), data, summarize=summarize)


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Any:
    """A NoOp; TypeError unless the type of `x` is an integer one."""
    with tf.name_scope(name, "assert_integer", [x]):
        x = tf.convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(f'{prefix(message)}Expected "x" to be integer type.  Found: {x.name} '
                            f"of dtype {x.dtype!r}")
        return tf.no_op("statically_determined_was_integer")


def assert_type(tensor: Any, tf_type: Any, message: str | None = None,
                name: str | None = None) -> Any:
    """A NoOp; TypeError unless `tensor` is of type `tf_type`."""
    tf_type = tf.as_dtype(tf_type)
    with tf.name_scope(name, "assert_type", [tensor]):
        tensor = tf.convert_to_tensor(tensor, name="tensor")
        if tensor.dtype != tf_type:
            raise TypeError(f"{prefix(message)}{tensor.name} must be of type {tf_type!r}; got "
                            f"{tensor.dtype!r}")
        return tf.no_op("statically_determined_correct_type")


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Any:
    """`tensor` as a tensor; ValueError unless its shape is known to be a scalar's."""
    with tf.name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = tf.convert_to_tensor(tensor, name=scope)
        if tensor.shape.ndims != 0:
            raise ValueError(f"{prefix(message)}Expected scalar shape for {tensor.name}, saw "
                             f"shape: {tensor.shape}.")
        return tensor


def assert_proper_iterable(values: Any) -> None:
    """TypeError unless `values` is a list or the like: neither tensor nor array nor string."""
    if isinstance(values, (tf.Tensor, np.ndarray, bytes, str)):
        raise TypeError('Expected argument "values" to be a "proper" iterable.  Found: '
                        f"{type(values)}")
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def assert_same_float_dtype(tensors: Sequence[Any] | None = None, dtype: Any = None) -> Any:
    """The one floating type of all `tensors` (None among them is passed over), and of `dtype`.

    Returns:
      That type, float32 if neither says one.

    Raises:
      ValueError: they differ, or the type is no floating one.
    """
    first = None
    for tensor in tensors or ():
        if tensor is None:
            continue
        found = tensor.dtype.base_dtype
        if dtype is not None and found != dtype:
            of_first = f" as {first.name}" if first is not None else ""
            raise ValueError(f"{tensor.name}, type={found!r}, must be of the same type "
                             f"({dtype!r}){of_first}.")
        if dtype is None:
            dtype, first = found, tensor
    if dtype is None:
        return tf.float32
    if not dtype.is_floating:
        raise ValueError(f"Expected floating point type, got {dtype!r}.")
    return dtype


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether `tensor` is a tensor of numbers."""
    return isinstance(tensor, tf.Tensor) and (
        tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_complex)


def _neighbours(x: Any, function: Callable) -> Any:
    """`function(x[i + 1], x[i])` for all neighbours, or an empty vector."""
    x = tf.reshape(x, [-1])
    if not is_numeric_tensor(x):
        raise TypeError(f"Expected x to be numeric, instead found: {x}")
    is_short = tf.less(tf.size(x), 2)
    count = tf.shape(x) - 1
    return tf.cond(
        is_short,
        lambda: tf.convert_to_tensor([], dtype=tf.bool),
        lambda: function(tf.strided_slice(x, [1], [1] + count), tf.strided_slice(x, [0], count)))


def is_non_decreasing(x: Any, name: str | None = None) -> Any:
    """Whether no element of `x`, in row-major order, is less than the one before it."""
    with tf.name_scope(name, "is_non_decreasing", [x]):
        return tf.reduce_all(_neighbours(x, tf.greater_equal))


def is_strictly_increasing(x: Any, name: str | None = None) -> Any:
    """Whether every element of `x`, in row-major order, is greater than the one before it."""
    with tf.name_scope(name, "is_strictly_increasing", [x]):
        return tf.reduce_all(_neighbours(x, tf.greater))
