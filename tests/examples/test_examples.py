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


class SecondArticle(ExampleTest):
    def setUp(self):
        super().setUp()
        (self.dir / "model").mkdir()

    def save(self):
        self.assertEqual(self.run_example("save_add", self.dir), ["model/model.ckpt"])

    def test_saving_makes_the_articles_files(self):
        self.save()
        self.assertEqual(self.files(self.dir / "model"),
                         ["checkpoint", "model.ckpt.data-00000-of-00001", "model.ckpt.index",
                          "model.ckpt.meta"])
        self.assertEqual((self.dir / "model/checkpoint").read_text(),
                         'model_checkpoint_path: "model.ckpt"\n'
                         'all_model_checkpoint_paths: "model.ckpt"\n')

    def test_restoring_into_the_same_graph(self):
        self.save()
        self.assertEqual(self.run_example("restore_add", self.dir), ["[3.]"])

    def test_a_moving_average_is_saved_and_restored(self):
        self.assertEqual(self.run_example("moving_average", self.dir),
                         ["v:0", "v:0", "v/ExponentialMovingAverage:0", "[10.0, 0.099999905]"])
        self.assertEqual(self.run_example("restore_average", self.dir), ["0.099999905"])
        self.assertEqual(self.run_example("restore_average_map", self.dir),
                         ["{'v/ExponentialMovingAverage': <tf.Variable 'v:0' shape=() "
                          "dtype=float32_ref>}", "0.099999905"])

    def test_importing_the_graph(self):
        self.save()
        self.assertEqual(self.run_example("import_meta_graph", self.dir), ["[3.]"])

    def test_restoring_some_variables(self):
        self.save()
        self.assertEqual(self.run_example("restore_some", self.dir), [
            "[1.]", "FailedPreconditionError: Attempting to use uninitialized value v2",
            "\t [[{{node v2/read}}]]"])

    def test_restoring_renamed_variables(self):
        self.save()
        lines = self.run_example("restore_renamed", self.dir)
        self.assertTrue(lines[0].startswith("NotFoundError: "), lines[0])
        self.assertIn("Key other-v1 not found in checkpoint", lines)
        self.assertEqual(lines[-3:], ["  other-v1: Key other-v1 not found in checkpoint",
                                      "  other-v2: Key other-v2 not found in checkpoint", "[3.]"])

    def test_freezing_and_importing(self):
        self.assertEqual(self.run_example("freeze_add", self.dir),
                         ["v1 Const", "v1/read Identity", "v2 Const", "v2/read Identity", "add Add"])
        self.assertEqual(self.run_example("import_frozen", self.dir), ["[3.]"])

    def test_exporting_the_meta_graph_as_text(self):
        self.run_example("export_meta_graph", self.dir)
        text = (self.dir / "model.ckpt.meda.json").read_text()
        self.assertEqual(re.findall(r'^    op \{\n      name: "(\w+)"', text, re.M),
                         ["Add", "Assign", "Const", "Identity", "NoOp", "RestoreV2", "SaveV2",
                          "VariableV2"])
        self.assertIn("""
saver_def {
  filename_tensor_name: "save/Const:0"
  save_tensor_name: "save/control_dependency:0"
  restore_op_name: "save/restore_all"
  max_to_keep: 5
  keep_checkpoint_every_n_hours: 10000.0
  version: V2
}
""", text)
        variables = "".join(
            f'      value: "\\n\\004{v}:0\\022\\t{v}/Assign\\032\\t{v}/read:02\\{end}:08\\001"\n'
            for v, end in (("v1", "007Const"), ("v2", "tConst_1")))
        for key in ("trainable_variables", "variables"):
            self.assertIn(f"""
collection_def {{
  key: "{key}"
  value {{
    bytes_list {{
{variables}    }}
  }}
}}
""", text)
        nodes = re.findall(r'^  node \{\n    name: "([^"]+)"\n    op: "(\w+)"', text, re.M)
        self.assertIn(("v1", "VariableV2"), nodes)
        self.assertIn(("add", "Add"), nodes)
        self.assertIn(("save/control_dependency", "Identity"), nodes)
        self.assertIn('    input: "v1/read"\n    input: "v2/read"\n', text)
        self.assertIn("  versions {\n    producer: 24\n  }\n", text)

    def test_looking_into_a_checkpoint(self):
        self.save()
        self.assertEqual(self.run_example("checkpoint_reader", self.dir),
                         ["v1 [1]", "v2 [1]", "Value for variable v1 is [1.]"])


if __name__ == "__main__":
    unittest.main()
