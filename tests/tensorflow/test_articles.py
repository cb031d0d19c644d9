"""The second article's programs, half of each pair run by TensorFlow: what ours write TensorFlow reads with
the article's values, and the other way round, in both formats."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import tensorflow.compat.v1 as tf
from google.protobuf import text_format

EXAMPLES = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "examples")
FORMATS = {"V2": tf.train.SaverDef.V2, "V1": tf.train.SaverDef.V1}


class ArticlesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        (self.dir / "model").mkdir()
        self.prefix = str(self.dir / "model/model.ckpt")
        graph = tf.Graph().as_default()
        graph.__enter__()
        self.addCleanup(graph.__exit__, None, None, None)

    def ours(self, example):
        done = subprocess.run([EXAMPLES / example, self.dir], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""), example)
        return done.stdout.splitlines()

    def clear(self):
        for old in (self.dir / "model").iterdir():
            old.unlink()

    def sum_of_two(self, first=1.0, second=2.0):
        v1 = tf.Variable(tf.constant(first, shape=[1]), name="v1")
        v2 = tf.Variable(tf.constant(second, shape=[1]), name="v2")
        return v1, v2, tf.add(v1, v2, name="add")

    def save(self, version):
        self.clear()
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            tf.train.Saver(write_version=version).save(sess, self.prefix)

    def test_ours_reads_what_theirs_saved(self):
        for name, version in FORMATS.items():
            with self.subTest(name), tf.Graph().as_default():
                self.sum_of_two()
                self.save(version)
                self.assertEqual(self.ours("restore_add"), ["[3.]"])
                self.assertEqual(self.ours("import_meta_graph"), ["[3.]"])
                self.assertEqual(self.ours("restore_some")[0], "[1.]")
                renamed = self.ours("restore_renamed")
                self.assertEqual(renamed[-1], "[3.]")
                missing = {"V2": "Key other-v1 not found in checkpoint",
                           "V1": 'Tensor name "other-v1" not found in checkpoint files model/model.ckpt'}
                self.assertIn(missing[name], renamed)
                self.assertEqual(self.ours("checkpoint_reader"),
                                 ["v1 [1]", "v2 [1]", "Value for variable v1 is [1.]"])

    def test_theirs_reads_what_ours_saved(self):
        self.ours("save_add")
        reader = tf.train.NewCheckpointReader(self.prefix)
        self.assertEqual(reader.get_variable_to_shape_map(), {"v1": [1], "v2": [1]})
        self.assertEqual(tf.train.latest_checkpoint(self.dir / "model"), self.prefix)
        v1, v2, total = self.sum_of_two(7.0, 8.0)
        with tf.Session() as sess:
            tf.train.Saver().restore(sess, self.prefix)
            self.assertEqual(sess.run(total), [3.0])
            tf.train.Saver({"v1": v2, "v2": v1}).restore(sess, self.prefix)
            self.assertEqual(sess.run(v2), [1.0])
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.train.import_meta_graph(self.prefix + ".meta").restore(sess, self.prefix)
            self.assertEqual(sess.run("add:0"), [3.0])

    def test_averages(self):
        self.ours("moving_average")
        v = tf.Variable(0, dtype=tf.float32, name="v")
        average = tf.train.ExponentialMovingAverage(0.99)
        with tf.Session() as sess:
            tf.train.Saver(average.variables_to_restore()).restore(sess, self.prefix)
            self.assertEqual(str(sess.run(v)), "0.099999905")
        maintain = average.apply([v])
        for name, version in FORMATS.items():
            with self.subTest(name), tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                sess.run(tf.assign(v, 10))
                sess.run(maintain)
                saver = tf.train.Saver(write_version=version)
                self.clear()
                saver.save(sess, self.prefix)
                self.assertEqual(self.ours("restore_average"), ["0.099999905"])
                self.assertEqual(self.ours("restore_average_map")[-1], "0.099999905")

    def test_freezing(self):
        self.ours("freeze_add")
        ours = tf.GraphDef.FromString((self.dir / "combined_model.pb").read_bytes())
        with tf.Session() as sess:
            total, = tf.import_graph_def(ours, return_elements=["add:0"])
            self.assertEqual(sess.run(total), [3.0])
        with tf.Graph().as_default() as graph, tf.Session() as sess:
            self.sum_of_two()
            sess.run(tf.global_variables_initializer())
            theirs = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["add"])
        (self.dir / "combined_model.pb").write_bytes(theirs.SerializeToString())
        self.assertEqual(self.ours("import_frozen"), ["[3.]"])

    def test_the_meta_graph_as_text(self):
        self.ours("export_meta_graph")
        text = (self.dir / "model.ckpt.meda.json").read_text()
        meta = text_format.Parse(text, tf.MetaGraphDef())
        self.assertEqual(text_format.MessageToString(meta), text)
        with tf.Session() as sess:
            tf.train.import_meta_graph(meta)
            sess.run(tf.variables_initializer(tf.global_variables()))
            self.assertEqual(sess.run("add:0"), [3.0])


if __name__ == "__main__":
    unittest.main()
