"""What `pip install .` installs: a wheel that stands alone, built here from the tests' own build."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TENSORKEEP_BUILD_DIR", ROOT / "build/release"))
LARGEST_MIB = 25
DEPENDENCIES = {"ml_dtypes", "numpy", "protobuf"}


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel; building on in the tests' folder spares compiling the library again."""
    out = tmp_path_factory.mktemp("wheel")
    environment = {**os.environ, "TENSORKEEP_BUILD_TESTS": "ON", "TENSORKEEP_BUILD_BENCH": "ON"}
    run(sys.executable, "-m", "pip", "wheel", ROOT, "--no-build-isolation", "--no-deps",
        "--config-settings", f"build-dir={BUILD}", "-w", out, env=environment)
    [path] = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A Python that has the wheel and its dependencies, and nothing of the build or of TensorFlow."""
    folder = tmp_path_factory.mktemp("site")
    run(sys.executable, "-m", "pip", "install", "--no-deps", "--target", folder, wheel)
    return folder


def in_installed(folder, program):
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return run(sys.executable, "-c", program, cwd=folder,
               env={**environment, "PYTHONPATH": str(folder)})


def test_its_size(wheel):
    assert wheel.stat().st_size < LARGEST_MIB << 20


def test_its_dependencies(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(name).decode()
    required = [line.split(": ", 1)[1] for line in metadata.splitlines()
                if line.startswith("Requires-Dist") and "extra ==" not in line]
    assert {line.split(">")[0].split(";")[0].strip() for line in required} == DEPENDENCIES


def test_it_holds_what_types_and_messages_need(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "tensorkeep/py.typed" in names
    assert "tensorkeep/_framework/protos.binpb" in names
    assert any(name.endswith(".pyi") for name in names)


def test_it_needs_no_library_that_a_system_may_not_have(wheel):
    shown = run(sys.executable, "-m", "auditwheel", "show", wheel)
    assert "manylinux_2_" in shown, shown


def test_it_works_alone(installed):
    program = """
import tensorkeep as tf
v = tf.Variable([1.0, 2.0], name="v")
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver.save(sess, "./model")
print(tf.__file__)
print(tf.train.load_variable("./model", "v"))
"""
    output = in_installed(installed, program).splitlines()
    assert output == [str(installed / "tensorkeep/__init__.py"), "[1. 2.]"]


@pytest.mark.parametrize("order", ["tensorkeep, tensorflow", "tensorflow, tensorkeep"])
def test_it_shares_a_process_with_tensorflow(installed, order):
    """Both link protobuf, in different versions."""
    program = f"""
import {order}
import tensorkeep as tk
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
results = []
for module in (tk, tf, tk):
    graph = module.Graph()
    with graph.as_default():
        w = module.get_variable("w", initializer=[1.0, 2.0])
        y = module.square(w, name="y")
        with module.Session() as sess:
            sess.run(module.global_variables_initializer())
            results.append(sess.run(y).tolist())
            definition = graph.as_graph_def()
# TensorFlow's own messages are taken.
with tf.Graph().as_default() as graph:
    tf.add(1, 2, name="sum")
    meta_graph = tf.train.export_meta_graph()
with tk.Graph().as_default():
    [total] = tk.import_graph_def(graph.as_graph_def(), return_elements=["sum:0"])
    tk.train.import_meta_graph(meta_graph)
    results.append(int(tk.Session().run(total)))
print(results)
"""
    output = in_installed(installed, program).splitlines()
    assert output[-1] == "[[1.0, 4.0], [1.0, 4.0], [1.0, 4.0], 3]"


def test_importing_is_cheap(installed):
    """80 MB in all. Seconds are measured by bench/, not here."""
    program = """
import tensorkeep
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")][0])
import tensorkeep.python.framework.ops
tensorkeep.Variable
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")][0])
"""
    before, after = map(int, in_installed(installed, program).split())
    assert before < 80 * 1024
    assert after < 80 * 1024
