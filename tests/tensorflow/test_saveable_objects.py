"""Checkpoints of hash tables and other saveable objects, both ways: the same files, and the same errors."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.ops import gen_lookup_ops, lookup_ops
from tensorflow.python.training.saver import BaseSaverBuilder

tf.disable_v2_behavior()

WORKER = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/saver_worker")

ENTRIES = {
    "numbers": (tf.int64, tf.float32, 0.0, np.arange(-40, 60, 3) ** 3, np.arange(34) / 4),
    "words": (tf.string, tf.int64, -1, [f"word{i * i}" for i in range(50)] + ["", "\0", "ä"], np.arange(53)),
    "texts": (tf.int64, tf.string, "", [3, 1, 2], ["three", "one", "two"]),
    "flags": (tf.string, tf.bool, False, ["yes", "no"], [True, False]),
    "vectors": (tf.int64, tf.float64, [0.0, 0.0], [7, 5], [[1.5, 2.5], [3.5, 4.5]]),
}


class OldTable(BaseSaverBuilder.SaveableObject):
    """A table as 1.x had it, by a reference to its name, that saves itself."""

    def __init__(self, name):
        self.handle = gen_lookup_ops.mutable_hash_table(tf.string, tf.float32, name=name)
        self.entries = gen_lookup_ops.lookup_table_export(self.handle, tf.string, tf.float32)
        specs = [BaseSaverBuilder.SaveSpec(tensor, "", f"{name}/{part}")
                 for tensor, part in zip(self.entries, ("keys", "values"))]
        super().__init__(None, specs, name)
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self)

    def insert(self, keys, values):
        return gen_lookup_ops.lookup_table_insert(self.handle, keys, values)

    def restore(self, restored_tensors, restored_shapes):
        return gen_lookup_ops.lookup_table_import(self.handle, *restored_tensors)


def build():
    """Tables, and operations that fill them."""
    tf.Variable([1.0, 2.0], name="v")
    tables, fills = {}, []
    for i, (name, (key, value, default, keys, values)) in enumerate(ENTRIES.items()):
        with tf.device("/cpu:0" if i % 2 else None):
            table = lookup_ops.MutableHashTable(key, value, default, name=name)
        tables[name] = table.export()
        fills.append(table.insert(tf.constant(keys, key), tf.constant(values, value)))
    old = OldTable("old")
    tables["old"] = old.entries
    fills.append(old.insert(["x", "y"], [0.5, 1.5]))
    return tables, fills


KINDS = [dict(), dict(sharded=True), dict(builder=BaseSaverBuilder()),
         dict(builder=BaseSaverBuilder(), sharded=True)]


class BothWays(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def worker(self, *args, status=0):
        done = subprocess.run([WORKER, *map(str, args)], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.strip() if status == 0 else done.stderr

    def files(self, name):
        return {path.name.removeprefix(name): path.read_bytes() for path in self.dir.glob(name + "*")
                if not path.name.endswith(".meta")}

    def test_restored_and_saved_again(self):
        for kind in KINDS:
            with self.subTest(kind), tf.Graph().as_default():
                tables, fills = build()
                saver = tf.train.Saver(**kind)
                with tf.Session() as session:
                    session.run([tf.global_variables_initializer(), *fills])
                    first = saver.save(session, str(self.dir / "first"))
                with tf.Session() as session:
                    saver.restore(session, first)
                    saver.save(session, str(self.dir / "theirs"))
                path = self.worker("resave", first, self.dir / "first.meta", self.dir / "ours")
                self.assertEqual(self.files("ours"), self.files("theirs"))
                with tf.Session() as session:
                    saver.restore(session, path)
                    for name, (_, _, _, keys, values) in ENTRIES.items():
                        got = dict(zip(*(t.tolist() for t in session.run(tables[name]))))
                        want = dict(zip([k.encode() if isinstance(k, str) else k for k in keys],
                                        [v.encode() if isinstance(v, str) else v for v in values]))
                        self.assertEqual(got, want, name)
                    self.assertEqual(dict(zip(*(t.tolist() for t in session.run(tables["old"])))),
                                     {b"x": 0.5, b"y": 1.5})
                for stale in self.dir.glob("*"):
                    stale.unlink()

    def test_tables_of_nothing(self):
        with tf.Graph().as_default():
            lookup_ops.MutableHashTable(tf.int64, tf.int64, -1)
            saver = tf.train.Saver()
            with tf.Session() as session:
                first = saver.save(session, str(self.dir / "first"))
            path = self.worker("resave", first, self.dir / "first.meta", self.dir / "ours")
            self.assertIn("True", self.worker("same", first, path))
            self.assertEqual(self.files("ours"), self.files("first"))

    def refusal(self, tensors):
        """Class and words of what both say to a checkpoint of these tensors for a table `t`."""
        path = str(self.dir / "bad")
        with tf.Graph().as_default(), tf.Session() as session:
            names, values = zip(*tensors.items())
            session.run(tf.raw_ops.SaveV2(prefix=path, tensor_names=names, tensors=values,
                                          shape_and_slices=[""] * len(names)))
        with tf.Graph().as_default(), tf.Session() as session:
            lookup_ops.MutableHashTable(tf.int64, tf.int64, -1, name="t")
            saver = tf.train.Saver()
            saver.export_meta_graph(path + ".meta")
            with self.assertRaises(tf.errors.OpError) as error:
                saver.restore(session, path)
        ours = self.worker("resave", path, path + ".meta", self.dir / "x", status=1)
        self.assertTrue(ours.startswith(type(error.exception).__name__ + ": "), ours)
        return str(error.exception), ours

    def test_errors_are_theirs(self):
        two, three = np.arange(2), np.arange(3)
        for words, tensors in {
                "Key t-values not found in checkpoint": {"t-keys": two},
                "tensor_name = t-keys; expected dtype int64 does not equal original dtype double":
                    {"t-keys": two / 2, "t-values": two},
                "Expected shape [2] for value, got [3]": {"t-keys": two, "t-values": three}}.items():
            with self.subTest(words):
                for said in self.refusal(tensors):
                    self.assertIn(words, said)


if __name__ == "__main__":
    unittest.main()
