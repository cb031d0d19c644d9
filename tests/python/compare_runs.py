"""What differs between two runs of a program, as run_programs.py leaves them: a line each.

Graphs, alone or in .meta, .pb and event files, count as equal when normalise.py says so; every
other file has to have the same bytes.
"""

from __future__ import annotations

import difflib
import json
import pathlib
import re
import sys

import numpy as np
import tensorflow.compat.v1 as tf
from google.protobuf import message, text_format
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tensorflow"))
import normalise  # noqa: E402

META = (".meta", ".graph", ".json")
GRAPH = (".pb", ".pbtxt")


def parse(data, cls):
    """Binary or, where that fails, text."""
    try:
        return cls.FromString(data)
    except message.DecodeError:
        return text_format.Parse(data.decode(), cls())


def meta_graph(data, name):
    if name.endswith(META):
        return parse(data, meta_graph_pb2.MetaGraphDef)
    return meta_graph_pb2.MetaGraphDef(graph_def=parse(data, tf.GraphDef))


def described(meta):
    return normalise.describe(normalise.normalise(meta))


def graph_differences(want, got):
    return normalise.differences(described(want), described(got))


def beside_the_graph(meta):
    """Tags, signatures and assets, as text."""
    kept = meta_graph_pb2.MetaGraphDef(signature_def=meta.signature_def,
                                       asset_file_def=meta.asset_file_def)
    kept.meta_info_def.tags.extend(meta.meta_info_def.tags)
    kept.meta_info_def.stripped_default_attrs = meta.meta_info_def.stripped_default_attrs
    return str(kept)


def saved_model_differences(want, got):
    a, b = (parse(data, saved_model_pb2.SavedModel) for data in (want, got))
    if (a.saved_model_schema_version, len(a.meta_graphs)) != (
            b.saved_model_schema_version, len(b.meta_graphs)):
        yield f"{len(a.meta_graphs)} and {len(b.meta_graphs)} graphs, or another version"
    for number, (x, y) in enumerate(zip(a.meta_graphs, b.meta_graphs)):
        for line in [*graph_differences(x, y),
                     *output_differences(beside_the_graph(x), beside_the_graph(y))]:
            yield f"graph {number}: {line}"


def output_differences(want, got):
    want, got = want.splitlines(), got.splitlines()
    matcher = difflib.SequenceMatcher(None, want, got, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = [(want[n] if n < j else None, got[n - i + k] if n - i + k < m else None)
                 for n in range(i, i + max(j - i, m - k))]
        for number, (a, b) in enumerate(pairs, i + 1):
            yield f"line {number}: want {a!r} got {b!r}"


def events(path):
    """What an event file tells, without the times."""
    for event in tf.train.summary_iterator(str(path)):
        what = event.WhichOneof("what")
        value = getattr(event, what)
        if what in ("graph_def", "meta_graph_def"):
            meta = meta_graph(value, ".pb" if what == "graph_def" else ".meta")
            value = "\n".join(normalise.lines(described(meta)))
        yield event.step, what, str(value)


def shortened(value):
    return str(value)[:600]


def without_times(data):
    """A state file may tell when its checkpoints were written."""
    return re.sub(rb"^(all_model_checkpoint|last_preserved)_timestamps?: .*\n", b"", data,
                  flags=re.M)


def checkpoint(name):
    """The prefix of a checkpoint's file; nothing for other files."""
    match = re.fullmatch(r"(.*)\.(index|data-\d{5}-of-\d{5})", name)
    return match and match[1]


def value_differences(want, got, within):
    """Between checkpoints of values that were computed in another order."""
    a, b = (tf.train.load_checkpoint(prefix) for prefix in (want, got))
    if a.get_variable_to_shape_map() != b.get_variable_to_shape_map():
        yield f"{a.get_variable_to_shape_map()} and {b.get_variable_to_shape_map()}"
    elif a.get_variable_to_dtype_map() != b.get_variable_to_dtype_map():
        yield f"{a.get_variable_to_dtype_map()} and {b.get_variable_to_dtype_map()}"
    else:
        for name in a.get_variable_to_shape_map():
            x, y = a.get_tensor(name), b.get_tensor(name)
            if not np.allclose(x, y, rtol=1e-5, atol=within):
                yield f"{name}: {x} and {y}"


def file_differences(want, got, rounded=None, within=1e-6):
    """`rounded` is what the names of checkpoints begin with whose values may be rounded."""
    for name in sorted({*want, *got}):
        if name not in want or name not in got:
            yield f"{name}: {'extra' if name in got else 'missing'}"
        elif ".tfevents." in name:
            for a, b in zip(list(events(want[name])) + [None], list(events(got[name])) + [None]):
                if a != b:
                    yield f"{name}: want {shortened(a)} got {shortened(b)}"
                    break
        else:
            a, b = (without_times(path.read_bytes()) for path in (want[name], got[name]))
            if a != b and pathlib.PurePath(name).stem == "saved_model":
                for line in saved_model_differences(a, b):
                    yield f"{name}: {line}"
            elif a != b and name.endswith(META + GRAPH):
                for line in graph_differences(meta_graph(a, name), meta_graph(b, name)):
                    yield f"{name}: {line}"
            elif a != b and checkpoint(name) and rounded is not None and name.startswith(rounded):
                prefixes = (checkpoint(str(side[name])) for side in (want, got))
                for line in value_differences(*prefixes, within):
                    yield f"{name}: {line}"
            elif a != b:
                yield f"{name}: {len(a)} and {len(b)} bytes differ: want {a[:400]} got {b[:400]}"


def files(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = str(path.relative_to(folder))
            if ".tfevents." in name:  # the rest is time and host
                name = name.split(".tfevents.")[0] + f".tfevents.{len(found)}"
            found[name] = path
    return found


def differences(want, got, rounded=None):
    """Between the folders of two runs, as strings that begin with what differs."""
    a, b = (json.loads((folder / "result.json").read_text()) for folder in (want, got))
    found = []
    if a["error"] != b["error"]:
        found.append(f"error: want {a['error']} got {b['error']}")
    found += ("output: " + line for line in output_differences(a["output"], b["output"]))
    if a["collections"] != b["collections"]:
        found.append(f"collections: want {a['collections']} got {b['collections']}")
    found += ("graph " + line for line in file_differences(
        files(want / "graphs"), files(got / "graphs")))
    found += ("file " + line for line in file_differences(
        files(want / "files"), files(got / "files"), rounded))
    return found
