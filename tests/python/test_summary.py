"""tf.summary: graph and bytes are TensorFlow's, and each reads the event files of the other."""

from __future__ import annotations

import itertools
import os
import pathlib
import re
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
import same_program
import tensorflow.compat.v1 as tensorflow

import tensorkeep as tf

BOTH = pytest.mark.parametrize("module", [tensorflow, tf], ids=["tensorflow", "tensorkeep"])


def names_and_families(tf):
    x = tf.constant([1.0, 2.0], name="x")
    first = tf.summary.scalar("loss", x[0])
    tf.summary.scalar("loss", 3.5)
    tf.summary.scalar("bad name:0", x[1], family="fam ily")
    tf.summary.scalar("/leading/slash", x[1], collections=["elsewhere"])
    tf.summary.scalar("count", tf.constant(7, tf.int64))
    tf.summary.scalar("half", tf.constant(0.5, tf.float16))
    with tf.name_scope("outer"):
        tf.summary.scalar("inner", x[1], family="family")
        second = tf.summary.histogram("values", x)
        tf.summary.histogram(None, x)
        merged = tf.summary.merge([first, second])
        tf.summary.merge([first], name="named", collections=["merged", "other"])
    tf.summary.histogram("numbers", [[1, 2], [3, -4]])
    return [merged, tf.summary.merge_all(), tf.summary.merge_all(name="every thing"),
            tf.summary.merge_all(scope="outer"), tf.summary.merge_all("elsewhere")]


def histograms(tf):
    scales = 10.0 ** np.arange(-25, 25).repeat(100)
    numbers = np.random.RandomState(3).standard_normal(5000) * scales
    return [tf.summary.histogram("float32", tf.constant(numbers.astype(np.float32))),
            tf.summary.histogram("float64", tf.constant(numbers)),
            tf.summary.histogram("int8", tf.constant(np.arange(-128, 128).astype(np.int8))),
            tf.summary.histogram("none", tf.zeros([0]))]


@pytest.mark.parametrize("program", [names_and_families, histograms])
def test_the_graph_and_the_bytes_are_tensorflows(program):
    same_program.assert_same_graph(program)
    got, want = (same_program.flat(same_program.results(
        *same_program.build(program, module), module)) for module in (tf, tensorflow))
    assert got == want


@BOTH
def test_without_summaries_there_is_nothing_to_merge(module):
    with module.Graph().as_default():
        assert module.summary.merge_all() is None
        module.summary.scalar("a", 1.0)
        assert module.summary.merge_all(scope="b") is None
        assert module.summary.merge_all(key="other") is None


@BOTH
@pytest.mark.parametrize("make, error", [
    (lambda s, tf: s.scalar(None, 1.0), ValueError),
    (lambda s, tf: s.scalar("s", tf.constant("text")), TypeError),
    (lambda s, tf: s.scalar("s", tf.constant(True)), TypeError),
    (lambda s, tf: s.scalar("s", None), ValueError),
    (lambda s, tf: s.histogram("h", ["text"]), TypeError),
    (lambda s, tf: s.merge([]), ValueError),
    (lambda s, tf: s.merge([tf.constant(1.0)]), TypeError),
    (lambda s, tf: s.merge(None), TypeError),
])
def test_what_cannot_be_summarised(module, make, error):
    with module.Graph().as_default(), pytest.raises(error):
        make(module.summary, module)


@BOTH
@pytest.mark.parametrize("make, text", [
    (lambda s: s.histogram("h", [1.0, float("nan")]), "Nan in summary histogram for: h"),
    (lambda s: s.histogram("h", [1.0, float("inf")]), "Infinity in Histogram for: h"),
    (lambda s: s.scalar("s", [1.0]), "tags and values are not the same shape: [] != [1] (tag 's')"),
    (lambda s: s.merge([s.scalar("s", 1.0)] * 2), "Duplicate tag s found in summary inputs"),
    (lambda s: s.merge([b"\xff"]), "Could not parse one of the summary inputs"),
])
def test_errors_of_a_run(module, make, text):
    with module.Graph().as_default(), module.Session() as session:
        with pytest.raises(module.errors.InvalidArgumentError) as caught:
            session.run(make(module.summary))
    assert text in str(caught.value)


def test_names_that_are_no_names_are_told(monkeypatch):
    told = []
    monkeypatch.setattr(tf.logging, "info", lambda text, *args: told.append(text % args))
    with tf.Graph().as_default():
        tf.summary.scalar("a b", 1.0)
        tf.summary.scalar("good/name-1.x", 1.0)
    assert told == ["Summary name a b is illegal; using a_b instead."]


def test_what_is_left_out_says_so():
    for name in ("image", "audio", "text"):
        with pytest.raises(AttributeError, match=name):
            getattr(tf.summary, name)


def events_of(module, folder):
    """All events in a folder's files, as text, without their times."""
    found = []
    for path in sorted(pathlib.Path(folder).iterdir()):
        for event in module.train.summary_iterator(str(path)):
            event.ClearField("wall_time")
            found.append(str(event))
    return found


