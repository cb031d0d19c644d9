"""The articles' programs (docs/articles.md): TensorFlow 2.21 and tensorkeep print the same, leave
the same files, and the values are the articles'. They run one after the other in one folder, as their
reader would: with TensorFlow; with `import tensorkeep as tf`; unchanged by `python -m tensorkeep`.
"""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIRST = ["saver_loop", "mnist_softmax", "mnist_restore"]
SECOND = ["save_add", "restore_add", "import_meta_graph", "restore_some", "restore_renamed",
          "checkpoint_reader", "export_meta_graph", "freeze_add", "import_frozen", "moving_average",
          "restore_average_map", "restore_average"]
PROGRAMS = FIRST + SECOND

sys.path.insert(0, str(HERE))
pytest.importorskip("tensorflow")
import compare_runs  # noqa: E402
import test_differential  # noqa: E402


def make_folder(folder):
    (folder / "ckpt").mkdir()
    (folder / "path/to/model").mkdir(parents=True)
    (folder / "MNIST_data").symlink_to(ROOT / "data/digits")
    return folder


def program_file(name):
    return HERE / "articles" / f"{name}.py"


def run_tensorflow(folder, out):
    """One process for all."""
    subprocess.run([sys.executable, HERE / "run_programs.py", "tensorflow", out,
                    *map(program_file, PROGRAMS)], check=True,
                   env={**test_differential.environment(), "RUN_PROGRAMS_IN": str(folder)})
    return {name: json.loads((out / "articles" / name / "result.json").read_text())["output"]
            for name in PROGRAMS}


def run_each(folder, command):
    outputs = {}
    for name in PROGRAMS:
        done = subprocess.run([sys.executable, *command(name)], cwd=folder, text=True,
                              env=test_differential.environment(), capture_output=True)
        outputs[name] = done.stdout
        assert done.returncode == 0, f"{name}: {done.stderr}"
    return outputs


@pytest.fixture(scope="module")
def tensorflow_run(tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("tensorflow"))
    return folder, run_tensorflow(folder, tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module", params=["import tensorkeep as tf", "python -m tensorkeep"])
def our_run(request, tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("tensorkeep"))
    if request.param.startswith("python"):
        return folder, run_each(folder, lambda name: ["-m", "tensorkeep", program_file(name)])
    changed = tmp_path_factory.mktemp("changed")
    for name in PROGRAMS:
        source = program_file(name).read_text()
        (changed / f"{name}.py").write_text(
            re.sub(r"^(import|from) tensorflow\b", r"\1 tensorkeep", source, flags=re.M))
    return folder, run_each(folder, lambda name: [changed / f"{name}.py"])


@pytest.mark.parametrize("name", PROGRAMS)
def test_output(name, tensorflow_run, our_run):
    assert our_run[1][name] == tensorflow_run[1][name]


def test_files(tensorflow_run, our_run):
    found = list(compare_runs.file_differences(
        compare_runs.files(tensorflow_run[0]), compare_runs.files(our_run[0]),
        "ckpt/mnist.ckpt", within=1e-3))  # a hundred large steps enlarge a rounding
    assert not found, "\n".join(found[:40])


def numbers(text):
    return [float(n) for n in re.findall(r"(?<!float)\d+\.\d*", text)]


def test_values_of_the_articles(our_run):
    outputs = our_run[1]
    for name in ("restore_add", "import_meta_graph", "import_frozen"):
        assert numbers(outputs[name]) == [3.0], name
    assert numbers(outputs["restore_renamed"]) == [1.0, 2.0]
    assert outputs["moving_average"].splitlines()[:3] == [
        "v:0", "v:0", "v/ExponentialMovingAverage:0"]
    assert numbers(outputs["moving_average"]) == [10.0, 0.099999905]
    for name in ("restore_average", "restore_average_map"):
        assert numbers(outputs[name]) == [0.099999905], name
    assert outputs["checkpoint_reader"].splitlines() == [
        "v1 [1]", "v2 [1]", "Value for variable v1 is  [1.]"]
    lines = outputs["mnist_softmax"].splitlines()
    assert [line.split(":")[0] for line in lines] == [str(n) for n in range(10, 101, 10)]
    best = max(line.split(":")[1] for line in lines)
    assert float(best) > 0.85
    assert outputs["mnist_restore"].splitlines()[1] == best


def test_the_newest_are_kept(our_run):
    kept = sorted(path.name for path in our_run[0].glob("my-model-*.index"))
    assert kept == [f"my-model-{step}.index" for step in range(5000, 10000, 1000)]
    assert len(list((our_run[0] / "ckpt").glob("*.index"))) == 1
