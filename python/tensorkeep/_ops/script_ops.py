"""Python functions in a graph."""

from __future__ import annotations

import itertools
import traceback
import weakref
from typing import Any, Callable, Sequence

import numpy as np

import tensorkeep as tf
from tensorkeep import _core
from tensorkeep._ops import raw


class UnsupportedObject(Exception):
    """A function's result holds what no tensor can."""


class _Function:
    """A function that a graph keeps: it ends with the graph."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


_functions: weakref.WeakValueDictionary[str, _Function] = weakref.WeakValueDictionary()
_numbers = itertools.count()


def py_func(func: Callable[..., Any], inp: Sequence[Any], Tout: Any,  # pylint: disable=invalid-name
            stateful: bool = True, name: str | None = None) -> Any:
    """An operation that calls a Python function in every run.

    Args:
      func: takes as many numpy arrays as there are inputs (scalars are numpy scalars, strings
        bytes), and gives an array, or a list or tuple of them. It is called by the thread that
        runs the session, and is kept as long as the graph.
      inp: a list of tensors or literals.
      Tout: a list of the results' types, or one type.
      stateful: False says that equal inputs give equal results, so that calls may be left out.
      name: of the operation.

    Returns:
      A list of tensors of unknown shape, or one tensor if `Tout` is one type; the operation if
      `Tout` is an empty list. No gradient flows through it. What the function raises is raised by
      the run: StopIteration as OutOfRangeError, ValueError and TypeError as InvalidArgumentError,
      NotImplementedError as UnimplementedError, MemoryError as ResourceExhaustedError, all else as
      UnknownError. Results of another number or type are an InvalidArgumentError.

    Raises:
      ValueError: if `func` cannot be called.
    """
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type "
                         f"{type(func)}.")
    several = isinstance(Tout, (list, tuple))
    types = [tf.as_dtype(each) for each in (Tout if several else [Tout])]
    kept = _Function(func)
    token = f"pyfunc_{next(_numbers)}"
    _functions[token] = kept
    _core._set_py_func_caller()  # pylint: disable=protected-access
    operation = raw.operation(
        "PyFunc" if stateful else "PyFuncStateless",
        [[tf.convert_to_tensor(each) if isinstance(each, tf.Variable) else each for each in inp]],
        name, token=token, Tout=types)
    operation.graph.__dict__.setdefault("_py_funcs_used_in_graph", []).append(kept)
    if not types:
        return operation
    return list(operation.outputs) if several else operation.outputs[0]


def call_function(token: str, arguments: list[Any]) -> list[Any]:
    """The results of the function of a token, as arrays."""
    kept = _functions.get(token)
    if kept is None:
        raise ValueError(f"Could not find callback with key={token} in the registry.")
    result = kept.function(*map(_own, arguments))
    if result is None:
        return []
    if isinstance(result, (tuple, list)):
        return [_array(each) for each in result]
    return [_array(result)]


def _own(argument: Any) -> Any:
    """An array that the function may write to."""
    if isinstance(argument, np.ndarray) and not argument.flags.writeable:
        return argument.copy()
    return argument


def _array(value: Any) -> Any:
    array = np.asarray(value, order="C")
    if array.dtype.char == "U":
        return np.char.encode(array, "utf-8").astype(object)
    if array.dtype == object:
        for each in array.flat:
            if not isinstance(each, (bytes, str)):
                raise UnsupportedObject(f"Unsupported object type {type(each).__name__}")
    return array


def description(error: BaseException) -> str:
    """An error as the run's error shows it: class, text and where it came from."""
    where = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}: {error}\nTraceback (most recent call last):\n\n{where}"
