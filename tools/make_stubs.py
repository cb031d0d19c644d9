"""Writes type stubs (.pyi) for tensorkeep into a folder that holds the package, or a copy of it.

    python tools/make_stubs.py FOLDER/tensorkeep

The extension's come from nanobind; the public modules', which have no files, from the table of
tensorkeep._api; messages' and raw operations' from their definitions. The package must be importable.
"""

from __future__ import annotations

import ast
import enum
import importlib
import importlib.util
import inspect
import pathlib
import re
import sys
from typing import Any, Iterable

from google.protobuf.descriptor import FieldDescriptor
from nanobind import stubgen
from tensorkeep import _api, _namespaces
from tensorkeep._framework import protos
from tensorkeep._ops import op_functions

_HEADER = "# Made by tools/make_stubs.py.\n"


def write(path: pathlib.Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_HEADER + "\n".join(lines) + "\n")


class _ExtensionStubs(stubgen.StubGen):
    """Leaves out methods that tell nothing about their arguments."""

    def put_nb_func(self, fn: Any, *args: Any, **kwargs: Any) -> None:
        if fn.__nb_signature__:
            super().put_nb_func(fn, *args, **kwargs)


def write_extension(folder: pathlib.Path) -> None:
    """The stubs of `_core` and its namespaces."""
    stubgen.StubGen = _ExtensionStubs
    stubgen.main(["-m", "tensorkeep._core", "-r", "-O", str(folder), "-q"])
    root = folder / "_core" / "__init__.pyi"
    classes = {node.name for node in ast.parse(root.read_text()).body
               if isinstance(node, ast.ClassDef)}
    for path in (folder / "_core").rglob("*.pyi"):
        text = re.sub(r"(\| None) \| None", r"\1", path.read_text())
        text = text.replace("-> object", "-> Any").replace("_ReuseMode", "object")
        path.write_text(text if path == root else _with_imports(text, classes))


def _with_imports(text: str, classes: set[str]) -> str:
    """A namespace's stub with imports of the root's classes that it names."""
    tree = ast.parse(text)
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    needed = ", ".join(sorted((used & classes) - own))
    if not needed:
        return text
    lines = text.splitlines()
    line = next(node.lineno for node in tree.body if not isinstance(node, ast.Expr)) - 1
    lines.insert(line, f"from tensorkeep._core import {needed}")
    return "\n".join(lines) + "\n"


