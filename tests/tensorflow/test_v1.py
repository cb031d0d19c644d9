"""V1 checkpoints and sharded ones, both ways: what the one writes the other reads, and the files are the same."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.training import py_checkpoint_reader

tf.disable_v2_behavior()

WORKER = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/saver_worker")
SLICES = pathlib.Path(__file__).resolve().parents[1] / "data" / "slices"


def values(scale=1):
    """What the variables hold: names, and values of every type that V1 has a list for."""
    ramp = np.arange(12).reshape(3, 4)
    return {
        "a/float": (ramp * 0.5 * scale).astype(np.float32), "a/double": ramp * 0.25 * scale,
        "b/int": (ramp - 5 * scale).astype(np.int32), "b/long": ramp.astype(np.int64) << (33 + scale),
        "b/short": (-ramp).astype(np.int16), "b/byte": ramp.astype(np.uint8), "c/bool": ramp % 2 == 0,
        "c/half": (ramp * scale).astype(np.float16), "d/complex": (ramp + 1j * scale).astype(np.complex64),
        "large": np.arange(300000, dtype=np.float32) * scale,
    }


def build(version, sharded, scale=1):
    """The graph, with a saver; half of the variables on one device."""
    for i, (name, value) in enumerate(values(scale).items()):
        with tf.device("/cpu:0" if i % 2 else None):
            tf.Variable(tf.constant(value), name=name)
    return tf.train.Saver(write_version=version, sharded=sharded)


QUANTISED = {tf.qint8: tf.int8, tf.quint8: tf.uint8, tf.qint16: tf.int16, tf.quint16: tf.uint16,
             tf.qint32: tf.int32}
CASES = [(tf.train.SaverDef.V1, False), (tf.train.SaverDef.V1, True), (tf.train.SaverDef.V2, True)]


class BothWays(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def worker(self, *args, status=0):
        done = subprocess.run([WORKER, *map(str, args)], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.strip() if status == 0 else done.stderr

    def theirs(self, name, version, sharded, scale=1):
        """Saved by TensorFlow, with its .meta; returns the path the saver gives."""
        with tf.Graph().as_default(), tf.Session() as session:
            saver = build(version, sharded, scale)
            session.run(tf.global_variables_initializer())
            return saver.save(session, str(self.dir / name))

    def files(self, name):
        return {path.name.removeprefix(name): path.read_bytes() for path in self.dir.glob(name + "*")
                if not path.name.endswith(".meta")}

    def assert_holds(self, session, scale):
        for name, value in values(scale).items():
            np.testing.assert_array_equal(session.run(name + ":0"), value, err_msg=name)

    def test_files_are_the_same(self):
        for version, sharded in CASES:
            with self.subTest(version=version, sharded=sharded):
                theirs = self.theirs("theirs", version, sharded)
                # Ours restores through TensorFlow's graph, and saves through it again.
                path = self.worker("resave", theirs, str(self.dir / "theirs.meta"), str(self.dir / "ours"))
                self.assertEqual(path, theirs.replace("theirs", "ours"))
                self.assertEqual(self.files("ours"), self.files("theirs"))
                for stale in self.dir.glob("*"):
                    stale.unlink()

    def test_what_we_save_tensorflow_restores(self):
        for version, sharded in CASES:
            with self.subTest(version=version, sharded=sharded):
                theirs = self.theirs("start", version, sharded, scale=3)
                path = self.worker("resave", theirs, str(self.dir / "start.meta"), str(self.dir / "ours"))
                with tf.Graph().as_default(), tf.Session() as session:
                    saver = build(version, sharded)
                    session.run(tf.global_variables_initializer())
                    saver.restore(session, path)
                    self.assert_holds(session, 3)
                with tf.Graph().as_default(), tf.Session() as session:
                    saver = tf.train.import_meta_graph(str(self.dir / "ours.meta"))
                    saver.restore(session, path)
                    self.assert_holds(session, 3)
                    again = saver.save(session, str(self.dir / "again"))
                self.assertIn("True", self.worker("same", again, theirs))

    def test_sliced_files_of_theirs_are_whole_here(self):
        """Their CheckpointReader gives no such tensor; RestoreV2 does."""
        with tempfile.TemporaryDirectory() as folder:
            whole = np.arange(12, dtype=np.float32).reshape(6, 2)
            path = folder + "/sliced"
            with tf.Graph().as_default(), tf.Session() as session:
                session.run(tf.raw_ops.SaveSlices(
                    filename=path, tensor_names=["p", "p"], shapes_and_slices=["6 2 0,2:-", "6 2 2,4:-"],
                    data=[whole[:2], whole[2:]]))
                session.run(tf.raw_ops.Save(filename=path + "_whole", tensor_names=["p"], data=[whole]))
            with self.assertRaisesRegex(Exception, "Sliced checkpoints are not supported"):
                py_checkpoint_reader.NewCheckpointReader(path).get_tensor("p")
            self.assertIn("True", self.worker("same", path, path + "_whole"))

    def test_names_that_are_no_text(self):
        """TensorFlow writes them, and cannot read them."""
        path = str(self.dir / "odd")
        with tf.Graph().as_default(), tf.Session() as session:
            session.run(tf.raw_ops.Save(filename=path, tensor_names=[b"\xff\xfe", b"v"],
                                        data=[tf.constant(1.0), tf.constant(2.0)]))
            with self.assertRaises(tf.errors.OpError):
                session.run(tf.raw_ops.Restore(file_pattern=path, tensor_name=b"v", dt=tf.float32))
        self.assertEqual(self.worker("list", path).splitlines(), ["v", r"\xff\xfe"])

    def test_errors_are_theirs(self):
        """Class and first words of what a wrong restore says."""
        theirs = self.theirs("theirs", tf.train.SaverDef.V1, False)
        with tf.Graph().as_default(), tf.Session() as session:
            tf.Variable([1.0], name="other-v2")
            saver = tf.train.Saver(write_version=tf.train.SaverDef.V1)
            session.run(tf.global_variables_initializer())
            saver.export_meta_graph(str(self.dir / "other.meta"))
            with self.assertRaises(tf.errors.NotFoundError) as error:
                saver.restore(session, theirs)
        words = 'Tensor name "other-v2" not found in checkpoint files ' + theirs
        self.assertIn(words, str(error.exception))
        ours = self.worker("resave", theirs, str(self.dir / "other.meta"), str(self.dir / "x"), status=1)
        self.assertIn(words, ours)
        self.assertTrue(ours.startswith("NotFoundError: Restoring from checkpoint failed."), ours)

    def test_refused_types(self):
        """Each type by itself: both write the same file, or both refuse with the same class and words."""
        for number in [n for n in range(1, 34) if n not in (20, 21)]:
            dtype = tf.dtypes.as_dtype(number)
            with self.subTest(dtype.name):
                path = str(self.dir / dtype.name)
                refusal = None
                try:
                    with tf.Graph().as_default(), tf.Session() as session:
                        plain = QUANTISED.get(dtype, dtype)
                        zeros = [b"", b""] if dtype == tf.string else np.zeros(2, plain.as_numpy_dtype)
                        value = tf.constant(zeros)
                        if plain != dtype:
                            value = tf.bitcast(value, dtype)
                        session.run(tf.raw_ops.Save(filename=path, tensor_names=["v"], data=[value]))
                except tf.errors.OpError as error:
                    refusal = error
                out = self.worker("save_zeros", dtype.name, path + "_ours", status=1 if refusal else 0)
                if refusal is None:
                    self.assertEqual(pathlib.Path(path).read_bytes(), pathlib.Path(path + "_ours").read_bytes())
                else:
                    self.assertTrue(out.startswith(type(refusal).__name__ + ": "), out)
                    words = re.search(r"Saving data type \S+ not yet supported|"
                                      r"Tensor slice serialization not implemented for dtype \d+", str(refusal))
                    self.assertTrue(out.startswith(f"{type(refusal).__name__}: {words[0]}"), out)


if __name__ == "__main__":
    unittest.main()
