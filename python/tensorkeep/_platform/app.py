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
        app.run(main=main, argv=argv, flags_parser=_parse)
    argv = sys.argv if argv is None else argv
    if "--help" in argv[1:argv.index("--") if "--" in argv else None]:
        print(f"usage: {argv[0]} [flags]\n{flags.FLAGS}")
        sys.exit(1)
    sys.exit(main(_parse(argv)))


def _parse(argv: list[str]) -> list[str]:
    try:
        return flags.FLAGS(argv, known_only=True)
    except flags.Error as error:
        print(f"FATAL Flags parsing error: {error}\nPass --help to see help on flags.",
              file=sys.stderr)
        sys.exit(1)
