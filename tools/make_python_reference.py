"""Writes the reference of tensorkeep's Python module, Markdown made of its docstrings.

    python tools/make_python_reference.py [FOLDER]     # build/docs/python

A page for each public module and each inner path; what has several names is told once, under the
public one. What a reader would stumble over is an error: a public function, class, method or
property without a docstring, an argument described that is not there, a `tf.name` that means
nothing.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pathlib
import re
import sys
from typing import Any, Iterator, NamedTuple

from tensorkeep import _api, _namespaces

_ROOT = pathlib.Path(__file__).resolve().parents[1]
# Made of definitions and not of docstrings: messages and the functions of all operations.
_LEFT_OUT = re.compile(r"core\b|compat\.v1$|raw_ops$|python\.ops\.gen_|.*_pb2$")
_REFERENCE = re.compile(r"`tf\.([A-Za-z_][\w.]*)")
_ARGUMENT = re.compile(r"^ {2}(\*{0,2}\w+(?:, \*{0,2}\w+)*):", re.M)


class Item(NamedTuple):
    """Something with a docstring."""

    path: str  # "train.Saver.save"
    signature: str
    doc: str
    level: int


def _is_message(value: Any) -> bool:
    return hasattr(value, "DESCRIPTOR")


def _bound_signature(value: Any) -> str | None:
    """What nanobind knows of a function's arguments, without its wrappers' types."""
    signatures = getattr(value, "__nb_signature__", None)
    if not signatures:
        return None
    text, _, defaults = signatures[0]
    text = text.split("def ", 1)[1]
    for position, default in enumerate(defaults or ()):
        text = text.replace(f"\\{position}", repr(default))
    text = re.sub(r"(?:typing\.Any|object)( \| None)*", "Any", text)
    text = re.sub(r"( \| None)+", " | None", text).replace(": Any", "").replace(" -> Any", "")
    return text[text.index("("):]


def _signature(value: Any) -> str:
    bound = _bound_signature(value)
    if bound is not None:
        return bound
    try:
        text = str(inspect.signature(value))
    except (TypeError, ValueError):
        return "(...)"
    return re.sub(r" at 0x\w+", "", re.sub(r"(: |-> )'([^']*)'", r"\1\2", text))


def _own_doc(value: Any) -> str:
    if hasattr(value, "__nb_signature__"):
        signatures = value.__nb_signature__
        return "\n\n".join(doc for _, doc, _ in signatures if doc) if signatures else ""
    if isinstance(value, property):
        return inspect.cleandoc(value.__doc__ or getattr(value.fget, "__doc__", None) or "")
    return inspect.cleandoc(value.__doc__ or "") if isinstance(value.__doc__, str) else ""


def _inherited_doc(owner: type, name: str) -> str:
    """A method's docstring, or that of the nearest class that has one for it."""
    for base in owner.__mro__:
        value = vars(base).get(name)
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        doc = _own_doc(value) if value is not None else ""
        if doc:
            return doc
    return ""


def _members(path: str, owner: type) -> Iterator[Item]:
    for name in sorted(vars(owner)):
        value = vars(owner)[name]
        if name.startswith("_") or isinstance(value, type):
            continue
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        if isinstance(value, property):
            yield Item(f"{path}.{name}", "", _inherited_doc(owner, name), 4)
        elif callable(value):
            yield Item(f"{path}.{name}", _signature(value), _inherited_doc(owner, name), 4)


def _class_items(path: str, value: type) -> Iterator[Item]:
    doc, inherited = _own_doc(value), value.__mro__[1].__doc__
    initializer = value.__init__ if value.__init__ is not object.__init__ else None
    signature = _signature(initializer) if initializer is not None else ""
    if "__init__" in vars(value) and hasattr(initializer, "__nb_signature__"):
        doc = "\n\n".join(text for text in (doc, _own_doc(initializer)) if text)
    if issubclass(value, BaseException) and doc == inherited:
        doc = ""
    yield Item(path, re.sub(r"^\(self(, )?", "(", signature), doc, 3)
    if not issubclass(value, (enum.Enum, tuple)):
        yield from _members(path, value)


