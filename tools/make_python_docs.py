"""Writes docs/python_names.md, and the numbers in docs/python.md: which names there are.

    python tools/make_python_docs.py            # the pages; tensorkeep must be importable
    python tools/make_python_docs.py --check    # fails if they are not current
    python tools/make_python_docs.py --names    # the list of TensorFlow's names, from TensorFlow

Those are the names of 2.21's `compat.v1`; the list is tests/data/python/tensorflow_names.txt.
"""

from __future__ import annotations

import collections
import pathlib
import sys
import textwrap
import types
from typing import Any, Iterable, Iterator, NamedTuple

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_NAMES = _ROOT / "tests" / "data" / "python" / "tensorflow_names.txt"
_PAGE = _ROOT / "docs" / "python.md"
_LISTS = _ROOT / "docs" / "python_names.md"
_BEGIN = "<!-- made by tools/make_python_docs.py -->"
_END = "<!-- end -->"

# Modules of TensorFlow 1.15 that TensorFlow 2.21 has from another package.
_NAMES_OF_1_15 = {
    "layers": """
        AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Conv1D Conv2D
        Conv2DTranspose Conv3D Conv3DTranspose Dense Dropout Flatten InputSpec Layer MaxPooling1D
        MaxPooling2D MaxPooling3D SeparableConv1D SeparableConv2D average_pooling1d
        average_pooling2d average_pooling3d batch_normalization conv1d conv2d conv2d_transpose
        conv3d conv3d_transpose dense dropout flatten max_pooling1d max_pooling2d max_pooling3d
        separable_conv1d separable_conv2d""",
    "nn.rnn_cell": """
        BasicLSTMCell BasicRNNCell DeviceWrapper DropoutWrapper GRUCell LSTMCell LSTMStateTuple
        MultiRNNCell RNNCell ResidualWrapper""",
}


def _modules_of(tensorflow: Any) -> Iterator[tuple[str, Any]]:
    """TensorFlow's public modules, each under its shortest path."""
    waiting: collections.deque = collections.deque([("", tensorflow)])
    seen = set()
    while waiting:
        path, module = waiting.popleft()
        if id(module) in seen or path.startswith("compat."):
            continue
        seen.add(id(module))
        yield path, module
        if not _reason(path):
            for name in _public(module):
                inner = getattr(module, name)
                inner_path = f"{path}.{name}" if path else name
                if isinstance(inner, types.ModuleType) and (
                        _reason(inner_path) or _is_public(inner)):
                    waiting.append((inner_path, inner))


def _is_public(module: Any) -> bool:
    """Not what a module has only imported."""
    name = getattr(module, "__name__", "tensorflow.")  # Keras's lazy modules have none
    return name.startswith("tensorflow.") and "tf_decorator" not in name


def _public(module: Any) -> list[str]:
    try:
        return [name for name in sorted(dir(module)) if not name.startswith("_")]
    except ModuleNotFoundError:  # of that other package
        return []


