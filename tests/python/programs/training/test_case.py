"""tf.test.TestCase: its session and assertions."""
import unittest

import numpy as np
import tensorflow as tf


class SquareTest(tf.test.TestCase):
    def test_square(self):
        with self.test_session():
            x = tf.square([2, 3])
            self.assertAllEqual(x.eval(), [4, 9])

    def test_close(self):
        with self.session() as sess:
            value = sess.run(tf.exp([0.0, 1.0]))
            self.assertAllClose(value, [1.0, np.e])
            self.assertNear(value[1], 2.718, 1e-2)
            self.assertShapeEqual(value, tf.exp([0.0, 1.0]))
            with self.assertRaises(AssertionError):
                self.assertAllClose(value, [1.0, 2.0])
            with self.assertRaises(AssertionError):
                self.assertAllEqual(value, [1.0])

    def test_errors(self):
        with self.session() as sess:
            with self.assertRaisesOpError("must be"):
                sess.run(tf.Assert(tf.placeholder_with_default(False, []), ["must be true"]))
            with self.assertRaisesRegex(ValueError, "shape"):
                tf.zeros([2]) + tf.zeros([3])

    def test_files(self):
        self.assertTrue(tf.gfile.IsDirectory(self.get_temp_dir()))

    def test_fails(self):
        self.assertAllEqual([1], [2])


suite = unittest.defaultTestLoader.loadTestsFromTestCase(SquareTest)
result = unittest.TestResult()
suite.run(result)
print(result.testsRun, [test.id().split(".")[-1] for test, _ in result.failures],
      [test.id().split(".")[-1] for test, _ in result.errors])
