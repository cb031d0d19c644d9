"""The same programs in Python (here) and C++ (the .cc files beside), to compare their graphs.

A program builds its graph in the default graph and returns its Saver, or nothing. Its meta graph
is the Saver's export, or that of the graph without one. `PROGRAMS` is the table of all.
"""

import importlib

import tensorflow.compat.v1 as tf

PROGRAMS = {}

FAMILIES = ("articles", "nets", "elementwise", "reductions", "arrays", "logic", "losses",
            "layers", "complex_numbers", "checks", "random_values", "scopes", "variables",
            "variable_scopes", "optimizers", "decays", "moving_averages", "savers", "conds",
            "loops", "hash_tables", "saveable_objects")


def program(build):
    assert build.__name__ not in PROGRAMS, build.__name__
    PROGRAMS[build.__name__] = build
    return build


def meta_graph(name):
    """The program's MetaGraphDef, as TensorFlow makes it."""
    with tf.Graph().as_default():
        saver = PROGRAMS[name]()
        return saver.export_meta_graph() if saver else tf.train.export_meta_graph()


tf.get_logger().setLevel("CRITICAL")  # the programs use what is deprecated, on purpose
tf.disable_v2_behavior()
for family in FAMILIES:
    importlib.import_module(f"programs.{family}")
