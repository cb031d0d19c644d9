"""TensorFlow 2's object-based checkpoints: read by both names, restored into graphs, renamed, frozen."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2
from tensorflow.python.checkpoint import checkpoint_management

tf.disable_v2_behavior()

BUILD = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"])
WORKER = BUILD / "tests/tensorflow/saver_worker"
COMMAND = BUILD / "cli/tensorkeep"


def build(use_resource):
    """Two variables under Adam; returns them, the training operation and the objects."""
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=use_resource)
    w = tf.get_variable("s/w", [2], initializer=tf.ones_initializer(), use_resource=use_resource)
    optimizer = tf.train.AdamOptimizer(0.1)
    train = optimizer.minimize(tf.reduce_sum(v * v * w))
    tf.add(v, w, name="total")
    return v, w, train, tf.train.Checkpoint(v=v, model=tf.train.Checkpoint(w=w), optimizer=optimizer)


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
        key = "_CHECKPOINTABLE_OBJECT_GRAPH"
        graphs = [trackable_object_graph_pb2.TrackableObjectGraph.FromString(
            tf.train.load_variable(path, key)) for path in (prefix, back)]
        self.assertEqual(*graphs)

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


if __name__ == "__main__":
    unittest.main()
