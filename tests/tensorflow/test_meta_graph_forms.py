"""MetaGraphDefs as text and as JSON: what TensorFlow's Python writes, and what it reads."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from google.protobuf import json_format, text_format
from tensorflow.core.protobuf import saved_model_pb2

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "cli/tensorkeep")
SHARED = pathlib.Path(os.environ.get("TENSORKEEP_SHARED_DIR", ROOT.parent / "shared"))
REALWORLD = pathlib.Path(os.environ.get("TENSORKEEP_REALWORLD", SHARED / "realworld"))

FLOATS = [0.0, -0.0, 1.0, 10000.0, 0.1, -2.5, 1e-5, 1e-4, 1e15, 1e16, 1e20, 123456789.0, 16777217.0,
          3.4028234663852886e38, 1.401298464324817e-45, 1.17549435e-38, 0.099999905, 1 / 3,
          float("inf"), float("-inf"), float("nan")]
TEXTS = ["", "plain", "quote\" ' \\ \n\r\t\0\x01\x7f", "\u00e9\u4e2d\U0001f600", "a\u0080b"]


NEGATIVE_ZERO, LARGEST = 1, 13  # where they are in FLOATS


def odd_values():
    """Every kind of value that has more than one way to be written."""
    meta = tf.MetaGraphDef()
    meta.meta_info_def.tensorflow_version = "1.15.0"
    meta.meta_info_def.tags.extend(TEXTS)
    node = meta.graph_def.node.add(name="n", op="NoOp")
    rng = random.Random(1)
    floats = np.frombuffer(rng.randbytes(8000), np.float32)
    doubles = np.frombuffer(rng.randbytes(16000), np.float64)
    node.attr["f"].list.f.extend(FLOATS + list(floats[np.isfinite(floats)]))
    node.attr["d"].tensor.double_val.extend(FLOATS + list(doubles[np.isfinite(doubles)]))
    node.attr["s"].list.s.extend([text.encode() for text in TEXTS] + [bytes(range(256))])
    node.attr["i"].list.i.extend([0, -1, 2**63 - 1, -2**63])
    node.attr["z"].list.b.extend([True, False])
    node.attr["a"].type = 101
    node.attr["b"].type = 9999
    node.attr["empty"].SetInParent()
    node.attr["shape"].shape.unknown_rank = True
    node.attr["func"].func.attr["x"].f = 1.0
    for key in ("b", "a", "\u00e9", "B", "", "a/b"):
        meta.collection_def[key].node_list.value.append(key)
    meta.collection_def["any"].any_list.value.add(type_url="type.googleapis.com/nobody.Knows",
                                                  value=b"\xff")
    meta.signature_def["serving_default"].inputs["x"].name = "x:0"
    meta.asset_file_def.add(filename="vocabulary.txt").tensor_info.name = "file:0"
    return meta


class MetaGraphForms(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def meta(self, path, *args):
        done = subprocess.run([COMMAND, "meta", path, *args], capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def check_text(self, path, message):
        text = text_format.MessageToString(message)
        self.assertEqual(self.meta(path, "--text"), text)
        (self.dir / "m.pbtxt").write_text(text)
        self.assertEqual(self.meta(self.dir / "m.pbtxt", "--text"), text)

    def check_json(self, path, message):
        ours = self.meta(path, "--json")
        if any(c.any_list.value for c in message.collection_def.values()):
            # TensorFlow has no JSON for messages whose types it does not know.
            (self.dir / "m.json").write_text(ours)
            self.assertEqual(self.meta(self.dir / "m.json", "--text"),
                             text_format.MessageToString(message))
            return
        theirs = json_format.MessageToJson(message, preserving_proto_field_name=True)
        back = json_format.Parse(ours, tf.MetaGraphDef())
        self.assertEqual(back.SerializeToString(deterministic=True),
                         message.SerializeToString(deterministic=True))
        (self.dir / "m.json").write_text(theirs)
        self.assertEqual(json.loads(self.meta(self.dir / "m.json", "--json")), json.loads(ours))
        (self.dir / "m.json").write_text(json_format.MessageToJson(message))
        self.assertEqual(self.meta(self.dir / "m.json", "--json"), ours)

    def test_odd_values(self):
        message = odd_values()
        path = self.dir / "m.meta"
        path.write_bytes(message.SerializeToString())
        self.check_text(path, message)
        node = message.graph_def.node[0]
        for values in node.attr["f"].list.f, node.attr["d"].tensor.double_val:
            values[NEGATIVE_ZERO] = 1.0  # protobuf's JSON for C++ writes -0, an integer
            values[LARGEST] = 1.0  # Python's reads its own 3.4028235e+38 as too large
        path.write_bytes(message.SerializeToString())
        self.check_json(path, message)
        del message.collection_def["any"]
        path.write_bytes(message.SerializeToString())
        self.check_json(path, message)

    def test_files_that_nobody_here_made(self):
        paths = sorted((REALWORLD / "checkpoints").glob("**/*.meta"))
        if not paths:
            print(f"SKIPPED: no real-world files in {REALWORLD}", file=sys.stderr)
            self.skipTest("no real-world files")
        for path in paths:
            with self.subTest(str(path)):
                message = tf.MetaGraphDef.FromString(path.read_bytes())
                self.check_text(path, message)
                self.check_json(path, message)

    def test_what_tensorflow_exports_as_text(self):
        with tf.Graph().as_default():
            tf.get_variable("v", initializer=np.float32([1, 2.5]))
            tf.train.Saver().export_meta_graph(str(self.dir / "m.pbtxt"), as_text=True)
        self.assertEqual(self.meta(self.dir / "m.pbtxt", "--text"), (self.dir / "m.pbtxt").read_text())

    def test_saved_models(self):
        saved = saved_model_pb2.SavedModel(saved_model_schema_version=1)
        saved.meta_graphs.add().CopyFrom(odd_values())
        path = self.dir / "saved_model.pb"
        path.write_bytes(saved.SerializeToString())
        self.check_text(path, saved.meta_graphs[0])
        saved.meta_graphs.add().CopyFrom(saved.meta_graphs[0])
        path.write_bytes(saved.SerializeToString())
        self.assertEqual(len(json.loads(self.meta(path, "--json"))), 2)


if __name__ == "__main__":
    unittest.main()
