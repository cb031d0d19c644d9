"""The README's program in Python, run as it stands."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("runner", [[], ["-m", "tensorkeep"]], ids=["import", "runner"])
def test_the_program_trains_and_saves(tmp_path, runner):
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    if runner:
        program = program.replace("tensorkeep", "tensorflow")
    (tmp_path / "program.py").write_text(program)
    (tmp_path / "data").symlink_to(ROOT / "data")
    done = subprocess.run([sys.executable, *runner, "program.py"], cwd=tmp_path, text=True,
                          capture_output=True, env={**os.environ, "PYTHONWARNINGS": "error"})
    assert done.returncode == 0 and not done.stderr, done.stderr
    saved = {path.name for path in tmp_path.iterdir()} - {"program.py", "data"}
    assert saved == {"checkpoint", "model-100.data-00000-of-00001", "model-100.index",
                     "model-100.meta"}
