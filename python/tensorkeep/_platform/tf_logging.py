"""tf.logging: messages by Python's logger "tensorflow", as TensorFlow logs them.

They go to standard error as "INFO:tensorflow:text", until a handler of the root logger takes them:
the program's, or the one that absl installs in `app.run`.
"""

from __future__ import annotations

import collections
import itertools
import logging
import sys
from typing import Any

__all__ = [
    "DEBUG", "ERROR", "FATAL", "INFO", "WARN", "TaskLevelStatusMessage", "debug", "error", "fatal",
    "flush", "get_verbosity", "info", "log", "log_every_n", "log_first_n", "log_if",
    "set_verbosity", "vlog", "warn", "warning",
]

DEBUG = logging.DEBUG
INFO = logging.INFO
WARN = logging.WARNING
ERROR = logging.ERROR
FATAL = logging.FATAL

_counts: dict[tuple[str, int], Any] = collections.defaultdict(itertools.count)


class _OwnHandler(logging.StreamHandler):
    """Writes to standard error unless somebody else takes the messages."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers and _logger.handlers == [self]:
            self.setStream(sys.stderr)
            super().emit(record)


def _make_logger() -> logging.Logger:
    logger = logging.getLogger("tensorflow")
    if not logger.handlers and not logging.getLogger().handlers:
        if hasattr(sys, "ps1") or sys.flags.interactive:
            logger.setLevel(INFO)
        handler = _OwnHandler()
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        logger.addHandler(handler)
    return logger


_logger = _make_logger()


def get_logger() -> logging.Logger:
    """The logger that takes the messages."""
    return _logger


def _log(level: int, message: Any, arguments: tuple, options: dict, depth: int = 3) -> None:
    _logger.log(level, message, *arguments, stacklevel=depth, **options)


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at a level of Python's `logging`."""
    _log(level, msg, args, kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at level DEBUG."""
    _log(DEBUG, msg, args, kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at level INFO."""
    _log(INFO, msg, args, kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at level WARN."""
    _log(WARN, msg, args, kwargs)


warn = warning


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at level ERROR."""
    _log(ERROR, msg, args, kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at level FATAL; the program goes on."""
    _log(FATAL, msg, args, kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """The same as `log`."""
    _log(level, msg, args, kwargs)


def TaskLevelStatusMessage(msg: Any) -> None:
    """Logs at level ERROR."""
    _log(ERROR, msg, (), {})


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """Logs where the condition holds."""
    if condition:
        _log(level, msg, args, {})


def _next_count() -> int:
    """How many times the line that logs has been here before."""
    frame = sys._getframe(2)
    return next(_counts[frame.f_code.co_filename, frame.f_lineno])


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Logs the first and then every n-th time that this line is reached."""
    if _next_count() % n == 0:
        _log(level, msg, args, {})


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Logs the first n times that this line is reached."""
    if _next_count() < n:
        _log(level, msg, args, {})


def flush() -> None:
    """Flushes the handlers."""
    for handler in _logger.handlers:
        handler.flush()


def get_verbosity() -> int:
    """The lowest level that is logged."""
    return _logger.getEffectiveLevel()


def set_verbosity(v: int | str) -> None:
    """Sets the lowest level that is logged: WARN at the start."""
    _logger.setLevel(v)
