"""tf.app.run."""

from __future__ import annotations

import sys
from typing import Any, Callable, NoReturn

from tensorkeep._platform import flags

__all__ = ["run"]


def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> NoReturn:
    """Parses the flags, calls `main` with the other arguments, and exits with what it returns.

    By absl's `app.run` where absl-py is installed.

    Args:
      main: a function of one argument, a list that starts with the program's name; the program's
        `main` if there is none.
      argv: the command line; `sys.argv` if there is none.
    """
    main = main or sys.modules["__main__"].main
    if flags.absl_flags is not None:
        from absl import app
        app.run(main=main, argv=argv, flags_parser=lambda args: flags.FLAGS(args, known_only=True))
    rest = flags.FLAGS(sys.argv if argv is None else argv, known_only=True, help_exits=True)
    sys.exit(main(rest))
