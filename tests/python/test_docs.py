"""The pages made by tools are current, and every public name says what it does."""

from __future__ import annotations

import importlib.util
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and NamedTuples look there
    spec.loader.exec_module(module)
    return module


def test_the_pages_of_names_are_current(capsys):
    assert tool("make_python_docs").main(["--check"]) == 0, capsys.readouterr().err


def test_the_list_of_tensorflows_names_is_current():
    pytest.importorskip("tensorflow")
    names = ROOT / "tests" / "data" / "python" / "tensorflow_names.txt"
    assert tool("make_python_docs").names_text() == names.read_text()


def test_the_reference(tmp_path, capsys):
    assert tool("make_python_reference").main([str(tmp_path)]) == 0, capsys.readouterr().err
    train = (tmp_path / "train.md").read_text()
    assert "### `Saver`" in train and "#### `Saver.save`" in train
    assert "(tf.md): " in (tmp_path / "math.md").read_text()
    pages = {path.name for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        assert set(re.findall(r"\]\(([\w.]+\.md)\)", path.read_text())) <= pages


@pytest.mark.parametrize("doc, complaint", [
    ("", "no docstring"),
    ("As `tf.no_such_name`.", "tf.no_such_name"),
    ("One.\n\nArgs:\n  x: there.\n  y: not there.", "'y'"),
])
def test_what_is_wrong_in_a_docstring(doc, complaint):
    reference = tool("make_python_reference")
    problems = list(reference.warnings_of(reference.Item("f", "(x, z=1)", doc, 3), None))
    assert len(problems) == 1 and complaint in problems[0]


def test_a_docstring_with_nothing_wrong():
    reference = tool("make_python_reference")
    doc = "As `tf.nn.relu`.\n\nArgs:\n  x, z: there.\n\nReturns:\n  y: not an argument."
    assert not list(reference.warnings_of(reference.Item("f", "(x, z=1)", doc, 3), None))
