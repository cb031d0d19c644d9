"""What a function that a program passes wants to be called with."""

from __future__ import annotations

import inspect
from typing import Any


def kind_of_initializer(function: Any) -> str:
    """How get_variable calls an initializer.

    Returns:
      "value" for a function without required arguments, which makes the value; "partition_info" for
      one of (shape, dtype, partition_info); "shape" for one of (shape, dtype).
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return "shape"
    if any(each.name == "partition_info" for each in parameters):
        return "partition_info"
    required = [each for each in parameters if each.default is inspect.Parameter.empty]
    return "shape" if required else "value"
