#!/usr/bin/env python3
"""Writes tests/data/graphs/*.txt: what TensorFlow 2.21 makes of each program, normalised.

    make_graphs.py [PROGRAM...]
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import normalise
import programs

GRAPHS = normalise.ROOT / "tests/data/graphs"


def golden_text(name):
    """The program's graph as it is committed."""
    return "\n".join(normalise.lines(normalise.describe(
        normalise.normalise(programs.meta_graph(name))))) + "\n"


def main():
    GRAPHS.mkdir(parents=True, exist_ok=True)
    names = sys.argv[1:] or list(programs.PROGRAMS)
    for name in names:
        (GRAPHS / f"{name}.txt").write_text(golden_text(name))
    if not sys.argv[1:]:
        for path in GRAPHS.glob("*.txt"):
            if path.stem not in programs.PROGRAMS:
                path.unlink()


if __name__ == "__main__":
    main()
