"""The type stubs: a name in them for every name of the modules, and nothing that is not there."""
import ast
import importlib
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("nanobind")

from tensorkeep import _api, _namespaces  # noqa: E402

SCRIPT = pathlib.Path(__file__).parents[2] / "tools" / "make_stubs.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("stubs") / "tensorkeep"
    path.mkdir()
    subprocess.run([sys.executable, SCRIPT, path], check=True)
    return path


def tree_of(folder, path):
    file = folder.joinpath(*path.split(".")) if path else folder
    file = file / "__init__.pyi" if file.is_dir() else file.with_suffix(".pyi")
    return ast.parse(file.read_text())


def bound_names(tree):
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield node.targets[0].id


@pytest.mark.parametrize("path", _api.modules())
def test_names_of_a_module(folder, path):
    tree = tree_of(folder, path)
    names = {name for name in bound_names(tree) if not name.startswith("_")}
    expected = {name for name in _namespaces.names(path) if not name.startswith("_")}
    assert names == expected | ({"install_as_tensorflow"} if not path else set())
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name) or importlib.import_module(
                    f"{node.module}.{alias.name}")


def test_the_extension(folder):
    tree = ast.parse((folder / "_core" / "__init__.pyi").read_text())
    core = importlib.import_module("tensorkeep._core")
    names = set(bound_names(tree))
    assert {name for name in dir(core) if not name.startswith("_")} <= names
    nn = (folder / "_core" / "nn.pyi").read_text()
    assert "from tensorkeep._core import Tensor" in nn
    assert "def relu(features: " in nn and ") -> Tensor" in nn


def test_messages_and_operations(folder):
    messages = ast.parse((folder / "_framework" / "protos.pyi").read_text())
    saver_def = next(node for node in messages.body if getattr(node, "name", None) == "SaverDef")
    fields = {node.target.id: ast.unparse(node.annotation) for node in saver_def.body
              if isinstance(node, ast.AnnAssign)}
    assert fields["max_to_keep"] == "int" and fields["save_tensor_name"] == "str"
    operations = (folder / "_ops" / "raw_ops.pyi").read_text()
    assert ("def MatMul(*, a: _Any, b: _Any, transpose_a: _Any = ..., transpose_b: _Any = ..., "
            in operations)
    ast.parse(operations)
    ast.parse((folder / "_ops" / "gen_ops.pyi").read_text())
