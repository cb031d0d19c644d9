"""What objects show of themselves in a notebook, restore plans, and the progress bar."""

from __future__ import annotations

import io
import re
import sys
import threading
import xml.etree.ElementTree

import pytest

import tensorkeep as tf
from tensorkeep._client import progress, tables


def cells_of(html):
    """The texts of each row of each table; fails if the HTML is not well-formed."""
    tree = xml.etree.ElementTree.fromstring(f"<div>{html}</div>")
    return [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]


@pytest.fixture(autouse=True)
def empty_graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def checkpoint(tmp_path):
    """A checkpoint of a matrix, a partitioned matrix, a scalar and a name that is no HTML."""
    with tf.Graph().as_default(), tf.Session() as sess:
        weights = tf.get_variable("weights", [2, 3])
        tf.get_variable("parts", [6, 3], partitioner=tf.fixed_size_partitioner(2))
        scale = tf.get_variable("scale", [], use_resource=True)
        saver = tf.train.Saver({"weights": weights, "<b>&\"x": tf.get_variable("odd", [2, 3]),
                                "parts": list(tf.global_variables()[1:3]), "scale": scale})
        sess.run(tf.global_variables_initializer())
        return saver.save(sess, str(tmp_path / "model"))


def test_a_reader(checkpoint):
    html = tf.train.load_checkpoint(checkpoint)._repr_html_()
    assert cells_of(html) == [
        ["tensor", "type", "shape", "bytes", "slices"],
        ["<b>&\"x", "float32", "[2, 3]", "24", ""],
        ["parts", "float32", "[6, 3]", "72", "2"],
        ["scale", "float32", "[]", "4", ""],
        ["weights", "float32", "[2, 3]", "24", ""]]
    assert "<b>" not in html and "4 tensors, 124 B" in html


def test_a_graph(empty_graph):
    x = tf.placeholder(tf.float32, [None, 2])
    w = tf.get_variable("w", [2, 3])
    tf.Variable(0, trainable=False, name="n", dtype=tf.int64)
    tf.add_to_collection("<losses>", tf.matmul(x, w))
    rows = cells_of(empty_graph._repr_html_())
    assert ["MatMul", "1"] in rows and ["VariableV2", "2"] in rows
    assert rows.index(["VariableV2", "2"]) < rows.index(["MatMul", "1"])
    assert ["w:0", "float32", "[2, 3]", "yes"] in rows and ["n:0", "int64", "[]", "no"] in rows
    assert ["<losses>", "1"] in rows and ["variables", "2"] in rows
    assert cells_of(tf.Graph()._repr_html_()) == [["type", "operations"]]


def test_long_tables_are_cut():
    rows = [(f"tensor{i}", i) for i in range(tables.MAX_ROWS + 7)]
    html = tables.table("many", ["name", "number"], rows)
    assert len(cells_of(html)) == tables.MAX_ROWS + 1 and "and 7 more" in html
    assert len(cells_of(tables.table("long", ["name"], [["x" * 10000]]))[1][0]) == 200


def statuses(plan):
    return {row.tensor: row.status for row in plan.rows}


def test_a_plan_of_a_saver(checkpoint):
    tf.get_variable("weights", [3, 2])
    tf.get_variable("scale", [], tf.float64, use_resource=True)
    tf.get_variable("bias", [3])
    parts = tf.get_variable("parts", [6, 3], partitioner=tf.fixed_size_partitioner(3))
    saver = tf.train.Saver()
    operations = len(tf.get_default_graph().get_operations())
    plan = tf.train.restore_plan(saver, checkpoint)
    assert len(tf.get_default_graph().get_operations()) == operations
    assert statuses(plan) == {"weights": "wrong shape", "scale": "wrong type", "bias": "missing",
                              "parts": "restored"}
    assert not plan.ok and plan.left_over == ["<b>&\"x"]
    assert [row.slice for row in plan.rows if row.tensor == "parts"] == ["0,2:0,3", "2,2:0,3",
                                                                         "4,2:0,3"]
    assert {row.variable for row in plan.rows} >= {"weights", "scale", "bias", "parts/part_1"}
    with tf.Session() as sess, pytest.raises(tf.errors.NotFoundError):
        saver.restore(sess, checkpoint)
    assert len(list(parts)) == 3


