"""Messages in files, and options on command lines: what the tools share."""

from __future__ import annotations

import argparse
from typing import Any

import tensorkeep as tf
from google.protobuf import text_format


def read_message(path: str, binary: bool, kind: Any, what: str) -> Any:
    """The message of a class in a file, binary or text.

    Raises:
      IOError: there is no such file.
      DecodeError, ParseError: it holds something else.
    """
    if not tf.gfile.Exists(path):
        raise IOError(f"{what} '{path}' does not exist!")
    with tf.gfile.GFile(path, "rb" if binary else "r") as file:
        content = file.read()
    return kind.FromString(content) if binary else text_format.Parse(content, kind())


def names_in(text: str | None) -> list[str]:
    """The names of a list with commas."""
    return [name for name in (text or "").replace(" ", "").split(",") if name]


def option(parser: argparse.ArgumentParser, name: str, help: str, default: Any = "") -> None:
    """Adds --name=value; a boolean may also stand alone: --name."""
    if isinstance(default, bool):
        parser.add_argument(f"--{name}", nargs="?", const=True, default=default, help=help,
                            type=lambda value: value.lower() == "true")
    else:
        parser.add_argument(f"--{name}", type=type(default), default=default, help=help)
