"""The one table: which name of which module comes from where.

An entry maps a module's path to a text of names. A word ending in ":" says where the names after it
come from:

    _core:  _core.nn:       the extension, or one of its namespaces
    _client.session:        a file of this package
    tf:  nn:  train:        a public module of this table; `tf` is the package itself

Names before the first such word come from the extension's namespace of the same path in `surface`, and
from the extension's root in `paths`. `public=other` is a name that its source calls `other`; `*` is all
its names; `x=None` is None.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from tensorkeep._api.missing import MISSING
from tensorkeep._api.paths import PATHS
from tensorkeep._api.surface import SURFACE


class Origin(NamedTuple):
    """One public name, and where it is found."""

    public: str
    source: str
    name: str


@functools.lru_cache(maxsize=None)
def _modules() -> dict[str, frozenset[str]]:
    """Every module's path, parents without an entry included, with its submodules' names."""
    children: dict[str, set[str]] = {"": set()}
    for path in (*SURFACE, *PATHS):
        while path:
            children.setdefault(path, set())
            parent, _, name = path.rpartition(".")
            children.setdefault(parent, set()).add(name)
            path = parent
    return {path: frozenset(found) for path, found in children.items()}


def is_module(path: str) -> bool:
    return path in _modules()


def submodules(path: str) -> frozenset[str]:
    return _modules().get(path, frozenset())


@functools.lru_cache(maxsize=None)
def origins(path: str) -> tuple[Origin, ...]:
    """The entry of a module, parsed."""
    if path in SURFACE:
        text, source = SURFACE[path], f"_core.{path}" if path else "_core"
    else:
        text, source = PATHS.get(path, ""), "_core"
    found = []
    for word in text.split():
        if word.endswith(":"):
            source = word[:-1]
            continue
        public, _, name = word.partition("=")
        found.append(Origin(public, source, name or public))
    return tuple(found)


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