def test_a_plan_of_variables_is_the_savers(checkpoint):
    tf.get_variable("weights", [2, 3])
    tf.get_variable("scale", [], use_resource=True)
    tf.get_variable("parts", [6, 3], partitioner=tf.fixed_size_partitioner(2))
    by_variables = tf.train.restore_plan(None, checkpoint)
    saver = tf.train.Saver()
    by_saver = tf.train.restore_plan(saver, tf.train.load_checkpoint(checkpoint))
    assert sorted(map(str, by_variables.rows)) == sorted(map(str, by_saver.rows))
    assert by_saver.ok and by_variables.ok
    with tf.Session() as sess:
        saver.restore(sess, checkpoint)


def test_a_plan_with_other_names(checkpoint):
    v = tf.get_variable("v", [2, 3])
    whole = tf.get_variable("p", [6, 3], partitioner=tf.fixed_size_partitioner(2))
    plan = tf.train.restore_plan({"weights": v, "parts": whole, "none": v}, checkpoint)
    assert statuses(plan) == {"weights": "restored", "parts": "restored", "none": "missing"}
    with pytest.raises(TypeError, match="restore_plan takes"):
        tf.train.restore_plan([3], checkpoint)
    with pytest.raises(tf.errors.NotFoundError):
        tf.train.restore_plan([v], checkpoint + "-none")


def test_a_saver_that_reshapes(checkpoint):
    v = tf.get_variable("v", [3, 2])
    w = tf.get_variable("w", [4, 2])
    saver = tf.train.Saver({"weights": v, "<b>&\"x": w}, reshape=True)
    assert statuses(tf.train.restore_plan(saver, checkpoint)) == {
        "weights": "restored, reshaped", "<b>&\"x": "wrong shape"}


def test_tables(tmp_path):
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="table")
    v = tf.get_variable("v", [2])
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = saver.save(sess, str(tmp_path / "model"))
    by_saver = tf.train.restore_plan(saver, path)
    assert by_saver.ok and not by_saver.left_over
    assert {(row.tensor, row.variable) for row in by_saver.rows} == {
        ("table-keys", "table"), ("table-values", "table"), ("v", "v")}
    for var_list in (None, [v, table]):
        plan = tf.train.restore_plan(var_list, path)
        assert sorted(map(str, plan.rows)) == sorted(map(str, by_saver.rows))
    assert statuses(tf.train.restore_plan({"other": table}, path)) == {
        "other-keys": "missing", "other-values": "missing"}


def test_an_object_of_the_programs_own(tmp_path):
    v = tf.get_variable("v", [2])

    class Half(tf.python.training.saver.BaseSaverBuilder.SaveableObject):
        def __init__(self):
            spec = tf.python.training.saver.BaseSaverBuilder.SaveSpec(v, "4 0,2", "whole")
            super().__init__(v, [spec], "half")

    w = tf.get_variable("w", [4])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver({"whole": w}).save(sess, str(tmp_path / "model"))
    plan = tf.train.restore_plan([Half()], path)
    assert plan.ok and plan.rows[0].slice == "0,2" and plan.rows[0].variable == "half"


def test_object_based_checkpoints_go_by_full_name(tmp_path):
    v = tf.get_variable("v", [2])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = tf.train.Checkpoint(some=v).save(str(tmp_path / "objects"), session=sess)
    plan = tf.train.restore_plan([v], path)
    assert plan.ok and statuses(plan) == {"v": "restored"}
    assert plan.left_over == ["save_counter/.ATTRIBUTES/VARIABLE_VALUE"]


