"""Runs TensorFlow 1 programs in this one process, each in a graph and a folder of its own.

    run_programs.py tensorflow|tensorkeep OUT PROGRAM...

A program is what people write, `import tensorflow as tf` at its top; the first argument says which
module that is. For each, OUT/name holds `result.json` (what it printed, the exception that ended
it, the keys of the collections), `graphs/` (a MetaGraphDef of the default graph, and of every graph
that a variable of the program holds) and `files/`, the folder it ran in and what it left there,
unless the environment's RUN_PROGRAMS_IN names a folder in which all are to run.

The process ends early, with 75, after a program that left a session or a graph entered: whoever
called goes on with the next program in a new process.
"""

from __future__ import annotations

import builtins
import contextlib
import faulthandler
import importlib
import io
import json
import os
import pathlib
import sys
import traceback
import types

import numpy as np

SECONDS = 120  # for one program
UNCLEAN = 75


def name_of(program):
    """"scopes/reuse" for programs/scopes/reuse.py."""
    path = pathlib.Path(program).resolve()
    return str(path.relative_to(path.parents[1]).with_suffix(""))


GONE = {  # what TensorFlow 1 had there and 2.21 has not
    ("tensorflow.python.framework", ("graph_util",)): lambda tf: tf,
    ("tensorflow.examples.tutorials.mnist", ("input_data",)):
        lambda tf: types.SimpleNamespace(input_data=importlib.import_module("mnist_digits")),
}


def load(module):
    if module == "tensorflow":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        tf = importlib.import_module("tensorflow.compat.v1")
        tf.disable_v2_behavior()
        return tf
    return importlib.import_module(module)


def importer(module, tf):
    """An __import__ for which "tensorflow" is `tf`, and what is inside it inside `module`."""
    def hooked(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and name == "tensorflow":
            return tf
        moved = GONE.get((name, tuple(fromlist or ())))
        if module == "tensorflow" and moved:
            return moved(tf)
        if level == 0 and name.startswith("tensorflow."):
            name = module + name[len("tensorflow"):]
        return builtins.__import__(name, globals, locals, fromlist, level)
    return hooked


def execute(program, module, tf):
    """Runs it; returns its variables and the exception that ended it."""
    source = pathlib.Path(program).read_text()
    variables = {
        "__name__": "__main__",
        "__file__": str(program),
        "__builtins__": {**vars(builtins), "__import__": importer(module, tf)},
    }
    np.random.seed(0)
    try:
        with np.printoptions(precision=4, suppress=True):
            exec(compile(source, str(program), "exec"), variables)
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        return variables, error
    return variables, None


def save_graphs(variables, tf, folder):
    """Writes the graphs' MetaGraphDefs; returns the lengths of their collections."""
    graphs = {"default": tf.get_default_graph()}
    graphs.update((name, value) for name, value in variables.items()
                  if isinstance(value, tf.Graph))
    folder.mkdir()
    collections = {}
    for name, graph in graphs.items():
        meta = tf.train.export_meta_graph(graph=graph)
        (folder / (name + ".meta")).write_bytes(meta.SerializeToString())
        collections[name] = {key: len(graph.get_collection(key))
                             for key in sorted(graph.get_all_collection_keys())}
    return collections


def run(program, module, tf, folder):
    files = pathlib.Path(os.environ.get("RUN_PROGRAMS_IN", folder / "files"))
    files.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(files)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        variables, error = execute(program, module, tf)
    result = {"output": printed.getvalue(), "error": error and type(error).__name__}
    try:
        result["collections"] = save_graphs(variables, tf, folder / "graphs")
    except Exception:  # no reason to lose what it printed
        traceback.print_exc()
        result["collections"] = None
    os.chdir(folder)
    (folder / "result.json").write_text(json.dumps(result))


def is_clean(tf):
    if tf.get_default_session() is not None:
        return False
    try:
        tf.reset_default_graph()
    except AssertionError:
        return False
    return True


def main(module, out, *programs):
    tf = load(module)
    out = pathlib.Path(out).resolve()
    for program in [pathlib.Path(p).resolve() for p in programs]:
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        print("==", name_of(program), file=sys.stderr, flush=True)
        run(program, module, tf, out / name_of(program))
        if not is_clean(tf):
            sys.exit(UNCLEAN)
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main(*sys.argv[1:])
