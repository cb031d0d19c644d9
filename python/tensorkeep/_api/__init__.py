"""The one table: which name of which module comes from where.

An entry maps a module's path to a text of names. A word ending in ":" says where the names after it
come from:

    _core:  _core.nn:       the extension, or one of its namespaces
    _client.session:        a file of this package
    tf:  nn:  python.ops.math_ops:   a public module of this table; `tf` is the package itself

Names before the first such word come from the extension: from its namespace of the same path for
`tf.nn`, `tf.train` and the like, from its root for the inner paths. `public=other` is a name that
its source calls `other`; `x=None` is None; `*` is all names of the source, except those that its
entry has after a "|".
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from tensorkeep._api.framework import FRAMEWORK
from tensorkeep._api.missing import MISSING
from tensorkeep._api.ops import OPS
from tensorkeep._api.saved_model import SAVED_MODEL
from tensorkeep._api.surface import SURFACE
from tensorkeep._api.training import TRAINING

_TABLE = {**SURFACE, **FRAMEWORK, **OPS, **TRAINING, **SAVED_MODEL}


class Origin(NamedTuple):
    """Where a name is found: in the extension or in a file. None in both: the value None."""

    source: str | None
    name: str | None


class Entry(NamedTuple):
    """A module's names, and the files that give all of theirs."""

    names: dict[str, Origin]
    files: tuple[str, ...]
    inner: frozenset[str]  # what `*` leaves out


@functools.lru_cache(maxsize=None)
def _modules() -> dict[str, frozenset[str]]:
    """Every module's path, parents without an entry included, with its submodules' names."""
    children: dict[str, set[str]] = {"": set()}
    for path in _TABLE:
        while path:
            children.setdefault(path, set())
            parent, _, name = path.rpartition(".")
            children.setdefault(parent, set()).add(name)
            path = parent
    return {path: frozenset(found) for path, found in children.items()}


def is_module(path: str) -> bool:
    return path in _modules()


def modules() -> list[str]:
    return sorted(_modules())


def submodules(path: str) -> frozenset[str]:
    return _modules().get(path, frozenset())


def _is_file(source: str) -> bool:
    return source.startswith("_") and source.partition(".")[0] != "_core"


@functools.lru_cache(maxsize=None)
def entry(path: str) -> Entry:
    """A module's entry, with names of other public modules followed to where they come from."""
    source = f"_core.{path}" if path and path in SURFACE else "_core"
    names: dict[str, Origin] = {}
    files: list[str] = []
    inner: set[str] | None = None
    for word in _TABLE.get(path, "").split():
        if word.endswith(":"):
            source = word[:-1]
        elif word == "|":
            inner = set()
        elif word != "*":
            public, _, name = word.partition("=")
            names[public] = _follow(source, name or public)
            if inner is not None:
                inner.add(public)
        elif _is_file(source):
            files.append(source)
        else:
            other = entry(_path_of(source))
            names.update((name, Origin(source, name)) for name in submodules(_path_of(source)))
            names.update((public, origin) for public, origin in other.names.items()
                         if public not in other.inner)
            files += other.files
    return Entry(names, tuple(files), frozenset(inner or ()))


def _path_of(source: str) -> str:
    return "" if source == "tf" else source


def _follow(source: str, name: str) -> Origin:
    """The place that a public module's entry gives for its name."""
    if name == "None":
        return Origin(None, None)
    if source.startswith("_") or _path_of(source) not in _TABLE:
        return Origin(source, name)
    if name in submodules(_path_of(source)):
        return Origin(source, name)
    return entry(_path_of(source)).names.get(name, Origin(source, name))


@functools.lru_cache(maxsize=None)
def _missing() -> dict[str, str]:
    return {name: reason for reason, text in MISSING.items() for name in text.split()}


def why_missing(path: str, name: str) -> str | None:
    """Why a name of TensorFlow is not here, where that was a decision; None otherwise."""
    full = f"{path}.{name}" if path else name
    while full:
        if full in _missing():
            return _missing()[full]
        full = full.rpartition(".")[0]
    return None


def docstring(path: str) -> str:
    if path == "compat.v1":
        return "tensorkeep as TensorFlow 1.15 programs expect it."
    return f"TensorFlow's `{path}`, as far as tensorkeep has it."
