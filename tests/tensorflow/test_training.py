"""A model trained here goes on in TensorFlow, and the other way round: same accuracy, same losses."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np

import models

TRAINER = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/trainer")
DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "digits"


class Training(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def path(self, name):
        return str(self.dir / name)

    def trainer(self, *args):
        done = subprocess.run([TRAINER, *map(str, args)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def ours(self, prefix, steps, out):
        *losses, accuracy = self.trainer("train", prefix, DATA, steps, out)
        return [float(x) for x in losses], float(accuracy.split()[1])

    def theirs(self, prefix, steps, out, every=0):
        return models.train(prefix, DATA, steps, out, every)

    def build_ours(self, model, dtype):
        self.trainer("build", model, dtype, self.path("start"))
        return self.path("start")

    def build_theirs(self, model, dtype):
        models.build(model, dtype, self.path("start"))
        return self.path("start")

    def test_softmax_trained_here_goes_on_in_tensorflow(self):
        _, accuracy = self.ours(self.build_ours("softmax", "float32"), 30, self.path("here"))
        self.assertGreater(accuracy, 0.7)
        losses, same = self.theirs(self.path("here"), 0, self.path("unused"))
        self.assertEqual(np.float32(same), np.float32(accuracy))
        theirs, _ = self.theirs(self.path("here"), 100, self.path("there"))
        ours, _ = self.ours(self.path("here"), 100, self.path("again"))
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)

    def test_softmax_trained_in_tensorflow_goes_on_here(self):
        _, accuracy = self.theirs(self.build_theirs("softmax", "float32"), 30, self.path("there"))
        _, same = self.ours(self.path("there"), 0, self.path("unused"))
        self.assertEqual(np.float32(same), np.float32(accuracy))
        ours, _ = self.ours(self.path("there"), 100, self.path("here"))
        theirs, accuracy = self.theirs(self.path("there"), 100, self.path("again"))
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
        _, same = self.theirs(self.path("here"), 0, self.path("unused"))
        self.assertAlmostEqual(same, accuracy, delta=0.01)

    def test_each_step_of_a_net_from_tensorflows_state(self):
        for model in ("perceptron", "convnet"):
            with self.subTest(model):
                start = self.build_theirs(model, "float32")
                self.theirs(start, 40, self.path("there"), every=10)
                for step in range(0, 40, 10):
                    state = self.path(f"there-{step}")
                    want, _ = self.theirs(state, 2, self.path("want"))
                    got, _ = self.ours(state, 2, self.path("got"))
                    np.testing.assert_allclose(got, want, rtol=1e-4)

    def test_nets_in_float64_stay_together_for_a_hundred_steps(self):
        for model in set(models.MODELS) - {"softmax"}:
            with self.subTest(model):
                start = self.build_theirs(model, "float64")
                theirs, their_accuracy = self.theirs(start, 100, self.path("there"))
                ours, our_accuracy = self.ours(start, 100, self.path("here"))
                np.testing.assert_allclose(ours, theirs, rtol=1e-5)
                self.assertEqual(our_accuracy, their_accuracy)

    def test_nets_built_here_train_in_tensorflow(self):
        for model in ("perceptron", "convnet"):
            for dtype in ("float32", "float64"):
                with self.subTest(f"{model} {dtype}"):
                    start = self.build_ours(model, dtype)
                    theirs, _ = self.theirs(start, 20, self.path("there"))
                    ours, _ = self.ours(start, 20, self.path("here"))
                    self.assertLess(theirs[-1], theirs[0])
                    np.testing.assert_allclose(ours, theirs, rtol=1e-5 if dtype == "float64" else 1e-2)


if __name__ == "__main__":
    unittest.main()
