"""tf.flags: absl's flags where absl-py is installed, otherwise a few of our own."""

from __future__ import annotations

import functools
import sys
from typing import Any, Callable

try:
    from absl import flags as absl_flags
except ImportError:
    absl_flags = None

from tensorkeep._platform import own_flags

_implementation = absl_flags or own_flags

_OLD_NAMES = {"flag_name": "name", "default_value": "default", "docstring": "help"}


class _ParsedWhenRead:
    """The flags' values. Reading one parses `sys.argv` if nobody has yet."""

    def __init__(self, values: Any) -> None:
        self.__dict__["_values"] = values

    def _parse_flags(self, args: list[str] | None = None) -> list[str]:
        """How TensorFlow before 1.5 parsed them."""
        return self._values(sys.argv if args is None else [sys.argv[0], *args], known_only=True)[1:]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(type(self._values), name):
            if not self._values.is_parsed():
                self._values(sys.argv)
        return getattr(self._values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._values, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._values, name)

    def __dir__(self) -> list[str]:
        return dir(self._values)

    def __call__(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._values(*args, **kwargs)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        self._values[name] = flag

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Any:
        return iter(self._values)

    def __str__(self) -> str:
        return str(self._values)


def _with_old_names(define: Callable[..., Any]) -> Callable[..., Any]:
    """Takes the argument names of TensorFlow before 1.5, too."""

    @functools.wraps(define)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return define(*args, **{_OLD_NAMES.get(key, key): value for key, value in kwargs.items()})

    return wrapper


DEFINE_string = _with_old_names(_implementation.DEFINE_string)
DEFINE_boolean = DEFINE_bool = _with_old_names(_implementation.DEFINE_boolean)
DEFINE_integer = _with_old_names(_implementation.DEFINE_integer)
DEFINE_float = _with_old_names(_implementation.DEFINE_float)
FLAGS = _ParsedWhenRead(_implementation.FLAGS)

_OTHERS = [
    name for name in getattr(_implementation, "__all__", dir(_implementation))
    if not name.startswith("_") and name not in globals()
]
globals().update((name, getattr(_implementation, name)) for name in _OTHERS)

__all__ = [
    "DEFINE_string", "DEFINE_boolean", "DEFINE_bool", "DEFINE_integer", "DEFINE_float", "FLAGS",
    *_OTHERS,
]

if absl_flags is not None:
    absl_flags.disclaim_key_flags()  # those defined through this file are the program's
