"""Reads every checkpoint of a collection, of both formats, and compares with what TensorFlow read; converts each
to every format and compares.

test_realworld.py TENSOR_STREAM COMMAND FOLDER; the environment's TENSORKEEP_REALWORLD goes before
FOLDER. FOLDER/checkpoints/manifest.json lists folders, prefixes and the sha256 of each tensor.
"""
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

STREAM, COMMAND = sys.argv[1:3]
FOLDER = pathlib.Path(os.environ.get("TENSORKEEP_REALWORLD") or sys.argv[3]) / "checkpoints"
del sys.argv[1:]
SKIPPED = 77
OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def fields(data):
  at = 0
  while at < len(data):
    (size,) = struct.unpack_from("<Q", data, at)
    yield data[at + 8:at + 8 + size]
    at += 8 + size


def as_in_manifest(dtype, content):
  """The manifest was made through numpy's byte strings, which end before trailing zero bytes."""
  if dtype != b"string":
    return content
  strings = [string.rstrip(b"\0") for string in fields(content)]
  return b"".join(struct.pack("<Q", len(string)) + string for string in strings)


def tensors_of(data):
  parts = list(fields(data))
  return {
      name.decode("utf-8", "surrogateescape"): {
          "dtype": dtype.decode(),
          "shape": [int(dim) for dim in shape.split(b",") if dim],
          "sha256": hashlib.sha256(as_in_manifest(dtype, content)).hexdigest()}
      for name, dtype, shape, content in zip(*[iter(parts)] * 4)}


class RealWorldTest(unittest.TestCase):
  maxDiff = None

  def test_checkpoints(self):
    count = {"v1": 0, "v2": 0}
    for item in json.loads((FOLDER / "manifest.json").read_text()):
      prefix = FOLDER / item["folder"] / item["prefix"]
      with self.subTest(str(prefix)):
        done = subprocess.run([STREAM, prefix], capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        expected = {name: {key: tensor[key] for key in ("dtype", "shape", "sha256")}
                    for name, tensor in item["tensors"].items()}
        self.assertEqual(tensors_of(done.stdout), expected)
        done = subprocess.run([COMMAND, "verify", prefix], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        count["v1" if "v1" in item["kind"] else "v2"] += 1
    self.assertTrue(all(count.values()), count)
    print(f"checkpoints read as TensorFlow reads them: {count}", file=sys.stderr)

  def test_conversions(self):
    """To every format, and to other names and back: nothing differs but what was left out."""
    for item in json.loads((FOLDER / "manifest.json").read_text()):
      prefix = FOLDER / item["folder"] / item["prefix"]
      with self.subTest(str(prefix)), tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in "v1", "v2", "npz", "safetensors":
          status, _, err = self.command("convert", prefix, folder / name, "--to", name)
          left_out = {line.split()[3].rstrip(":") for line in err.splitlines()}
          self.assertEqual(status, 0, err)
          status, out, err = self.command("diff", prefix, folder / name, "--json")
          differences = {d["name"]: d["difference"] for d in json.loads(out)["differences"]}
          self.assertEqual((status, err, differences),
                           (1 if left_out else 0, "", dict.fromkeys(left_out, "only in A")))
        if set(item["tensors"]) == {OBJECT_GRAPH}:
          continue
        for source, target, rule in (prefix, "there", "*=x/*"), (folder / "there", "back", "x/*=*"):
          self.assertEqual(self.command("rename", source, folder / target, "--map", rule)[::2], (0, ""))
        differences = json.loads(self.command("diff", prefix, folder / "back", "--json")[1])["differences"]
        # The object graph is the same message, perhaps with its fields in another order.
        self.assertLessEqual({d["name"] for d in differences}, {OBJECT_GRAPH})

  def command(self, *args):
    done = subprocess.run([COMMAND, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


if __name__ == "__main__":
  if not (FOLDER / "manifest.json").exists():
    print(f"SKIPPED: no real-world checkpoints in {FOLDER}", file=sys.stderr)
    sys.exit(SKIPPED)
  unittest.main()