def _static_names(file: str) -> set[str]:
    """The names that a file of the package binds where a type checker sees it."""
    origin = importlib.util.find_spec(_namespaces.full_name(file)).origin
    found = set()
    for node in ast.parse(pathlib.Path(origin).read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(target.id for target in targets if isinstance(target, ast.Name))
    return found


def _annotation(value: Any) -> tuple[str, str]:
    """An import and a type for a value that is not bound statically."""
    kind = type(value)
    if isinstance(value, enum.Enum) or kind.__module__.startswith("tensorkeep"):
        return f"import {kind.__module__}", f"{kind.__module__}.{kind.__qualname__}"
    if kind in (bool, int, float, str, bytes):
        return "import builtins", f"builtins.{kind.__name__}"
    return "import typing", "typing.Any"


# Files whose names are made when they are imported, and that get a stub of their own.
_OWN_STUBS = ("_framework.protos", "_ops.raw_ops", "_ops.gen_ops")


def _binding(public: str, origin: _api.Origin, module: Any) -> list[str]:
    """The lines that bind one name of a public module."""
    value = getattr(module, public)
    if origin.source is None:
        return [f"{public}: None"]
    is_file = origin.source.startswith("_") and not origin.source.startswith("_core")
    if is_file and origin.source not in _OWN_STUBS:
        if origin.name not in _static_names(origin.source):
            needed, kind = _annotation(value)
            return [needed, f"{public}: {kind}"]
    source = _namespaces.full_name("" if origin.source == "tf" else origin.source)
    if public == origin.name:  # which tells type checkers that it is public
        return [f"from {source} import {public} as {public}"]
    return [f"from {source} import {origin.name} as _{public}", f"{public} = _{public}"]


def write_module(folder: pathlib.Path, path: str) -> None:
    """The stub of a public module."""
    entry = _api.entry(path)
    module = importlib.import_module(_namespaces.full_name(path))
    origins = {name: _api.Origin(file, name) for name, file in _namespaces.file_names(path)}
    origins.update(entry.names)
    lines = []
    for name in sorted(_api.submodules(path)):
        origins.pop(name, None)
        lines.append(f"from {_namespaces.full_name(path)} import {name} as {name}")
    for name in sorted(origins):
        lines += _binding(name, origins[name], module)
    if path in ("", "compat.v1"):
        lines.append("__version__: str")
    if not path:
        lines.append("def install_as_tensorflow() -> None: ...")
    imports = sorted({line for line in lines if line.startswith("import ")})
    lines = [f'"""{inspect.getdoc(module)}"""', *imports,
             *(line for line in lines if not line.startswith("import "))]
    target = folder.joinpath(*path.split(".")) if path else folder
    is_package = not path or _api.submodules(path)
    write(target / "__init__.pyi" if is_package else target.with_suffix(".pyi"), lines)


def write_raw_operations(folder: pathlib.Path) -> None:
    """The stubs of every operation's function."""
    for by_place, name in ((False, "raw_ops"), (True, "gen_ops")):
        lines = ["from typing import Any as _Any"]
        for each in op_functions.names(by_place):
            parameters = [
                parameter.replace(annotation="_Any", default=(
                    parameter.default if parameter.default is parameter.empty else ...))
                for parameter in inspect.signature(
                    op_functions.function(each, by_place)).parameters.values()]
            text = str(inspect.Signature(parameters)).replace("'_Any'", "_Any")
            lines.append(f"def {each}{text.replace('Ellipsis', '...')} -> _Any: ...")
        write(folder / "_ops" / f"{name}.pyi", lines)


_SCALARS = {
    FieldDescriptor.CPPTYPE_BOOL: "bool", FieldDescriptor.CPPTYPE_STRING: "str",
    FieldDescriptor.CPPTYPE_DOUBLE: "float", FieldDescriptor.CPPTYPE_FLOAT: "float",
}


def _is_repeated(field: FieldDescriptor) -> bool:
    repeated = getattr(field, "is_repeated", None)
    return field.label == field.LABEL_REPEATED if repeated is None else repeated


def _field_type(field: FieldDescriptor) -> tuple[str, str]:
    """What reading a field gives, and what a message may be made with."""
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            key, value = (_field_type(each)[0] for each in field.message_type.fields)
            return f"_MutableMapping[{key}, {value}]", f"_Mapping[{key}, {value}] | None"
        package = field.message_type.file.package
        name = field.message_type.full_name[len(package) + 1:]
        if package == "google.protobuf":
            name = "_Any"
        if _is_repeated(field):
            return f"_RepeatedCompositeFieldContainer[{name}]", f"_Iterable[{name}] | None"
        return name, f"{name} | None"
    kind = _SCALARS.get(field.cpp_type, "int")
    if field.type == FieldDescriptor.TYPE_BYTES:
        kind = "bytes"
    if _is_repeated(field):
        return f"_RepeatedScalarFieldContainer[{kind}]", f"_Iterable[{kind}] | None"
    return kind, f"{kind} | None"


def _message_lines(descriptor: Any, indent: str) -> list[str]:
    lines = [f"{indent}class {descriptor.name}(_Message):"]
    inner = indent + "    "
    for nested in descriptor.nested_types:
        if not nested.GetOptions().map_entry:
            lines += _message_lines(nested, inner)
    for group in descriptor.enum_types:
        lines += [f"{inner}{value.name}: int" for value in group.values]
        lines.append(f"{inner}{group.name}: _EnumTypeWrapper")
    lines += [f"{inner}{field.name}: {_field_type(field)[0]}" for field in descriptor.fields]
    arguments = "".join(f", {field.name}: {_field_type(field)[1]} = ..."
                        for field in descriptor.fields)
    star = ", *" if arguments else ""
    lines.append(f"{inner}def __init__(self{star}{arguments}) -> None: ...")
    return lines


def write_messages(folder: pathlib.Path) -> None:
    """The stub of the messages."""
    lines = [
        "from typing import Any as _Any, Iterable as _Iterable, Mapping as _Mapping",
        "from typing import MutableMapping as _MutableMapping",
        "from google.protobuf.internal.containers import (",
        "    RepeatedCompositeFieldContainer as _RepeatedCompositeFieldContainer,",
        "    RepeatedScalarFieldContainer as _RepeatedScalarFieldContainer)",
        "from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper as _EnumTypeWrapper",
        "from google.protobuf.message import Message as _Message",
        "modules: dict[str, tuple[str, ...]]",
        "def serialized(value: _Any, kind: type[_Message] | None = ...) -> bytes: ...",
        "def as_message(value: _Any, kind: _Any) -> _Any: ...",
    ]
    for name in sorted({name for names in protos.modules.values() for name in names}):
        value = getattr(protos, name)
        if isinstance(value, type):
            lines += _message_lines(value.DESCRIPTOR, "")
        else:
            lines.append(f"{name}: int" if isinstance(value, int) else f"{name}: _EnumTypeWrapper")
    write(folder / "_framework" / "protos.pyi", lines)


def main(folder: str) -> None:
    package = pathlib.Path(folder)
    write_extension(package)
    write_raw_operations(package)
    write_messages(package)
    for path in _api.modules():
        write_module(package, path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