def write_some_of_everything(module, folder):
    value = module.Summary.Value
    with module.Graph().as_default() as graph:
        loss = module.summary.scalar("loss", module.placeholder(module.float32, [], name="x"))
        with module.summary.FileWriter(folder, graph, filename_suffix=".end") as writer:
            with module.Session() as session:
                for step in range(3):
                    writer.add_summary(session.run(loss, {"x:0": step}), step)
            writer.add_summary(module.Summary(value=[value(tag="own", simple_value=2)]), 2.7)
            metadata = module.SummaryMetadata(display_name="shown")
            for _ in range(2):
                writer.add_summary(module.Summary(value=[
                    value(tag="described", simple_value=2, metadata=metadata)]))
            writer.add_summary(b"", np.int64(9))
            writer.add_session_log(module.SessionLog(status=module.SessionLog.START), 4)
            writer.add_run_metadata(module.RunMetadata(), "run", 5)
            writer.add_event(module.Event(step=6, file_version="any"))


def test_each_reads_the_files_of_the_other(tmp_path):
    folders = {}
    for module in (tensorflow, tf):
        folders[module] = tmp_path / module.__name__
        write_some_of_everything(module, str(folders[module]))
        (path,) = folders[module].iterdir()
        assert re.fullmatch(r"events\.out\.tfevents\.\d{10}\.\S+\.end", path.name)
        assert events_of(tensorflow, folders[module]) == events_of(tf, folders[module])

    events = {module: events_of(tf, folders[module]) for module in folders}

    def without_graphs(texts):
        return [text for text in texts if "graph_def" not in text]

    assert without_graphs(events[tf]) == without_graphs(events[tensorflow])
    assert len(events[tf]) == len(events[tensorflow])


def test_the_graph_in_the_file(tmp_path):
    write_some_of_everything(tf, str(tmp_path))
    (path,) = tmp_path.iterdir()
    events = list(tensorflow.train.summary_iterator(str(path)))
    (graph_def,) = [tensorflow.GraphDef.FromString(e.graph_def) for e in events
                    if e.HasField("graph_def")]
    (meta,) = [tensorflow.MetaGraphDef.FromString(e.meta_graph_def) for e in events
               if e.HasField("meta_graph_def")]
    assert [node.name for node in graph_def.node] == ["x", "loss/tags", "loss"]
    assert all("_output_shapes" in node.attr for node in graph_def.node)
    assert meta.graph_def == graph_def
    assert list(meta.collection_def["summaries"].node_list.value) == ["loss:0"]
    with tensorflow.Graph().as_default():
        tensorflow.train.import_meta_graph(meta)


def test_tensorboard_reads_it(tmp_path):
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    write_some_of_everything(tf, str(tmp_path))
    (path,) = tmp_path.iterdir()
    events = list(loader.LegacyEventFileLoader(str(path)).Load())
    assert events[0].file_version == "brain.Event:2"
    values = [(e.step, v.tag, v.simple_value) for e in events for v in e.summary.value]
    assert values[:3] == [(0, "loss", 0.0), (1, "loss", 1.0), (2, "loss", 2.0)]


def test_messages_of_tensorflow_are_taken(tmp_path):
    write = tf.summary.FileWriter(str(tmp_path))
    summary = tensorflow.Summary(value=[tensorflow.Summary.Value(tag="a", simple_value=1)])
    write.add_summary(summary, 1)
    write.add_event(tensorflow.Event(step=2))
    write.add_session_log(tensorflow.SessionLog(status=tensorflow.SessionLog.STOP))
    write.add_graph(tensorflow.GraphDef())
    write.add_meta_graph(tensorflow.MetaGraphDef())
    write.add_run_metadata(tensorflow.RunMetadata(), "t")
    write.close()
    assert len(events_of(tf, tmp_path)) == 7


def a_summary(module, value=1.0):
    return module.Summary(value=[module.Summary.Value(tag="a", simple_value=value)])


@BOTH
def test_wrong_arguments(module, tmp_path):
    writer = module.summary.FileWriter(str(tmp_path))
    with pytest.raises(TypeError, match="The passed graph must be an instance of `Graph`"):
        writer.add_graph(None)
    with pytest.raises(TypeError, match="The passed graph must be an instance of `Graph`"):
        writer.add_graph("graph")
    with pytest.raises(ValueError, match="Please pass only graph, or graph_def"):
        writer.add_graph(module.Graph(), graph_def=module.GraphDef())
    with pytest.raises(TypeError, match="meta_graph_def must be type MetaGraphDef"):
        writer.add_meta_graph(3)
    with pytest.raises(TypeError):
        writer.add_session_log(3)
    with pytest.raises(ValueError):
        writer.add_summary(a_summary(module), "no number")
    with pytest.raises(Exception, match="[Pp]ars"):
        writer.add_summary(b"\xff")
    writer.add_run_metadata(module.RunMetadata(), "t")
    with pytest.raises(ValueError, match="The provided tag was already used"):
        writer.add_run_metadata(module.RunMetadata(), "t")
    writer.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(module.errors.FailedPreconditionError):
        module.summary.FileWriter(str(tmp_path / "file"))


