"""Functions that programs put between tf.get_variable and the variable."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable

from tensorkeep import _core


def nested(custom_getter: Callable[..., Any], outer: Callable[..., Any] | None) -> Any:
    """The getter of a scope inside one that has a getter too: that one makes its variables."""
    if outer is None:
        return custom_getter

    def getter_in_scopes(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return custom_getter(functools.partial(outer, getter), *args, **kwargs)

    return getter_in_scopes


def variable_op_scope(values: Any, name_or_scope: Any, default_name: str | None = None,
                      **options: Any) -> Any:
    """variable_scope with its arguments in the older order."""
    return _core.variable_scope(name_or_scope, default_name=default_name, values=values, **options)


def _takes(function: Callable[..., Any], argument: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True
    return argument in parameters or any(
        each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())


def get_variable(custom_getter: Callable[..., Any], **arguments: Any) -> Any:
    """What the getter gives, which is told how the variable is made, and with what.

    Args:
      arguments: those of get_variable with the scope's defaults in their places, the full name,
        and `reuse`.
    """
    if not _takes(custom_getter, "constraint"):
        del arguments["constraint"]
    return custom_getter(getter=_core._get_variable_by_full_name, **arguments)
