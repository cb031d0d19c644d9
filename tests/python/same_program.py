"""One program with two modules: TensorFlow and tensorkeep make the same graph and the same numbers.

A program is a function of the module. It returns what to fetch (a nest of lists, tuples and dicts),
or (fetches, feeds); every run of a list of feeds is compared.
"""

from __future__ import annotations

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow.compat.v1 as tensorflow
from tensorflow.core.protobuf import meta_graph_pb2

import tensorkeep

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tensorflow"))
import normalise  # noqa: E402

tensorflow.disable_v2_behavior()


def description(graph, module):
    """The graph and its collections as text, normalised."""
    ours = module.train.export_meta_graph(graph=graph)
    meta = meta_graph_pb2.MetaGraphDef.FromString(ours.SerializeToString())
    return normalise.describe(normalise.normalise(meta))


def build(program, module, seed=7):
    """(graph, fetches, list of feeds)."""
    graph = module.Graph()
    with graph.as_default():
        module.set_random_seed(seed)
        made = program(module)
    with_feeds = isinstance(made, tuple) and len(made) == 2 and (
        isinstance(made[1], dict) or isinstance(made[1], list) and isinstance(made[1][0], dict))
    fetches, feeds = made if with_feeds else (made, {})
    return graph, fetches, feeds if isinstance(feeds, list) else [feeds]


def results(graph, fetches, feeds, module):
    """What each run fetches, after the initializers; a fetch of None is no run at all."""
    with graph.as_default(), module.Session(graph=graph) as session:
        session.run([module.global_variables_initializer(), module.local_variables_initializer()])
        return [] if fetches is None else [session.run(fetches, feed) for feed in feeds]


def flat(value):
    if isinstance(value, dict):
        return [x for key in sorted(value) for x in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [x for item in value for x in flat(item)]
    return [value]


def assert_same_graph(program):
    want = description(build(program, tensorflow)[0], tensorflow)
    got = description(build(program, tensorkeep)[0], tensorkeep)
    found = normalise.differences(want, got)
    if found:
        raise AssertionError("\n".join([f"{len(found)} differences", *found[:20]]))


def assert_same_values(program, rtol=1e-5, atol=1e-6):
    want = flat(results(*build(program, tensorflow), tensorflow))
    got = flat(results(*build(program, tensorkeep), tensorkeep))
    assert len(want) == len(got)
    for a, b in zip(want, got):
        if a is None:
            assert b is None
            continue
        a, b = np.asarray(a), np.asarray(b)
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        if a.dtype == object:
            assert a.tolist() == b.tolist()
        else:
            np.testing.assert_allclose(b, a, rtol=rtol, atol=atol)


def assert_same(program, **tolerances):
    assert_same_graph(program)
    assert_same_values(program, **tolerances)


def assert_committed_graph(program, path):
    """The graph is the one that a file describes."""
    want = path.read_text().splitlines()
    got = normalise.lines(description(build(program, tensorkeep)[0], tensorkeep))
    found = [f"want {line}" for line in want if line not in got]
    found += [f"got  {line}" for line in got if line not in want]
    if found:
        raise AssertionError("\n".join(sorted(found, key=lambda line: line[5:])[:40]))


def by_tensorflow(graph, fetches, feeds):
    """What TensorFlow's kernels make of our graph."""
    meta = meta_graph_pb2.MetaGraphDef.FromString(
        tensorkeep.train.export_meta_graph(graph=graph).SerializeToString())
    theirs = tensorflow.Graph()
    with theirs.as_default():
        tensorflow.train.import_meta_graph(meta)
    names = [each.name for each in flat(fetches)]
    feeds = [{tensor.name: value for tensor, value in feed.items()} for feed in feeds]
    return results(theirs, names, feeds, tensorflow)


def assert_values_by_tensorflow(program, tolerance=1e-4):
    graph, fetches, feeds = build(program, tensorkeep)
    want = by_tensorflow(graph, fetches, feeds)
    got = results(graph, flat(fetches), feeds, tensorkeep)
    for a, b in zip(flat(want), flat(got)):
        if a is not None:
            np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance)


def error_of(call):
    """(class, message) of what a call raises."""
    try:
        call()
    except Exception as error:
        return type(error).__name__, str(error)
    raise AssertionError("no error")


def assert_same_error(program, in_message=""):
    """Building it raises an error of the same class; both messages hold `in_message`."""
    want = error_of(lambda: build(program, tensorflow))
    got = error_of(lambda: build(program, tensorkeep))
    assert want[0] == got[0], (want, got)
    assert in_message in want[1] and in_message in got[1], (want, got)