def _items_of(path: str, name: str, value: Any) -> Iterator[Item]:
    full = f"{path}.{name}" if path else name
    if isinstance(value, type):
        yield from _class_items(full, value)
    else:
        yield Item(full, _signature(value), _own_doc(value), 3)


def _is_told(value: Any) -> bool:
    """Whether it is a class or function of tensorkeep's own."""
    if not (isinstance(value, type) or inspect.isroutine(value)
            or type(value).__module__ == "nanobind"):
        return False
    return (value.__module__ or "").startswith(_namespaces.full_name(""))


class Page(NamedTuple):
    """A module: what is told there, and where its other names are told."""

    path: str
    items: list[Item]
    elsewhere: dict[str, str]


def pages() -> Iterator[Page]:
    """A page for every module, public modules first; each object is told once."""
    homes: dict[int, str] = {}
    for path in sorted(_api.modules(), key=lambda path: (path.startswith("python"), path)):
        if _LEFT_OUT.match(path):
            continue
        module = importlib.import_module(_namespaces.full_name(path))
        items: list[Item] = []
        elsewhere = {}
        for name in sorted(_namespaces.names(path)):
            value = getattr(module, name)
            if name.startswith("_") or not _is_told(value) or _is_message(value):
                continue
            if id(value) in homes:
                elsewhere[name] = homes[id(value)]
                continue
            homes[id(value)] = path
            items += _items_of(path, name, value)
        if items or elsewhere:
            yield Page(path, items, elsewhere)


def _resolves(name: str) -> bool:
    value = importlib.import_module(_namespaces.full_name(""))
    for part in name.rstrip(".").split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            return False
    return True


def warnings_of(item: Item, owner: Item | None) -> Iterator[str]:
    """What is wrong with an item's docstring. A class may describe its `__init__`'s arguments."""
    if not item.doc:
        yield f"tf.{item.path} has no docstring"
    for name in _REFERENCE.findall(item.doc):
        if not _resolves(name):
            yield f"tf.{item.path} refers to `tf.{name}`, which does not exist"
    section = re.search(r"^Args:\n((?: .*\n?|\n)+)", item.doc, re.M)
    known = set(re.findall(r"\w+", item.signature)) | set(
        re.findall(r"\w+", owner.signature) if owner else ())
    for names in _ARGUMENT.findall(section.group(1) if section else ""):
        for name in names.replace("*", "").split(", "):
            if "..." not in item.signature and "**" not in item.signature and name not in known:
                yield f"tf.{item.path} describes an argument {name!r} that it does not have"


def _title(path: str) -> str:
    return f"tf.{path}" if path else "tf"


def _file(path: str) -> str:
    return f"{path or 'tf'}.md"


def _markdown(path: str, items: list[Item], elsewhere: dict[str, str]) -> str:
    lines = [f"# {_title(path)}", ""]
    for home in sorted(set(elsewhere.values())):
        names = ", ".join(f"`{name}`" for name in elsewhere if elsewhere[name] == home)
        lines += [f"Told in [{_title(home)}]({_file(home)}): {names}.", ""]
    for item in items:
        name = item.path[len(path) + 1:] if path else item.path
        lines += [f"{'#' * item.level} `{name}`", ""]
        if item.signature:
            lines += ["```python", f"{name.rpartition('.')[2]}{item.signature}", "```", ""]
        lines += [_with_sections(item.doc), ""]
    return "\n".join(lines)


def _with_sections(doc: str) -> str:
    """A docstring's sections as lists."""
    doc = re.sub(r"^(Args|Returns|Raises|Attributes):$", r"**\1**\n", doc, flags=re.M)
    return re.sub(r"^ {2}(\*{0,2}\w+(?:, \*{0,2}\w+)*):", r"- `\1`:", doc, flags=re.M)


def main(arguments: list[str]) -> int:
    folder = pathlib.Path(arguments[0]) if arguments else _ROOT / "build" / "docs" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    problems, index = [], ["# tensorkeep's Python module", ""]
    for path, items, elsewhere in pages():
        owner = None
        for item in items:
            owner = item if item.level == 3 else owner
            problems += warnings_of(item, owner)
        (folder / _file(path)).write_text(_markdown(path, items, elsewhere))
        index.append(f"- [{_title(path)}]({_file(path)})")
    (folder / "index.md").write_text("\n".join(index) + "\n")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
