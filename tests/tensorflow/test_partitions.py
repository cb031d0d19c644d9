"""Variables in parts, both ways: the files are the same however a variable is cut, and each restores into every other cut."""
import itertools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.framework import variable_pb2
from tensorflow.core.protobuf import meta_graph_pb2

import normalise

tf.disable_v2_behavior()

WORKER = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/partition_worker")
SAVER_WORKER = WORKER.with_name("saver_worker")

CUTS = {
    "whole": None,
    "one": tf.fixed_size_partitioner(1),
    "two": tf.fixed_size_partitioner(2),
    "five": tf.fixed_size_partitioner(5),
    "last_axis": tf.fixed_size_partitioner(3, -1),
    "by_size": tf.variable_axis_size_partitioner(24),
    "by_minimum": tf.min_max_variable_partitioner(4, min_slice_size=16),
}
RESOURCES = ("resource", "twelve")
VERSIONS = {"V1": tf.train.SaverDef.V1, "V2": tf.train.SaverDef.V2}


def ramp(shape, scale, dtype):
    return (np.arange(np.prod(shape)) * scale).astype(dtype).reshape(shape)


def values(scale=1):
    return {
        "matrix": ramp([7, 4], 0.5 * scale, np.float32), "vector": ramp([5], scale << 33, np.int64),
        "resource": ramp([6, 3], 0.25 * scale, np.float64), "cube": ramp([5, 2, 3], -scale, np.int32),
        "twelve": ramp([12], scale, np.float32),
    }


def build(cut, version="V2", sharded=False, scale=1):
    """The worker's graph, and whole values to compare with."""
    with tf.variable_scope("net", partitioner=CUTS[cut]):
        for i, (name, value) in enumerate(values(scale).items()):
            with tf.device("/cpu:0" if i % 2 else None):
                tf.get_variable(name, initializer=tf.constant(value), use_resource=name in RESOURCES)
    tf.get_variable("plain", initializer=tf.constant(float(scale)))
    return tf.train.Saver(write_version=VERSIONS[version], sharded=sharded)


