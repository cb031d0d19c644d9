"""Programs whose graphs TensorFlow makes only with tf_keras: theirs are committed."""

import pathlib

import layer_programs
import rnn_programs

PROGRAMS = {**layer_programs.PROGRAMS, **rnn_programs.PROGRAMS}


def path_of(name):
    return pathlib.Path(__file__).resolve().parents[1] / "data/layers" / f"{name}.txt"
