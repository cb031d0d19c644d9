"""Functions that TensorFlow lets programs register, as far as tensorkeep calls them."""

from __future__ import annotations

from typing import Any, Callable

from tensorkeep import _core


class RegisterGradient:
    """A decorator that gives a name a gradient: an operation type without one, or any name that
    Graph.gradient_override_map then gives to operations.

    The function takes the operation and one gradient for each of its outputs, and gives one for
    each of its inputs: a tensor, IndexedSlices or None. Registering a name twice, or one that has a
    gradient, raises KeyError.
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        _core._register_gradient(self._op_type, function)  # pylint: disable=protected-access
        return function


def NotDifferentiable(op_type: str) -> None:  # pylint: disable=invalid-name
    """Lets no gradient flow through operations of a type. Raises KeyError if it has one."""
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _core._register_not_differentiable(op_type)  # pylint: disable=protected-access


def register_tensor_conversion_function(base_type: Any, conversion_func: Callable[..., Any],
                                        priority: int = 100) -> None:
    """Lets objects of a class be given where a tensor is taken.

    Args:
      base_type: a class, or a tuple of them.
      conversion_func: takes (value, dtype, name, as_ref) and gives a tensor.
      priority: accepted; the last function registered for a class is taken.
    """
    del priority
    classes = base_type if isinstance(base_type, tuple) else (base_type,)
    for each in classes:
        if not isinstance(each, type):
            raise TypeError("Argument `base_type` must be a type or a tuple of types.")
        each._to_tensor = lambda self: conversion_func(self, dtype=None, name=None, as_ref=False)


_proto_functions: dict[str, tuple[Any, Any, Any]] = {}


def register_proto_function(collection_name: str, proto_type: Any = None, to_proto: Any = None,
                            from_proto: Any = None) -> None:
    """Remembers how a collection's items become messages, for get_to_proto_function."""
    if to_proto is not None and not callable(to_proto):
        raise TypeError("to_proto must be callable.")
    if from_proto is not None and not callable(from_proto):
        raise TypeError("from_proto must be callable.")
    _proto_functions[collection_name] = (proto_type, to_proto, from_proto)


def get_to_proto_function(collection_name: str) -> Any:
    """What register_proto_function was given as `to_proto`; None without."""
    return _proto_functions.get(collection_name, (None, None, None))[1]


def get_from_proto_function(collection_name: str) -> Any:
    """What register_proto_function was given as `from_proto`; None without."""
    return _proto_functions.get(collection_name, (None, None, None))[2]
