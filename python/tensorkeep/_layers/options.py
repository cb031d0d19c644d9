"""The arguments that layers have in common, in the forms people write them."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf

# Functions of tf.nn that go by their names.
_ACTIVATIONS = ("relu", "relu6", "elu", "selu", "softplus", "softsign", "sigmoid", "tanh",
                "softmax", "leaky_relu")

_INITIALIZERS = {
    "zeros": "zeros_initializer", "zero": "zeros_initializer", "ones": "ones_initializer",
    "one": "ones_initializer", "glorot_uniform": "glorot_uniform_initializer",
    "glorot_normal": "glorot_normal_initializer",
    "random_uniform": "random_uniform_initializer",
    "random_normal": "random_normal_initializer",
    "truncated_normal": "truncated_normal_initializer",
}
_SCALED_INITIALIZERS = ("he_normal", "he_uniform", "lecun_normal", "lecun_uniform")


def activation(value: Any) -> Callable | None:
    """A function of a tensor; None for none, and for "linear".

    Raises:
      ValueError: there is no activation of that name.
    """
    if not isinstance(value, str):
        return value
    if value == "linear":
        return None
    if value not in _ACTIVATIONS:
        raise ValueError(f"Unknown activation function: {value}")
    return getattr(tf.nn, value)


def initializer(value: Any) -> Any:
    """What get_variable takes.

    Raises:
      ValueError: there is no initializer of that name.
    """
    if isinstance(value, str):
        if value in _SCALED_INITIALIZERS:
            return getattr(tf.initializers, value)()
        if value not in _INITIALIZERS:
            raise ValueError(f"Unknown initializer: {value}")
        return getattr(tf, _INITIALIZERS[value])()
    return value() if isinstance(value, type) else value


def numbers(value: Any, count: int, name: str) -> tuple[int, ...]:
    """`count` integers, from as many or from one for all.

    Raises:
      ValueError: it is neither.
    """
    wanted = (f"The `{name}` argument must be a tuple of {count} integers. Received: {value}")
    if isinstance(value, int):
        return (value,) * count
    try:
        result = tuple(int(each) for each in value)
    except (TypeError, ValueError):
        raise ValueError(wanted) from None
    if len(result) != count:
        raise ValueError(wanted)
    return result


def padding(value: str, allowed: Sequence[str] = ("valid", "same")) -> str:
    """The padding in lower case. Raises ValueError unless it is `allowed`."""
    if value.lower() not in allowed:
        raise ValueError('The `padding` argument must be a list/tuple or one of "valid", "same"'
                         f'{" (or causal, only for `Conv1D`)" if "causal" in allowed else ""}. '
                         f"Received: {value}")
    return value.lower()


def is_channels_first(data_format: str) -> bool:
    """Raises ValueError unless it is "channels_first" or "channels_last"."""
    if data_format.lower() not in ("channels_first", "channels_last"):
        raise ValueError("The `data_format` argument must be one of \"channels_first\", "
                         f"\"channels_last\". Received: {data_format}")
    return data_format.lower() == "channels_first"


def operations_format(channels_first: bool, spatial: int) -> str:
    """The data format as operations on so many spatial dimensions call it."""
    letters = {1: "W", 2: "HW", 3: "DHW"}[spatial]
    return f"NC{letters}" if channels_first else f"N{letters}C"


def known_condition(value: Any) -> bool | None:
    """The boolean that `value` is, or None for a tensor or variable that only a run can tell.

    Raises:
      TypeError: it is nothing of the kind.
    """
    if isinstance(value, (bool, int)) and value in (0, 1):
        return bool(value)
    if isinstance(value, tf.Tensor):
        known = tf.get_static_value(value)
        return None if known is None else bool(known)
    if isinstance(value, tf.Variable):
        return None
    raise TypeError("`pred` must be a Tensor, or a Python bool, or 1 or 0. "
                    f"Received: {type(value)}")


def choose(condition: Any, if_true: Callable, if_false: Callable) -> Any:
    """What one of the functions returns: a cond only where the graph does not tell which."""
    known = known_condition(condition)
    if known is None:
        return tf.cond(condition, if_true, if_false)
    return if_true() if known else if_false()