def test_a_plan_as_text_and_as_html(checkpoint):
    v = tf.get_variable("weights", [2, 3])
    plan = tf.train.restore_plan({"weights": v, "es\x1b[31m\ncape": v}, checkpoint)
    lines = str(plan).splitlines()
    assert lines[0] == (f"Restoring 2 tensors from {checkpoint}: 1 would not fit, nothing would be "
                        "assigned; 3 left over")
    assert lines[1].split() == ["VARIABLE", "TENSOR", "WANTED", "STORED", "STATUS"]
    assert lines[2].split() == "weights weights float32 [2, 3] float32 [2, 3] restored".split()
    assert lines[3].split() == "weights es\\x1b[31m\\ncape float32 [2, 3] missing".split()
    assert [line.split()[-2:] for line in lines[4:]] == [["left", "over"]] * 3
    assert repr(plan) == f"<RestorePlan: {lines[0]}>"
    rows = cells_of(plan._repr_html_().replace("\x1b", ""))
    assert rows[1] == ["weights", "weights", "", "float32 [2, 3]", "float32 [2, 3]", "restored"]
    assert ["", "<b>&\"x", "", "", "", "left over"] in rows


class Terminal(io.StringIO):
    def isatty(self):
        return True


def save_with_bar(monkeypatch, tmp_path, stream, delay):
    monkeypatch.setattr(progress, "DELAY_SECONDS", delay)
    monkeypatch.setattr(sys, "stderr", stream)
    with tf.Session() as sess:
        v = tf.Variable(tf.zeros([1 << 22]))
        sess.run(v.initializer)
        saver = tf.train.Saver([v])
        path = saver.save(sess, str(tmp_path / "model"))
        saver.restore(sess, path)
    return stream.getvalue()


def test_nothing_is_shown_of_what_is_quick_or_unseen(monkeypatch, tmp_path):
    assert save_with_bar(monkeypatch, tmp_path, Terminal(), 30) == ""
    assert save_with_bar(monkeypatch, tmp_path, io.StringIO(), 0) == ""
    monkeypatch.setenv("TENSORKEEP_PROGRESS", "0")
    assert save_with_bar(monkeypatch, tmp_path, Terminal(), 0) == ""


def test_the_bar(monkeypatch, tmp_path):
    pytest.importorskip("tqdm")
    shown = save_with_bar(monkeypatch, tmp_path, Terminal(), 0)
    assert "Saving model: " in shown and "Restoring model: " in shown
    assert not [each for each in threading.enumerate() if each.name == "tensorkeep-progress"]


def test_object_based_checkpoints_have_bars_too(monkeypatch, tmp_path):
    """Which also shows that other threads go on: the bar is drawn by one."""
    pytest.importorskip("tqdm")
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with tf.Session() as sess:
        v = tf.Variable(tf.zeros([1 << 22]))
        checkpoint = tf.train.Checkpoint(v=v)
        sess.run(tf.global_variables_initializer())
        path = checkpoint.save(str(tmp_path / "objects"))
        checkpoint.restore(path).run_restore_ops()
        manager = tf.train.CheckpointManager(checkpoint, str(tmp_path / "managed"), 1)
        manager.save()
        manager.restore_or_initialize()
        shown = sys.stderr.getvalue()
    for title in ("Saving objects", "Restoring variables", "Saving managed", "Restoring managed"):
        assert f"{title}: " in shown


def test_an_error_of_a_managers_init_fn_comes_through(tmp_path):
    def init_fn():
        raise KeyError("mine")

    checkpoint = tf.train.Checkpoint(v=tf.get_variable("v", [2]))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), 1, init_fn=init_fn)
    with tf.Session(), pytest.raises(KeyError, match="mine"):
        manager.restore_or_initialize()


def test_a_save_shows_the_bytes_of_its_temporary_files(monkeypatch, tmp_path):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0)
    monkeypatch.setattr(progress, "_STEP_SECONDS", 0.01)
    monkeypatch.setattr(sys, "stderr", Terminal())
    path = tmp_path / "m[1]"
    (tmp_path / "m[1]-5.data-00000-of-00001.tempstate12").write_bytes(b"x" * 3000)
    (tmp_path / "m[1]-4.data-00000-of-00001").write_bytes(b"x" * 500)
    assert progress.bytes_written(str(path)) == 3000
    bar = progress.start("Saving", str(path).encode())
    threading.Event().wait(0.5)
    bar.stop()
    assert re.search(r"Saving m\[1\]: .*3\.00kB", sys.stderr.getvalue())


def test_without_tqdm_nothing_is_shown(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert save_with_bar(monkeypatch, tmp_path, Terminal(), 0) == ""
