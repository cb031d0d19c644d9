"""One script with TensorFlow's training helpers and with tensorkeep's, and what each leaves behind.

A script is a function of the module and a folder. What it returns is compared, with the folder's
name replaced, so that logs and paths can be part of it. Under `clock()` time stands still unless
the script moves it.
"""

from __future__ import annotations

import contextlib
import difflib
import logging
import os
import pathlib
import pprint
import time

import pytest
from google.protobuf import text_format
from same_program import description, normalise, tensorflow, tensorkeep

# TensorFlow's words on what it deprecates, and on collections it cannot export.
NOT_COMPARED = ("WARNING From ", "WARNING Issue encountered when serializing ")
MODULES = {"tensorflow": tensorflow, "tensorkeep": tensorkeep}


class Clock:
    """A script's `time.time()` and `time.sleep()`: sleeping moves the time and calls `on_sleep`."""

    def __init__(self):
        self.now = time.time()  # near the times of the files it is compared with
        self.sleeps = []
        self.on_sleep = lambda: None

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds
        self.on_sleep()


def same(script, tmp_path):
    """Runs the script with both modules; fails unless it returns the same. Returns it."""
    records = {}
    for name, module in MODULES.items():
        folder = tmp_path / name
        folder.mkdir()
        with module.Graph().as_default():
            records[name] = named(script(module, str(folder)), str(folder))
        module.summary.FileWriterCache.clear()
    if records["tensorkeep"] != records["tensorflow"]:
        pytest.fail("\n".join(difflib.unified_diff(
            *[pprint.pformat(records[name], width=100).splitlines() for name in MODULES],
            *MODULES, lineterm="", n=2)))
    return records["tensorflow"]


def named(record, folder):
    """The record with "<dir>" for the folder."""
    if isinstance(record, str):
        return record.replace(folder, "<dir>")
    if isinstance(record, dict):
        return {key: named(value, folder) for key, value in record.items()}
    if isinstance(record, (list, tuple)):
        return [named(value, folder) for value in record]
    return record


@contextlib.contextmanager
def clock(sleeps=True):
    """A Clock in the place of the real one; its `sleep` too, unless real threads are waited for."""
    fake = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", fake.time)
        if sleeps:
            patch.setattr(time, "sleep", fake.sleep)
        yield fake


@contextlib.contextmanager
def logs(tf):
    """A list of what `tf.logging` is told meanwhile, as "LEVEL text"."""
    lines = []

    class Handler(logging.Handler):
        def emit(self, record):
            text = f"{record.levelname} {record.getMessage()}"
            if not text.startswith(NOT_COMPARED):
                lines.append(text)

    logger, handler, level = tf.get_logger(), Handler(), tf.logging.get_verbosity()
    logger.addHandler(handler)
    tf.logging.set_verbosity(tf.logging.INFO)
    try:
        yield lines
    finally:
        tf.logging.set_verbosity(level)
        logger.removeHandler(handler)


def failure(call, *args, **kwargs):
    """The class and the text of the exception of a call, or None."""
    try:
        call(*args, **kwargs)
    except BaseException as error:
        return f"{type(error).__name__}: {getattr(error, 'message', error)}"
    return None


def files(folder):
    """The folder's files, event files aside."""
    return sorted(name for name in os.listdir(folder) if ".tfevents." not in name)


def state(tf, folder):
    """What the state file says: the latest checkpoint and all of them."""
    found = tf.train.get_checkpoint_state(folder)
    return [found.model_checkpoint_path, list(found.all_model_checkpoint_paths)]


def values(tf, prefix):
    """The checkpoint's tensors."""
    reader = tf.train.load_checkpoint(prefix)
    return {name: reader.get_tensor(name).tolist() for name in reader.get_variable_to_shape_map()}


def graph_text(tf):
    """The default graph and its collections, a line each, normalised."""
    return normalise.lines(description(tf.get_default_graph(), tf))


def graph_file(folder):
    """The folder's graph.pbtxt likewise."""
    text = pathlib.Path(folder, "graph.pbtxt").read_text()
    return _normalised(graph_def=text_format.Parse(text, tensorflow.GraphDef()))


def _normalised(meta=None, graph_def=None):
    meta = meta or tensorflow.MetaGraphDef(graph_def=graph_def)
    return normalise.lines(normalise.describe(normalise.normalise(meta)))


def events(folder, rates=False):
    """The folder's events as tuples, read by TensorFlow; figures of time only with `rates`."""
    found = []
    for path in sorted(pathlib.Path(folder).glob("*.tfevents.*")):
        for event in tensorflow.train.summary_iterator(str(path)):
            found.extend(_described(event, rates))
    return found


def _described(event, rates):
    kind = event.WhichOneof("what")
    if kind == "session_log":
        log = event.session_log
        yield event.step, tensorflow.SessionLog.SessionStatus.Name(log.status), log.checkpoint_path
    elif kind == "summary":
        for value in event.summary.value:
            timed = value.tag.endswith("/sec") and not rates
            number = value.simple_value
            if value.HasField("tensor"):
                number = tensorflow.make_ndarray(value.tensor).tolist()
            yield event.step, value.tag, None if timed else number
    elif kind == "graph_def":
        graph = tensorflow.GraphDef.FromString(event.graph_def)
        yield event.step, kind, _normalised(graph_def=graph)
    elif kind == "meta_graph_def":
        meta = tensorflow.MetaGraphDef.FromString(event.meta_graph_def)
        yield event.step, kind, _normalised(meta)


def counting_model(tf):
    """A variable that doubles and a step that counts; returns (loss, train_op).

    The loss is half the variable. It and the hooks' reading of the step come before the update, so
    that what is fetched beside it does not depend on an order the graph leaves open.
    """
    step = tf.train.get_or_create_global_step()
    x = tf.get_variable("x", [], initializer=tf.ones_initializer())
    loss = tf.multiply(x, 0.5, name="loss")
    read = tf.add(step, 0, name="step_read")
    tf.add_to_collection("global_step_read_op_cache", read)
    with tf.control_dependencies([loss, read]):
        train_op = tf.group(tf.assign(x, loss * 4.0), tf.assign_add(step, 1))
    return loss, train_op


def plain(value):
    """A nest of arrays as one of numbers."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


class Recorder:
    """Makes hooks that write down every call they get."""

    def __init__(self):
        self.calls = []

    def hook(self, tf, name, fetches=None, feed_dict=None, stop_at=None):
        """A hook with this name, which may fetch, feed, and stop at its n-th run."""
        calls = self.calls

        class Hook(tf.train.SessionRunHook):
            runs = 0

            def begin(self):
                calls.append(f"{name}.begin")

            def after_create_session(self, session, coord):
                kind = isinstance(session, tf.Session), isinstance(coord, tf.train.Coordinator)
                calls.append(f"{name}.after_create_session {kind}")

            def before_run(self, run_context):
                calls.append(f"{name}.before_run {run_context.stop_requested}")
                if fetches is not None or feed_dict is not None:
                    return tf.train.SessionRunArgs(fetches, feed_dict)
                return None

            def after_run(self, run_context, run_values):
                self.runs += 1
                calls.append(f"{name}.after_run {plain(run_values.results)}")
                if self.runs == stop_at:
                    run_context.request_stop()

            def end(self, session):
                calls.append(f"{name}.end {isinstance(session, tf.Session)}")

        return Hook()
