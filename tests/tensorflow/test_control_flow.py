"""Branches and loops, and the gradients through them, give the numbers that TensorFlow gives."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf

import programs

COMMAND = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "cli/tensorkeep")


def feeds(graph, taken):
    """A value for every placeholder: predicates are `taken`, loops run three times."""
    values = {}
    for op in graph.get_operations():
        if op.type != "Placeholder":
            continue
        tensor = op.outputs[0]
        shape = [2 if d is None else d for d in tensor.shape.as_list()] if tensor.shape.rank else []
        count = int(np.prod(shape))
        if tensor.dtype == tf.bool:
            values[tensor] = np.full(shape, taken)
        elif tensor.dtype == tf.int32:
            values[tensor] = np.arange(1, 3, dtype=np.int32) if shape else np.int32(3)
        else:
            values[tensor] = (1.1 + 0.2 * np.arange(count, dtype=np.float32)).reshape(shape)
    return values


def values_of(graph, feed):
    """{name: value} of the results: what TensorFlow can fetch, and nothing else takes."""
    results = [tensor for op in graph.get_operations() if graph.is_fetchable(op)
               for tensor in op.outputs
               if tensor.dtype.base_dtype == tf.float32 and not tensor.consumers()]
    values = {}
    with tf.Session(graph=graph) as session:
        for tensor in results:
            try:
                values[tensor.name] = session.run(tensor, feed)
            except tf.errors.InvalidArgumentError as error:  # in a branch that is not taken
                assert "does not have value" in str(error), error
    return values


def file_name(tensor):
    return tensor.replace("/", "_").replace(":", "_") + ".npy"


def has_state(graph):
    return any("Variable" in op.type or op.type == "VarHandleOp" for op in graph.get_operations())


class ControlFlow(unittest.TestCase):
    def check(self, graph, taken):
        feed = feeds(graph, taken)
        want = values_of(graph, feed)
        self.assertTrue(want)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "graph.pb").write_bytes(graph.as_graph_def().SerializeToString())
            command = [COMMAND, "run", folder / "graph.pb", "--npy", folder / "out"]
            for i, (tensor, value) in enumerate(feed.items()):
                np.save(folder / f"{i}.npy", value)
                command += ["--feed", f"{tensor.name}={folder / f'{i}.npy'}"]
            (folder / "out").mkdir()
            command += ["--fetch", ",".join(want)]
            ran = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            found = {path.name: np.load(path) for path in (folder / "out").iterdir()}
        self.assertEqual(len(found), len(want))
        for tensor, value in want.items():
            mine = found[file_name(tensor)]
            self.assertEqual(mine.shape, value.shape, tensor)
            np.testing.assert_allclose(mine, value, rtol=2e-5, atol=1e-6, err_msg=tensor)

    def test_numbers_are_tensorflows(self):
        ran = 0
        for name, build in programs.PROGRAMS.items():
            if not name.startswith(("cond_", "loop_")) or name == "cond_imported":
                continue  # what is imported there has placeholders inside of a loop
            with tf.Graph().as_default() as graph:
                build()
            if has_state(graph):
                continue
            ran += 1
            for taken in (True, False):
                with self.subTest(program=name, taken=taken):
                    self.check(graph, taken)
        self.assertGreater(ran, 12)


if __name__ == "__main__":
    unittest.main()