def names_text() -> str:
    """The list: a line "path:" for each module, its names after it; "." is tf itself."""
    import tensorflow.compat.v1 as tensorflow  # pylint: disable=import-outside-toplevel

    lines = ["# The public names of tensorflow.compat.v1 in TensorFlow 2.21, by "
             "tools/make_python_docs.py --names."]
    for path, module in sorted(_modules_of(tensorflow)):
        lines.append(f"{path or '.'}:")
        names = _NAMES_OF_1_15.get(path, "").split() or [
            name for name in _public(module) if not _reason(path)
            and not isinstance(getattr(module, name), types.ModuleType)]
        lines += textwrap.wrap(" ".join(names), 100, initial_indent="  ", subsequent_indent="  ",
                               break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def read_names() -> dict[str, list[str]]:
    """The names of each module; none for modules that are left out as a whole."""
    modules: dict[str, list[str]] = {}
    path = ""
    for line in _NAMES.read_text().splitlines():
        if line.startswith("#"):
            continue
        if line.startswith(" "):
            modules[path] += line.split()
        else:
            path = line.rstrip(":").lstrip(".")
            modules[path] = []
    return modules


def _reason(path: str, name: str = "") -> str | None:
    from tensorkeep import _api  # pylint: disable=import-outside-toplevel

    if not name:
        path, _, name = path.rpartition(".")
    return _api.why_missing(path, name) if name else None


class Part(NamedTuple):
    """A module's names by what became of them."""

    path: str
    works: list[str]
    left_out: list[str]
    missing: list[str]


def parts_of(modules: dict[str, list[str]]) -> tuple[list[Part], list[str]]:
    """The modules with names, and those left out as a whole."""
    from tensorkeep import _api, _namespaces  # pylint: disable=import-outside-toplevel

    parts, whole = [], []
    for path, names in modules.items():
        if _reason(path):
            whole.append(path)
            continue
        ours = _namespaces.names(path) if _api.is_module(path) else set()
        part = Part(path, [], [], [])
        for name in names:
            column = (part.works if name in ours else
                      part.left_out if _reason(path, name) else part.missing)
            column.append(name)
        if names and path != "raw_ops":
            parts.append(part)
    return parts, whole


def _title(path: str) -> str:
    return f"tf.{path}" if path else "tf"


def numbers(parts: list[Part]) -> list[str]:
    """The table of numbers. Modules of which nothing is here share a line."""
    lines = ["| module | names | there | left out by decision | missing |",
             "| --- | ---: | ---: | ---: | ---: |"]
    for part in [part for part in parts if part.works]:
        lines.append(_numbers_row(f"`{_title(part.path)}`", [part]))
    lines.append(_numbers_row("others", [part for part in parts if not part.works]))
    lines.append(_numbers_row("**all**", parts))
    return lines


def _numbers_row(title: str, parts: Iterable[Part]) -> str:
    counts = [sum(len(names) for names in column)
              for column in zip(*((part.works, part.left_out, part.missing) for part in parts))]
    return f"| {title} | {sum(counts)} | " + " | ".join(map(str, counts)) + " |"


def _wrapped(label: str, names: list[str]) -> list[str]:
    if not names:
        return []
    text = f"{label} ({len(names)}): " + ", ".join(f"`{name}`" for name in names)
    return textwrap.wrap(text, 110, break_long_words=False, break_on_hyphens=False) + [""]


def lists(parts: list[Part], whole: list[str]) -> list[str]:
    """The page of names: reasons with what they hold for, then module by module."""
    lines = ["# TensorFlow's names in tensorkeep", "", _BEGIN, "",
             "The public names of TensorFlow 2.21's `compat.v1`, which is what is left of 1.15 and",
             "some that came later: there, left out by decision, or missing. Numbers are in",
             "[python.md](python.md). `tf.raw_ops` is not counted: it has every operation.", "",
             "## Left out by decision", ""]
    by_reason: dict[str, list[str]] = {}
    for path in whole:
        by_reason.setdefault(_reason(path) or "", []).append(f"{_title(path)}.*")
    for part in parts:
        for name in part.left_out:
            reason = _reason(part.path, name) or ""
            by_reason.setdefault(reason, []).append(f"{_title(part.path)}.{name}")
    for reason in sorted(by_reason):
        lines += _wrapped(reason[0].upper() + reason[1:], by_reason[reason])
    for part in parts:
        lines += [f"## {_title(part.path)}", ""]
        lines += _wrapped("There", part.works) + _wrapped("Missing", part.missing)
    return lines


def _with_numbers(page: str, table: list[str]) -> str:
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + "\n".join([_BEGIN, *table, _END]) + after


def main(arguments: list[str]) -> int:
    if arguments == ["--names"]:
        _NAMES.write_text(names_text())
        return 0
    parts, whole = parts_of(read_names())
    pages = {_PAGE: _with_numbers(_PAGE.read_text(), numbers(parts)),
             _LISTS: "\n".join(lists(parts, whole)).rstrip() + "\n"}
    old = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    if arguments == ["--check"]:
        for path in old:
            print(f"{path} is not current: run python tools/make_python_docs.py", file=sys.stderr)
        return 1 if old else 0
    for path, text in pages.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
