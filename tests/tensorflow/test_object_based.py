"""TensorFlow 2's object-based checkpoints: read by both names, restored into graphs, renamed, frozen;
written by Checkpoint and CheckpointManager."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2
from google.protobuf import text_format
from tensorflow.python.checkpoint import checkpoint_management
from tensorflow.python.eager import context
from tensorflow.python.training import checkpoint_state_pb2

import object_trees

tf.disable_v2_behavior()

BUILD = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"])
WORKER = BUILD / "tests/tensorflow/saver_worker"
CHECKPOINT_WORKER = BUILD / "tests/tensorflow/checkpoint_worker"
COMMAND = BUILD / "cli/tensorkeep"
OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
KINDS = "resource", "reference"


def build(use_resource):
    """Two variables under Adam; returns them, the training operation and the objects."""
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=use_resource)
    w = tf.get_variable("s/w", [2], initializer=tf.ones_initializer(), use_resource=use_resource)
    optimizer = tf.train.AdamOptimizer(0.1)
    train = optimizer.minimize(tf.reduce_sum(v * v * w))
    tf.add(v, w, name="total")
    return v, w, train, tf.train.Checkpoint(v=v, model=tf.train.Checkpoint(w=w), optimizer=optimizer)


def objects_in(prefix):
    return trackable_object_graph_pb2.TrackableObjectGraph.FromString(
        tf.train.load_variable(str(prefix), OBJECT_GRAPH))


def work(*args, **kwargs):
    done = subprocess.run([CHECKPOINT_WORKER, *map(str, args)], capture_output=True, text=True, **kwargs)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class ObjectBased(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def run_command(self, *args, status=0):
        done = subprocess.run([COMMAND, *map(str, args)], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def trained(self, use_resource):
        """Saved by TensorFlow after a step, with a .meta beside it: the prefix, and all values by name."""
        with tf.Graph().as_default(), tf.Session() as session:
            _, _, train, objects = build(use_resource)
            saver = tf.train.Saver()
            session.run(tf.global_variables_initializer())
            session.run(train)
            prefix = objects.save(str(self.dir / "objects"), session=session)
            tf.train.export_meta_graph(prefix + ".meta", saver_def=saver.as_saver_def())
            names = [v.op.name for v in tf.global_variables() if v.op.name != "save_counter"]
            return prefix, {n: session.run(n + ":0" if not use_resource else n + "/Read/ReadVariableOp:0")
                            for n in names}

    def test_both_names(self):
        prefix, values = self.trained(True)
        tensors = json.loads(self.run_command("ls", prefix, "--json"))
        full_names = {t["name"]: t.get("full_name") for t in tensors}
        self.assertEqual(full_names["model/w/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE"], "s/w/Adam")
        self.assertEqual(set(full_names.values()) - {None, "save_counter"}, set(values))
        for key, name in full_names.items():
            if name in values:
                for asked in key, name, name + ":0":
                    shown = json.loads(self.run_command("cat", prefix, asked, "--json"))["value"]
                    np.testing.assert_array_equal(np.float32(shown), values[name])

    def test_restores_into_a_graph_with_the_slots(self):
        for use_resource in False, True:
            with self.subTest(use_resource=use_resource):
                prefix, values = self.trained(use_resource)
                saved = subprocess.run([WORKER, "resave", prefix, prefix + ".meta", str(self.dir / "named")],
                                       capture_output=True, text=True)
                self.assertEqual(saved.returncode, 0, saved.stderr)
                reader = tf.train.load_checkpoint(str(self.dir / "named"))
                self.assertEqual(set(reader.get_variable_to_shape_map()), set(values))
                for name, value in values.items():
                    np.testing.assert_array_equal(reader.get_tensor(name), value)

    def test_freezes(self):
        for use_resource in False, True:
            prefix, values = self.trained(use_resource)
            pb = self.dir / "sum.pb"
            self.run_command("freeze", prefix + ".meta", prefix, pb, "--outputs", "total")
            graph_def = tf.GraphDef.FromString(pb.read_bytes())
            with tf.Graph().as_default(), tf.Session() as session:
                (result,) = tf.import_graph_def(graph_def, return_elements=["total:0"])
                np.testing.assert_array_equal(session.run(result), values["v"] + values["s/w"])

    def test_renamed_it_restores_by_objects_and_by_names(self):
        prefix, values = self.trained(True)
        renamed = str(self.dir / "renamed")
        self.run_command("rename", prefix, renamed, "--map", "model/*=net/*", "--map", "s/*=t/*")
        with tf.Graph().as_default(), tf.Session() as session:
            v, w, _, objects = build(True)
            objects.restore(renamed).assert_consumed().initialize_or_restore(session)
            np.testing.assert_array_equal(session.run(v), values["v"])
            np.testing.assert_array_equal(session.run(w), values["s/w"])
        with tf.Graph().as_default(), tf.Session() as session:
            w = tf.get_variable("t/w", [2], use_resource=True)
            tf.train.Saver([w]).restore(session, renamed)
            np.testing.assert_array_equal(session.run(w), values["s/w"])
        back = str(self.dir / "back")
        self.run_command("rename", renamed, back, "--map", "net/*=model/*", "--map", "t/*=s/*")
        self.assertEqual(*map(objects_in, (prefix, back)))

    def test_the_managers_state_file(self):
        with tf.Graph().as_default(), tf.Session() as session:
            _, _, _, objects = build(True)
            session.run(tf.global_variables_initializer())
            manager = checkpoint_management.CheckpointManager(objects, str(self.dir), max_to_keep=2)
            with session.as_default():
                session.run(objects.save_counter.initializer)
                for _ in range(3):
                    manager.save()
        state = (self.dir / "checkpoint").read_text()
        self.assertIn("all_model_checkpoint_timestamps", state)
        self.assertIn("last_preserved_timestamp", state)
        self.assertTrue(self.run_command("ls", self.dir).endswith(f" in {self.dir}/ckpt-3\n"))
        written = subprocess.run([WORKER, "rewrite_state", str(self.dir)], capture_output=True, text=True)
        self.assertEqual(written.returncode, 0, written.stderr)
        self.assertEqual((self.dir / "checkpoint").read_text(), state)


def for_each_tree(test):
    """Runs test(self, name, kind, theirs, ours) for every tree, with prefixes to save it under."""
    def run(self):
        for name in object_trees.TREES:
            for kind in KINDS:
                with self.subTest(name=name, kind=kind):
                    test(self, name, kind, *(self.dir / f"{who}_{name}_{kind}/c" for who in ("theirs", "ours")))
    return run


class WrittenObjects(unittest.TestCase):
    """Every tree saved by both: the same files, which either restores."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def save_theirs(self, name, kind, prefix):
        """As the worker: twice, the second time with one object more. Returns the values by path."""
        with tf.Graph().as_default(), tf.Session() as session:
            checkpoint = object_trees.TREES[name](kind)
            object_trees.set_values(session)
            values = {p: session.run(v) for p, v in object_trees.variables_of(checkpoint).items()}
            checkpoint.save(str(prefix), session=session)
            checkpoint.added = [tf.global_variables()[0]]
            checkpoint.save(str(prefix), session=session)
            return values

    @for_each_tree
    def test_the_files_are_the_same(self, name, kind, theirs, ours):
        self.save_theirs(name, kind, theirs)
        work("save", name, kind, ours)
        for step in 1, 2:
            self.assertEqual(objects_in(f"{ours}-{step}"), objects_in(f"{theirs}-{step}"))
        names = sorted(p.name for p in theirs.parent.iterdir())
        self.assertEqual(sorted(p.name for p in ours.parent.iterdir()), names)
        for file in names:
            self.assertEqual((ours.parent / file).read_bytes(), (theirs.parent / file).read_bytes(), file)

    @for_each_tree
    def test_tensorflow_restores_ours_in_graphs(self, name, kind, theirs, ours):
        values = self.save_theirs(name, kind, theirs)
        work("save", name, kind, ours)
        with tf.Graph().as_default(), tf.Session() as session:
            checkpoint = object_trees.TREES[name](kind)
            checkpoint.restore(f"{ours}-1").assert_consumed().run_restore_ops(session)
            self.check(values, {p: session.run(v) for p, v in object_trees.variables_of(checkpoint).items()})

    @for_each_tree
    def test_tensorflow_restores_ours_eagerly(self, name, kind, theirs, ours):
        if name == "parts":  # are of graphs alone
            return
        values = self.save_theirs(name, kind, theirs)
        work("save", name, kind, ours)
        with context.eager_mode():
            checkpoint = object_trees.TREES[name](kind)
            checkpoint.restore(f"{ours}-1").assert_consumed()
            self.check(values, {p: v.numpy() for p, v in object_trees.variables_of(checkpoint).items()})

    @for_each_tree
    def test_we_restore_theirs(self, name, kind, theirs, ours):
        values = self.save_theirs(name, kind, theirs)
        self.check(values, self.restored_by_us(name, kind, f"{theirs}-1", ours))

    @for_each_tree
    def test_we_restore_what_was_saved_eagerly(self, name, kind, theirs, ours):
        if name == "parts":
            return
        with context.eager_mode():
            checkpoint = object_trees.TREES[name](kind)
            values = {}
            for i, (path, v) in enumerate(object_trees.variables_of(checkpoint).items()):
                v.assign(object_trees.value(i, v))
                values[path] = v.numpy()
            prefix = checkpoint.save(str(theirs))
        self.check(values, self.restored_by_us(name, kind, prefix, ours))

    def restored_by_us(self, name, kind, path, ours):
        """What our variables hold then, by their paths."""
        work("restore", name, kind, path, ours)
        reader = tf.train.load_checkpoint(str(ours))
        with tf.Graph().as_default():
            checkpoint = object_trees.TREES[name](kind)
            checkpoint.save_counter
            found = {}
            for path, v in object_trees.variables_of(checkpoint).items():
                if v._save_slice_info is None:
                    found[path] = reader.get_tensor(v.op.name)
                else:  # a Saver saves it as a part of one tensor
                    start = v._save_slice_info.var_offset[0]
                    found[path] = reader.get_tensor("p")[start:start + v.shape[0]]
            return found

    def check(self, values, restored):
        self.assertEqual(set(restored), {*values, "save_counter"})
        for path, value in {**values, "save_counter": 1}.items():
            np.testing.assert_array_equal(restored[path], value, path)

    def test_a_misfit_names_all(self):
        self.save_theirs("adam", "resource", self.dir / "c")
        done = subprocess.run([CHECKPOINT_WORKER, "misfit", self.dir / "c-1"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^InvalidArgumentError: tensor_name = v/.ATTRIBUTES/VARIABLE_VALUE; Assign")
        self.assertIn("expected dtype int32 does not equal original dtype float", done.stderr)


class Managers(unittest.TestCase):
    """The same calls leave the same checkpoints and, but for the times, the same state file.

    Times in the state file are set far back or ahead, so that no test depends on the clock.
    """

    SAVES = ["save"] * 4
    SCRIPTS = {
        "two": ("2", "None", SAVES),
        "all": ("None", "None", SAVES),
        "numbers": ("2", "None", ["save 7", "save 3", "save 7", "save", "save 1"]),
        "the next one": ("2", "None", [*SAVES, "new", "save 9", "new", "save"]),
        "the hours have passed": ("1", "1", [*SAVES, "times 0", "new", "save", "save"]),
        "long ago": ("1", "0.001", [*SAVES, "times 0", "new", "save", "save"]),
        "in the future": ("2", "1", [*SAVES, f"times {10**12}", "new", "save", "save"]),
        "preserved in the future": ("2", "1", [*SAVES, f"preserved {10**12}", "new", "save", "save"]),
        "without times": ("2", "None", [*SAVES, "without_times", "new", "save", "save", "save"]),
    }

    @staticmethod
    def edit_state(folder, line):
        """What neither manager does: another state file."""
        verb, *number = line.split()
        file = folder / "checkpoint"
        state = text_format.Parse(file.read_text(), checkpoint_state_pb2.CheckpointState())
        if verb == "times":
            times = [float(number[0]) + 1 + i for i in range(len(state.all_model_checkpoint_timestamps))]
            state.all_model_checkpoint_timestamps[:] = times
            state.last_preserved_timestamp = 0.5
        elif verb == "preserved":
            state.last_preserved_timestamp = float(number[0])
        else:
            del state.all_model_checkpoint_timestamps[:]
        file.write_text(text_format.MessageToString(state))

    @staticmethod
    def run_theirs(folder, max_to_keep, hours, script):
        def number(text, convert):
            return None if text == "None" else convert(text)

        printed = []
        with tf.Graph().as_default(), tf.Session() as session:
            checkpoint = tf.train.Checkpoint(v=object_trees.ones("v", [], "resource"))
            session.run(tf.global_variables_initializer())

            def make():
                return checkpoint_management.CheckpointManager(
                    checkpoint, str(folder), number(max_to_keep, int),
                    keep_checkpoint_every_n_hours=number(hours, float))

            manager = make()
            for line in script:
                verb, *words = line.split()
                if verb == "new":
                    manager = make()
                elif verb == "save":
                    manager.save(*map(int, words))
                else:
                    Managers.edit_state(folder, line)
                paths = [manager.latest_checkpoint, *manager.checkpoints]
                printed.append([pathlib.Path(path).name for path in paths])
        return printed

    @staticmethod
    def run_ours(folder, max_to_keep, hours, script):
        with subprocess.Popen([CHECKPOINT_WORKER, "manage", folder, max_to_keep, hours], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
            printed = []
            for line in script:
                if line.split()[0] not in ("save", "new"):
                    Managers.edit_state(folder, line)
                print(line, file=worker.stdin, flush=True)
                printed.append(worker.stdout.readline().split())
            worker.stdin.close()
        assert worker.returncode == 0
        return printed

    @staticmethod
    def state_of(folder):
        """The file's text, in which only times of today have no digits."""
        return re.sub(r"\b1[0-9]{9}\.[0-9]+", "now", (folder / "checkpoint").read_text())

    def test_the_same_calls_leave_the_same_checkpoints(self):
        for name, script in self.SCRIPTS.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as root:
                theirs, ours = pathlib.Path(root, "theirs"), pathlib.Path(root, "ours")
                self.assertEqual(self.run_ours(ours, *script), self.run_theirs(theirs, *script))
                self.assertEqual(sorted(p.name for p in ours.iterdir()), sorted(p.name for p in theirs.iterdir()))
                self.assertEqual(self.state_of(ours), self.state_of(theirs))


if __name__ == "__main__":
    unittest.main()