def test_a_file_is_made_with_the_first_event_which_is_seen_at_once(tmp_path):
    writer = tf.summary.FileWriter(tmp_path / "a" / "b")
    assert writer.get_logdir() == str(tmp_path / "a" / "b")
    assert events_of(tf, tmp_path / "a" / "b") == []
    writer.add_summary(a_summary(tf))
    assert len(events_of(tf, tmp_path / "a" / "b")) == 2
    writer.add_summary(a_summary(tf))
    assert len(events_of(tf, tmp_path / "a" / "b")) == 2  # it waits
    writer.flush()
    assert len(events_of(tf, tmp_path / "a" / "b")) == 3


def test_no_more_than_max_queue_events_wait(tmp_path):
    writer = tf.summary.FileWriter(tmp_path, max_queue=3)
    for _ in range(1 + 7):
        writer.add_summary(a_summary(tf))
    assert len(events_of(tf, tmp_path)) == 2 + 6


@BOTH
def test_a_closed_writer_warns_and_does_nothing(module, tmp_path):
    writer = module.summary.FileWriter(str(tmp_path))
    writer.add_summary(a_summary(module), 1)
    writer.close()
    writer.close()
    for use in (lambda: writer.add_summary(a_summary(module), 2), writer.flush):
        with pytest.warns(UserWarning, match="Attempting to use a closed FileWriter"):
            use()
    assert len(events_of(module, tmp_path)) == 2


def test_reopening_begins_another_file_within_the_same_second_too(tmp_path):
    writer = tf.summary.FileWriter(tmp_path, filename_suffix=".s")
    writer.reopen()
    for step in range(4):
        writer.add_summary(a_summary(tf), step)
        writer.close()
        writer.reopen()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        writer.flush()
    other = tf.summary.FileWriter(tmp_path)
    other.add_summary(a_summary(tf), 4)
    other.close()
    assert len(list(tmp_path.iterdir())) == 5
    steps = [e.step for path in tmp_path.iterdir()
             for e in tensorflow.train.summary_iterator(str(path)) if e.HasField("summary")]
    assert sorted(steps) == [0, 1, 2, 3, 4]


def test_the_cache_has_one_writer_for_a_folder(tmp_path):
    cache = tf.summary.FileWriterCache
    with tf.Graph().as_default():
        tf.constant(1.0)
        writer = cache.get(str(tmp_path / "a"))
        assert cache.get(str(tmp_path / "a")) is writer
        assert cache.get(str(tmp_path / "b")) is not writer
    cache.clear()
    assert any("graph_def" in text for text in events_of(tf, tmp_path / "a"))
    assert cache.get(str(tmp_path / "a")) is not writer
    cache.clear()


def test_threads_share_a_writer(tmp_path):
    writer = tf.summary.FileWriter(tmp_path)

    def add(first):
        for step in range(first, first + 200):
            writer.add_summary(a_summary(tf), step)

    threads = [threading.Thread(target=add, args=(200 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    (path,) = tmp_path.iterdir()
    steps = [e.step for e in tensorflow.train.summary_iterator(str(path))][1:]
    assert sorted(steps) == list(range(800))


def test_the_end_of_the_process_writes_what_waits(tmp_path):
    program = ("import sys, tensorkeep as tf\n"
               "writer = tf.summary.FileWriter(sys.argv[1])\n"
               "for i in range(5): writer.add_event(tf.Event(step=i))\n")
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True,
                   env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    assert len(events_of(tf, tmp_path)) == 6


def three_records(folder):
    with tensorflow.io.TFRecordWriter(str(folder / "whole")) as writer:
        for step in range(3):
            writer.write(tensorflow.Event(step=step, wall_time=1).SerializeToString())
    return (folder / "whole").read_bytes()


def outcome(module, path):
    """What an iterator gives: its events' steps, and how it ends."""
    steps = []
    try:
        for event in module.train.summary_iterator(str(path)):
            steps.append(event.step)
    except module.errors.DataLossError as error:
        return steps, re.match(r".* at \d+", str(error)).group()
    return steps, None


def test_every_cut_and_every_damaged_byte_reads_as_in_tensorflow(tmp_path):
    whole = three_records(tmp_path)
    damaged = [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1:] for i in range(len(whole))]
    cut = [whole[:i] for i in range(len(whole))]
    for contents in itertools.chain(cut, damaged):
        (tmp_path / "f").write_bytes(contents)
        assert outcome(tf, tmp_path / "f") == outcome(tensorflow, tmp_path / "f")


@BOTH
def test_an_iterator_goes_on_when_the_file_grows(module, tmp_path):
    whole = three_records(tmp_path)
    size = len(whole) // 3
    (tmp_path / "f").write_bytes(whole[:size + 3])
    events = module.train.summary_iterator(str(tmp_path / "f"))
    assert len(list(events)) == 1
    (tmp_path / "f").write_bytes(whole)
    assert len(list(events)) == 2


@BOTH
def test_a_file_that_is_not_there(module, tmp_path):
    with pytest.raises(module.errors.NotFoundError, match="No such file or directory"):
        module.train.summary_iterator(str(tmp_path / "nothing"))
