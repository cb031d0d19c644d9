"""Our MetaGraphDefs of the programs against TensorFlow's, field by field; and TensorFlow takes them."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf import meta_graph_pb2

import normalise
import programs

WRITE_GRAPHS = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/write_graphs")


class GraphIdentity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = {}
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([WRITE_GRAPHS, folder], check=True)
            for path in pathlib.Path(folder).glob("*.meta"):
                cls.ours[path.stem] = meta_graph_pb2.MetaGraphDef.FromString(path.read_bytes())

    def test_every_program_is_written_in_both_languages(self):
        self.assertEqual(set(self.ours), set(programs.PROGRAMS))

    def test_graphs_are_tensorflows(self):
        for name, ours in self.ours.items():
            with self.subTest(name):
                want = normalise.describe(normalise.normalise(programs.meta_graph(name)))
                found = normalise.differences(want, normalise.describe(ours))
                self.assertFalse(found, "\n".join(found[:40]))

    def test_versions_are_what_old_and_new_readers_take(self):
        for name, ours in self.ours.items():
            with self.subTest(name):
                self.assertEqual(ours.meta_info_def.tensorflow_version, "1.15.0")
                self.assertIn("tensorkeep", ours.meta_info_def.tensorflow_git_version)
                self.assertEqual(ours.graph_def.versions.producer, 24)

    def test_nothing_is_there_that_1_15_would_refuse(self):
        for name, ours in self.ours.items():
            with self.subTest(name):
                for node in ours.graph_def.node:
                    known = normalise.attributes_of_1_15().get(node.op)
                    self.assertIsNotNone(known, f"{node.name}: {node.op} is not 1.15's")
                    extra = {a for a in node.attr if not a.startswith("_")} - known
                    self.assertFalse(extra, f"{node.name}: {extra}")

    def test_tensorflow_imports_them(self):
        for name, ours in self.ours.items():
            with self.subTest(name), tf.Graph().as_default() as graph:
                tf.train.import_meta_graph(ours)
                # Where there are variables but no saver, TensorFlow adds one.
                imported = {op.name: op.type for op in graph.get_operations()}
                for node in ours.graph_def.node:
                    self.assertEqual(imported.get(node.name), node.op, node.name)


if __name__ == "__main__":
    unittest.main()
