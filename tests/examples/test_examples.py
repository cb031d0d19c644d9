"""The articles' programs print what the articles say, and leave the files they say."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"]) / "examples"
ROOT = pathlib.Path(__file__).resolve().parents[2]


class ExampleTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def run_example(self, name, *args):
        done = subprocess.run([BIN / name, *map(str, args)], capture_output=True, text=True,
                              timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def files(self, folder):
        return sorted(p.name for p in folder.iterdir())


class FirstArticle(ExampleTest):
    def test_saver_loop_keeps_the_newest_three(self):
        lines = self.run_example("saver_loop", self.dir)
        self.assertEqual(lines, [f"my-model-{step}" for step in range(0, 10000, 1000)] +
                         [f"kept my-model-{step}" for step in (7000, 8000, 9000)])
        expected = ["checkpoint"] + [
            f"my-model-{step}.{ending}" for step in (7000, 8000, 9000)
            for ending in ("data-00000-of-00001", "index", "meta")]
        self.assertEqual(self.files(self.dir), expected)
        self.assertEqual(
            (self.dir / "checkpoint").read_text(),
            'model_checkpoint_path: "my-model-9000"\n' +
            "".join(f'all_model_checkpoint_paths: "my-model-{step}"\n'
                    for step in (7000, 8000, 9000)))

    def train_and_restore(self, data):
        lines = self.run_example("mnist_softmax", "--data", data, "--dir", self.dir)
        self.assertEqual([line[:2] for line in lines[:10]],
                         [f"{step:02d}"[:2] for step in range(10, 101, 10)])
        best = re.match(r"best: (\d\.\d{4}),", lines[10]).group(1)
        self.assertGreater(float(best), 0.85)
        best_step = next(line.split(":")[0] for line in lines if line.endswith(best))
        self.assertEqual(self.files(self.dir / "ckpt"),
                         ["checkpoint"] + [f"mnist.ckpt-{best_step}.{ending}" for ending in
                                           ("data-00000-of-00001", "index", "meta")])
        restored = self.run_example("mnist_softmax", "--data", data, "--dir", self.dir, "--restore")
        self.assertEqual(restored, [f"ckpt/mnist.ckpt-{best_step}: {best}"])

    def test_mnist_program_on_the_built_in_digits(self):
        self.train_and_restore(ROOT / "data" / "digits")

    def test_mnist_program_on_mnist(self):
        shared = pathlib.Path(os.environ.get("TENSORKEEP_SHARED_DIR", ROOT.parent / "shared"))
        if not (shared / "mnist").is_dir():
            self.skipTest(f"no MNIST digits in {shared / 'mnist'}")
        self.train_and_restore(shared / "mnist")

    def test_wrong_usage_and_missing_data(self):
        for args, code, text in ((["--nonsense"], 2, "usage"),
                                 (["--data", str(self.dir)], 1, "NotFoundError")):
            done = subprocess.run([BIN / "mnist_softmax", *args], capture_output=True, text=True)
            self.assertEqual(done.returncode, code)
            self.assertIn(text, done.stderr)


if __name__ == "__main__":
    unittest.main()
