"""Runs programs that import `tensorflow`, with tensorkeep in its place."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import io
import os
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


def _fail(message: str, code: int = 2) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


def _not_runnable(message: str) -> NoReturn:
    _fail(f"{sys.executable}: {message}", 1)


def _run_module(name: str, arguments: list[str]) -> None:
    sys.argv = ["-m", *arguments]
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        _not_runnable(f"Error while finding module specification for {name!r} "
                      f"({type(error).__name__}: {error})")
    if spec is None:
        _not_runnable(f"No module named {name}")
    if spec.submodule_search_locations is not None:
        inner = importlib.util.find_spec(f"{name}.__main__")
        if inner is None:
            _not_runnable(f"No module named {name}.__main__; {name!r} is a package and cannot be "
                          "directly executed")
        spec = inner
    sys.argv[0] = spec.origin
    _run_spec(spec)


def _run_spec(spec: Any) -> None:
    code = spec.loader.get_code(spec.name)
    _execute(code, _fresh_main(
        __spec__=spec, __file__=spec.origin, __cached__=spec.cached, __loader__=spec.loader,
        __package__=spec.parent))


def _run_code(code: str, arguments: list[str]) -> None:
    sys.argv = ["-c", *arguments]
    _put_first("")
    _execute(compile(code, "<string>", "exec", dont_inherit=True), _fresh_main())


def _run_file(program: str, arguments: list[str]) -> None:
    sys.argv = [program, *arguments]
    path = os.path.abspath(program)
    if os.path.isdir(path) or _is_zip(path):
        _put_first(path)
        spec = importlib.machinery.PathFinder.find_spec("__main__", [path])
        if spec is None:
            _not_runnable(f"can't find '__main__' module in {path!r}")
        _run_spec(spec)
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
    module.__dict__.update(
        {"__builtins__": sys.modules["builtins"], "__package__": None, **attributes})
    sys.modules["__main__"] = module
    return module


def _execute(code: types.CodeType, module: types.ModuleType) -> None:
    exec(code, module.__dict__)


def _frames_of_program(error: BaseException) -> types.TracebackType | None:
    """The traceback without this file's frames, which come first."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback


def _report(error: BaseException) -> None:
    traceback = _frames_of_program(error)
    error.__traceback__ = traceback
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, traceback
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    sys.excepthook(type(error), error, traceback)
