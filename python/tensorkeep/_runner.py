"""Runs programs that import `tensorflow`, with tensorkeep in its place."""

from __future__ import annotations

import importlib.machinery
import io
import os
import runpy
import sys
import types
from typing import Any, NoReturn

from tensorkeep import _namespaces

_USAGE = """\
usage: python -m tensorkeep program.py [arguments]
       python -m tensorkeep -m module [arguments]
       python -m tensorkeep -c code [arguments]

Runs a program for TensorFlow 1 on tensorkeep: in it, `import tensorflow`, tensorflow.compat.v1,
tensorflow.python... mean tensorkeep's modules, and an installed TensorFlow is not looked at."""


def main() -> None:
    """Runs what `sys.argv` names as Python would: `__main__`, paths, tracebacks, exit codes."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE, file=sys.stdout if arguments else sys.stderr)
        sys.exit(0 if arguments else 2)
    if arguments[0] in ("-m", "-c") and len(arguments) < 2:
        _fail(f"argument expected for the {arguments[0]} option\n{_USAGE}")
    _namespaces.install_as_tensorflow()
    try:
        if arguments[0] == "-m":
            _run_module(arguments[1], arguments[2:])
        elif arguments[0] == "-c":
            _run_code(arguments[1], arguments[2:])
        elif arguments[0].startswith("-"):
            _fail(f"unknown option {arguments[0]}\n{_USAGE}")
        else:
            _run_file(arguments[0], arguments[1:])
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # what Python does with it, without the frames of this file
        _report(error)
        sys.exit(1)


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(2)


def _run_module(name: str, arguments: list[str]) -> None:
    sys.argv = ["-m", *arguments]
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except ImportError as error:
        if _frames_of_program(error):
            raise
        _fail(f"{sys.executable}: {error}")  # the module itself is not there


def _run_code(code: str, arguments: list[str]) -> None:
    sys.argv = ["-c", *arguments]
    _put_first("")
    _execute(compile(code, "<string>", "exec", dont_inherit=True), _fresh_main())


def _run_file(program: str, arguments: list[str]) -> None:
    sys.argv = [program, *arguments]
    path = os.path.abspath(program)
    if os.path.isdir(path) or _is_zip(path):
        del sys.path[:0 if _safe_path() else 1]  # runpy puts `path` there
        runpy.run_path(program, run_name="__main__")
        return
    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as error:
        _fail(f"{sys.executable}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}")
    _put_first(os.path.dirname(os.path.realpath(path)))
    module = _fresh_main(
        __file__=path, __cached__=None,
        __loader__=importlib.machinery.SourceFileLoader("__main__", path))
    _execute(compile(source, path, "exec", dont_inherit=True), module)


def _is_zip(path: str) -> bool:
    import zipfile
    return zipfile.is_zipfile(path)


def _safe_path() -> bool:
    """Whether Python was told to keep the program's folder out of `sys.path`."""
    return bool(getattr(sys.flags, "safe_path", False) or sys.flags.isolated)


def _put_first(folder: str) -> None:
    """Where `python -m` has put the current folder, Python puts the program's."""
    if not _safe_path():
        sys.path[0] = folder


def _fresh_main(**attributes: Any) -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=sys.modules["builtins"], __package__=None, **attributes)
    sys.modules["__main__"] = module
    return module


def _execute(code: types.CodeType, module: types.ModuleType) -> None:
    exec(code, module.__dict__)


def _frames_of_program(error: BaseException) -> types.TracebackType | None:
    """The traceback without what lies before the program's first frame."""
    outer = {__file__, runpy.__file__, "<frozen runpy>"}
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename in outer:
        traceback = traceback.tb_next
    return traceback


def _report(error: BaseException) -> None:
    traceback = _frames_of_program(error)
    error.__traceback__ = traceback
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, traceback
    if hasattr(sys, "last_exc") or sys.version_info >= (3, 12):
        sys.last_exc = error
    sys.excepthook(type(error), error, traceback)