class BothWays(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def worker(self, *args, program=WORKER):
        done = subprocess.run([program, *map(str, args)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def theirs(self, name, cut, version, sharded):
        with tf.Graph().as_default(), tf.Session() as session:
            saver = build(cut, version, sharded)
            session.run(tf.global_variables_initializer())
            return saver.save(session, str(self.dir / name))

    def clear(self):
        for stale in self.dir.glob("*"):
            stale.unlink()

    def files(self, name):
        return {path.name.removeprefix(name): path.read_bytes() for path in self.dir.glob(name + "*")
                if not path.name.endswith(".meta")}

    def assert_holds(self, session, graph, prefix=""):
        parts = {}
        for variable in graph.get_collection("variables"):
            info = variable._save_slice_info
            name = info.full_name if info else variable.op.name
            offset = info.var_offset if info else []
            parts.setdefault(name, []).append((offset, session.run(variable)))
        for name, value in values().items():
            slices = sorted(parts[prefix + "net/" + name], key=lambda part: list(part[0]))
            axis = next((i for i, n in enumerate(slices[-1][0]) if n), 0)
            np.testing.assert_array_equal(np.concatenate([part for _, part in slices], axis), value, name)

    def test_files_are_the_same(self):
        for cut, version, sharded in itertools.product(CUTS, VERSIONS, (False, True)):
            with self.subTest(cut=cut, version=version, sharded=sharded):
                self.clear()
                self.theirs("theirs", cut, version, sharded)
                self.worker("save", cut, version, sharded, self.dir / "ours")
                self.assertEqual(self.files("ours"), self.files("theirs"))

    def test_we_restore_theirs_under_every_other_cut(self):
        for version in VERSIONS:
            wanted = {}
            for cut in CUTS:
                self.theirs(f"{version}_{cut}", cut, version, False)
                wanted[cut] = self.files(f"{version}_{cut}")
            for saved, cut in itertools.permutations(CUTS, 2):
                with self.subTest(version=version, saved=saved, restored=cut):
                    self.worker("save", cut, version, False, self.dir / f"again_{version}",
                                self.dir / f"{version}_{saved}")
                    self.assertEqual(self.files(f"again_{version}"), wanted[cut])

    def test_they_restore_ours_under_every_other_cut(self):
        for version, sharded in (("V1", False), ("V2", True)):
            saved = {}
            for cut in CUTS:
                saved[cut] = self.worker("save", cut, version, sharded, self.dir / f"{version}_{cut}")
            for cut in CUTS:
                with tf.Graph().as_default() as graph, tf.Session() as session:
                    saver = build(cut, scale=0)
                    for other, path in saved.items():
                        with self.subTest(version=version, saved=other, restored=cut):
                            session.run(tf.global_variables_initializer())
                            saver.restore(session, path)
                            self.assert_holds(session, graph)

    def test_graphs_of_theirs_with_parts(self):
        """Through TensorFlow's own .meta: restored, saved and exported again."""
        for version, sharded in itertools.product(VERSIONS, (False, True)):
            with self.subTest(version=version, sharded=sharded):
                self.clear()
                path = self.theirs("theirs", "five", version, sharded)
                self.worker("resave", path, self.dir / "theirs.meta", self.dir / "ours", program=SAVER_WORKER)
                self.assertEqual(self.files("ours"), self.files("theirs"))
                ours, theirs = (meta_graph_pb2.MetaGraphDef.FromString((self.dir / f"{name}.meta").read_bytes())
                                for name in ("ours", "theirs"))
                self.assertEqual(ours.collection_def, theirs.collection_def)
                first = variable_pb2.VariableDef.FromString(ours.collection_def["variables"].bytes_list.value[0])
                self.assertEqual(first.save_slice_info_def.full_name, "net/matrix")

    def test_graphs_of_ours_with_parts(self):
        path = self.worker("save", "two", "V2", False, self.dir / "ours")
        for scope in ("", "imported"):
            with tf.Graph().as_default() as graph, tf.Session() as session:
                saver = tf.train.import_meta_graph(path + ".meta", import_scope=scope or None)
                saver.restore(session, path)
                self.assert_holds(session, graph, scope and scope + "/")

    def test_another_whole_shape_is_an_error(self):
        for version in VERSIONS:
            with self.subTest(version):
                self.clear()
                with tf.Graph().as_default(), tf.Session() as session:
                    tf.get_variable("w", [6, 2], partitioner=CUTS["two"])
                    saver = tf.train.Saver(write_version=VERSIONS[version])
                    session.run(tf.global_variables_initializer())
                    path = saver.save(session, str(self.dir / "theirs"))
                with tf.Graph().as_default(), tf.Session() as session:
                    tf.get_variable("w", [5, 2], partitioner=CUTS["two"])
                    saver = tf.train.Saver()
                    saver.export_meta_graph(str(self.dir / "other.meta"))
                    with self.assertRaises(tf.errors.InvalidArgumentError) as error:
                        saver.restore(session, path)
                words = re.search(r"(tensor_name = w; s|S)hape in shape_and_slice spec[^\n]*?(?=\n|$)",
                                  str(error.exception))[0]
                done = subprocess.run([SAVER_WORKER, "resave", path, self.dir / "other.meta", self.dir / "x"],
                                      capture_output=True, text=True)
                self.assertTrue(done.stderr.startswith("InvalidArgumentError: "), done.stderr)
                self.assertIn(words, done.stderr)

    def test_init_from_checkpoint(self):
        for saved, cut, version in (("whole", "two", "V2"), ("five", "whole", "V1"), ("two", "last_axis", "V2")):
            with self.subTest(saved=saved, cut=cut):
                self.clear()
                path = self.theirs("start", saved, version, False)
                with tf.Graph().as_default(), tf.Session() as session:
                    zeros = tf.zeros_initializer()
                    with tf.variable_scope("all", initializer=zeros, partitioner=CUTS[cut]):
                        tf.get_variable("matrix", [7, 4])
                        with tf.device("/cpu:0"):
                            tf.get_variable("resource", [6, 3], tf.float64, use_resource=True)
                    tf.get_variable("by_name", [5], tf.int64, zeros)
                    parts = tf.get_variable("parts", [7, 4], initializer=zeros,
                                            partitioner=tf.fixed_size_partitioner(3))
                    whole = tf.get_variable("object", [12], initializer=zeros, use_resource=True)
                    with tf.variable_scope("root/net"):
                        tf.get_variable("cube", [5, 2, 3], tf.int32, zeros)
                    tf.train.init_from_checkpoint(path, {
                        "net/": "all/", "net/vector": "by_name", "net/matrix": list(parts),
                        "net/twelve": whole, "/": "root/"})
                    saver = tf.train.Saver()
                    session.run(tf.global_variables_initializer())
                    saver.save(session, str(self.dir / "theirs"))
                    theirs = saver.export_meta_graph()
                self.worker("init", cut, path, self.dir / "graph.meta", self.dir / "ours")
                self.assertEqual(self.files("ours"), self.files("theirs"))
                ours = meta_graph_pb2.MetaGraphDef.FromString((self.dir / "graph.meta").read_bytes())
                found = normalise.differences(normalise.describe(normalise.normalise(theirs)),
                                              normalise.describe(ours))
                self.assertFalse(found, "\n".join(found[:40]))


if __name__ == "__main__":
    unittest.main()
