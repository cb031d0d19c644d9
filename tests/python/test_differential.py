"""The programs under programs/, run by TensorFlow 2.21 and by tensorkeep: what they print, the
graphs they build, the files they leave and the class of the exception that ends them are the same.

All programs that TensorFlow runs share a process, and so do those that tensorkeep runs, where there
is no TensorFlow. A difference that is meant is an entry of docs/deviations.md; a program tells so
in a comment, which has to match a difference:

    # deviation 16: TEXT, a part of the line that compare_runs.py gives

What is saved after a training may differ in the last digits, for sums are computed in another
order; where that happens the comment is

    # rounded: what the names of those checkpoints begin with
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = sorted((HERE / "programs").glob("*/*.py"))
SHOWN = 40  # lines of differences

sys.path.insert(0, str(HERE))
import run_programs  # noqa: E402

pytest.importorskip("tensorflow")
import compare_runs  # noqa: E402


def environment():
    build = os.environ.get("TENSORKEEP_BUILD_DIR", str(ROOT / "build/release"))
    paths = [str(pathlib.Path(build) / "python"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONHASHSEED": "0",
            "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


def run_all(module, programs, out):
    """Runs them in as few processes as they let us: what crashes or does not clean up ends one."""
    runner = str(HERE / "run_programs.py")
    while programs:
        with open(out / "stderr", "a") as log:
            done = subprocess.run([sys.executable, runner, module, str(out), *map(str, programs)],
                                  stdout=log, stderr=log, env=environment())
        left = [program for program in programs if not result_file(out, program).exists()]
        if done.returncode not in (0, run_programs.UNCLEAN) or len(left) == len(programs):
            crashed = result_file(out, left[0]) if left else out / "result.json"
            crashed.parent.mkdir(parents=True, exist_ok=True)
            crashed.write_text(json.dumps({"output": "", "collections": None,
                                           "error": f"exit {done.returncode}"}))
            left = left[1:]
        programs = left


def result_file(out, program):
    return out / run_programs.name_of(program) / "result.json"


def said(out, program):
    """What the process wrote to its standard error while it ran the program."""
    log = (out / "stderr").read_text(errors="replace")
    start = log.find(f"== {run_programs.name_of(program)}\n")
    return log[start:].split("\n== ")[0][-4000:] if start >= 0 else ""


@pytest.fixture(scope="session")
def runs(request, tmp_path_factory):
    """The folders of both runs, of those programs that are asked for."""
    programs = sorted({item.callspec.params["program"] for item in request.session.items
                       if item.module is sys.modules[__name__] and hasattr(item, "callspec")})
    folders = []
    for module in ("tensorflow", "tensorkeep"):
        folders.append(tmp_path_factory.mktemp(module))
        run_all(module, programs, folders[-1])
    return folders


def meant(program):
    """[(number, text)] of the comments in a program."""
    return re.findall(r"^# deviation (\d+): (.*)$", program.read_text(), re.M)


def rounded(program):
    """What the names of checkpoints begin with whose values may be rounded, or None."""
    match = re.search(r"^# rounded: (.*)$", program.read_text(), re.M)
    return match and match[1]


@pytest.mark.parametrize("program", PROGRAMS, ids=run_programs.name_of)
def test_program(program, runs):
    want, got = (folder / run_programs.name_of(program) for folder in runs)
    found = compare_runs.differences(want, got, rounded(program))
    stale = [text for _, text in meant(program) if not any(text in line for line in found)]
    found = [line for line in found if not any(text in line for _, text in meant(program))]
    assert not stale, f"no longer different: {stale}"
    assert not found, "\n".join(found[:SHOWN] + [f"({len(found)} differences)"]
                                + [said(runs[1], program)])


def test_deviations_are_documented():
    documented = set(re.findall(r"^(\d+)\. ", (ROOT / "docs/deviations.md").read_text(), re.M))
    used = {number for program in PROGRAMS for number, _ in meant(program)}
    assert used <= documented


def test_there_are_enough_programs():
    assert len(PROGRAMS) >= 80
