#!/usr/bin/env python3
"""Writes tests/data/random/draws.txt: the bits that TensorFlow 2.21 draws for the programs draws_*.

A line is a program, a tensor, and a digest of the tensor's bytes in each of a session's first runs.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow.compat.v1 as tf

import normalise
import programs

DRAWS = normalise.ROOT / "tests/data/random/draws.txt"
RUNS = 3


def programs_that_draw():
    return [name for name in programs.PROGRAMS if name.startswith("draws_")]


def drawn_lines(meta):
    """What draws.cc says of the same MetaGraphDef."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.train.import_meta_graph(meta)
        tensors = tf.get_collection("draws")
        lines = [tensor.name for tensor in tensors]
        if "init" in (op.name for op in graph.get_operations()):
            sess.run("init")
        for _ in range(RUNS):
            for i, value in enumerate(sess.run(tensors)):
                lines[i] += f" {normalise.fnv1a(value.tobytes()):016x}"
    return lines


def golden_text():
    return "".join(f"{name} {line}\n" for name in programs_that_draw()
                   for line in drawn_lines(programs.meta_graph(name)))


if __name__ == "__main__":
    DRAWS.parent.mkdir(parents=True, exist_ok=True)
    DRAWS.write_text(golden_text())
