"""Modules made from the table of `_api` when they are first asked for.

`tensorkeep.nn`, `tensorkeep.python.ops.math_ops` and the rest have no files: a finder makes an
empty module for each, and its names are looked up one by one (PEP 562), so that importing costs
nothing for what a program does not use.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import sys
import types
from typing import Any, Callable, Iterator

from tensorkeep import _api

_ROOT = "tensorkeep"


def full_name(path: str) -> str:
    """The module's name: "nn" gives "tensorkeep.nn", "" the package itself."""
    return f"{_ROOT}.{path}" if path else _ROOT


def _canonical(path: str) -> str:
    """`compat.v1.train` is `train`; only `compat.v1` itself is a module of its own."""
    while path.startswith("compat.v1."):
        path = path[len("compat.v1."):]
    return path


def _source(where: str) -> Any:
    """The object that holds the names of one source of the table."""
    if where == "_core" or where.startswith("_core."):
        value = importlib.import_module(f"{_ROOT}._core")
        for part in where.split(".")[1:]:
            value = getattr(value, part)
        return value
    return importlib.import_module(full_name("" if where == "tf" else where))


def file_names(path: str) -> Iterator[tuple[str, str]]:
    """The names that whole files give to a module, each with its file.

    A file with a dict `modules` gives each of these modules names of its own.
    """
    for file in _api.entry(path).files:
        source = _source(file)
        for name in source.modules[path] if hasattr(source, "modules") else source.__all__:
            yield name, file


def names(path: str) -> set[str]:
    """Every public name of a module, its submodules among them."""
    whole_files = (name for name, _ in file_names(path))
    return {*_api.submodules(path), *_api.entry(path).names, *whole_files}


def _find(path: str, name: str) -> Any:
    """The object behind a public name. Raises AttributeError that says what is missing."""
    module = full_name(path)
    if name in _api.submodules(path):
        return importlib.import_module(f"{module}.{name}")
    try:
        origin = _api.entry(path).names.get(name)
        if origin is None:
            file = dict(file_names(path)).get(name)
            origin = _api.Origin(file, name) if file else None
        if origin is not None:
            return getattr(_source(origin.source), origin.name) if origin.source else None
    except (AttributeError, ModuleNotFoundError) as error:
        raise AttributeError(f"{module}.{name} is not part of this build: {error}") from error
    reason = _api.why_missing(path, name)
    if reason:
        raise AttributeError(f"{module} has no {name!r}: {reason}")
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


def attach(path: str, namespace: dict[str, Any]) -> tuple[Callable, Callable]:
    """`__getattr__` and `__dir__` for the module `path` with the given globals."""

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            module = sys.modules[full_name(path)]
            return [each for each in sorted(names(path)) if hasattr(module, each)]
        if name.startswith("__"):
            raise AttributeError(f"module {full_name(path)!r} has no attribute {name!r}")
        value = _find(path, name)
        namespace[name] = value
        return value

    def __dir__() -> list[str]:
        own = (name for name in namespace if name not in ("__getattr__", "__dir__"))
        return sorted({*own, *names(path)})

    return __getattr__, __dir__


class _Loader:
    """Fills a module that has no file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__doc__ = _api.docstring(self._path)
        if self._path == "compat.v1":
            module.__version__ = _source("_platform.versions").VERSION
        module.__getattr__, module.__dir__ = attach(self._path, vars(module))


class _AliasLoader:
    """Gives another name to a module that has one: the same object under both."""

    def __init__(self, target: str) -> None:
        self._target = target

    def create_module(self, spec: Any) -> types.ModuleType:
        self._module = importlib.import_module(self._target)
        self._spec = self._module.__spec__
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has put the alias's there


class _ExtensionLoader(importlib.machinery.ExtensionFileLoader):
    """Loads the extension with its libraries before those of the process.

    TensorFlow exports its protobuf's symbols; an extension that took them for its own would crash.
    Sanitizers do not bear this: TENSORKEEP_DEEPBIND=0 leaves it out.
    """

    def create_module(self, spec: Any) -> types.ModuleType:
        flags = sys.getdlopenflags()
        deep = os.environ.get("TENSORKEEP_DEEPBIND") != "0" and getattr(os, "RTLD_DEEPBIND", 0)
        sys.setdlopenflags(os.RTLD_NOW | os.RTLD_LOCAL | deep)
        try:
            return super().create_module(spec)
        finally:
            sys.setdlopenflags(flags)


class Finder:
    """Finds the table's modules under `tensorkeep`, or under another name that stands for it."""

    def __init__(self, root: str, root_path: str = "") -> None:
        self._root = root
        self._root_path = root_path

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        root, _, inner = fullname.partition(".")
        if root != self._root:
            return None
        if fullname == f"{_ROOT}._core":
            spec = importlib.machinery.PathFinder.find_spec(fullname, path)
            if spec is not None:
                spec.loader = _ExtensionLoader(fullname, spec.origin)
            return spec
        key = _canonical(inner) if inner else self._root_path
        if not _api.is_module(key):
            parent, _, name = key.rpartition(".")
            files = _api.entry(parent).files if parent else ()
            if name == "__main__" and len(files) == 1:
                return _program(fullname, files[0])
            reason = _api.why_missing(parent, name)
            if reason:
                raise ImportError(f"{_ROOT} has no {key}: {reason}", name=fullname)
            if root == _ROOT:
                return None
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: {_ROOT} stands in for {root} here, and has no such "
                "module", name=fullname)
        loader = _Loader(key) if fullname == full_name(key) else _AliasLoader(full_name(key))
        return importlib.machinery.ModuleSpec(fullname, loader, origin=f"{_ROOT}._api",
                                              is_package=True)


def _program(fullname: str, file: str) -> Any:
    """What `python -m` runs for a module that has the names of one file: that file."""
    import importlib.util
    origin = importlib.util.find_spec(full_name(file)).origin
    return importlib.util.spec_from_file_location(fullname, origin)


def install() -> None:
    """Lets `import tensorkeep.x.y` find modules without a file, and the extension."""
    _put_first(Finder(_ROOT))


def _put_first(finder: Finder) -> None:
    if not any(isinstance(each, Finder) and each._root == finder._root for each in sys.meta_path):
        sys.meta_path.insert(0, finder)


def install_as_tensorflow() -> None:
    """Lets `import tensorflow` mean tensorkeep from now on, in this process.

    `tensorflow` and `tensorflow.compat.v1` are `tensorkeep.compat.v1`; `tensorflow.python...`,
    `tensorflow.core...` and the rest are tensorkeep's modules of these names. An installed
    TensorFlow is not looked at.

    Raises:
      RuntimeError: the real TensorFlow has been imported already.
    """
    present = sys.modules.get("tensorflow")
    if present is not None and present is not sys.modules.get(full_name("compat.v1")):
        raise RuntimeError(
            "tensorflow is imported already, so tensorkeep cannot take its place; call "
            "install_as_tensorflow() first, or run the program with python -m tensorkeep")
    _put_first(Finder("tensorflow", "compat.v1"))
