"""Tests of the command: test_command.py COMMAND DATA. Needs Python's standard library only."""
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

try:
  import numpy
except ImportError:
  numpy = None

COMMAND, DATA = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))


def run(*args, **options):
  """(exit status, standard output, standard error), the latter two as text."""
  done = subprocess.run([COMMAND, *map(os.fspath, args)], capture_output=True, timeout=60, **options)
  return done.returncode, done.stdout.decode(), done.stderr.decode()


class CommandTest(unittest.TestCase):
  maxDiff = None

  def setUp(self):
    self.dir = pathlib.Path(tempfile.mkdtemp())
    self.addCleanup(shutil.rmtree, self.dir)

  def copy(self, name, to=None):
    """A copy of a checkpoint whose files may be damaged; returns its prefix."""
    prefix = self.dir / (to or name)
    for file in DATA.glob(name + ".*"):
      shutil.copy(file, str(prefix) + file.name[len(name):])
    return prefix

  def expect(self, status, out, err, *args):
    self.assertEqual(run(*args), (status, out, err))


class Run(CommandTest):

  ADD = """
      node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
      node { name: "sum/it" op: "AddV2" input: "x" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
      node { name: "odd" op: "NobodysOp" }
      """

  def setUp(self):
    super().setUp()
    (self.dir / "g.pbtxt").write_text(self.ADD)

  def npy(self, values, descr="<f4", fortran=False, shape=None, name="x.npy"):
    shape = shape or (len(values),)
    header = str({"descr": descr, "fortran_order": fortran, "shape": shape}).ljust(117) + "\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    (self.dir / name).write_bytes(data + struct.pack(f"<{len(values)}f", *values))
    return f"x={self.dir / name}"

  def run_graph(self, *args):
    return run("run", self.dir / "g.pbtxt", *args)

  def test_prints(self):
    self.assertEqual(self.run_graph("--feed", self.npy([1, 2, 3]), "--fetch", "sum/it,x:0"),
                     (0, "sum/it  float32  [3]\n[2.0 4.0 6.0]\nx:0  float32  [3]\n[1.0 2.0 3.0]\n", ""))

  def test_column_major(self):
    feed = self.npy([1, 2, 3, 4, 5, 6], fortran=True, shape=(2, 3))
    self.assertEqual(self.run_graph("--feed", feed, "--fetch", "sum/it"),
                     (0, "sum/it  float32  [2,3]\n[[2.0 6.0 10.0]\n [4.0 8.0 12.0]]\n", ""))

  def test_writes(self):
    self.assertEqual(self.run_graph("--feed", self.npy([1, 2]), "--fetch", "sum/it:0", "--npy",
                                    self.dir)[0], 0)
    self.assertTrue((self.dir / "sum_it_0.npy").read_bytes().endswith(struct.pack("<2f", 2, 4)))

  def test_what_is_wrong(self):
    feed = self.npy([1])
    for arguments, status, text in [
        (["--fetch", "sum/it"], 1, "You must feed a value for placeholder tensor 'x'"),
        (["--fetch", "nothing"], 1, "The name 'nothing' refers to an Operation not in the graph"),
        (["--fetch", "odd"], 1, "no kernel for operation type 'NobodysOp' (node 'odd')"),
        (["--feed", "x", "--fetch", "x"], 2, "--feed wants NAME=FILE.npy, not 'x'"),
        (["--feed", "y" + feed[1:], "--fetch", "x"], 1, "The name 'y:0' refers to a Tensor"),
        (["--feed", f"x={self.dir}/g.pbtxt", "--fetch", "x"], 1, "g.pbtxt: not a .npy file"),
        (["--feed", f"x={self.dir}/none", "--fetch", "x"], 1, "none; No such file or directory"),
        ([], 2, "--fetch is required"),
    ]:
      code, out, err = self.run_graph(*arguments)
      self.assertEqual((code, out), (status, ""), arguments)
      self.assertIn(text, err)

  def test_damaged_npy(self):
    feed = self.npy([1, 2, 3])
    path = self.dir / "x.npy"
    whole = path.read_bytes()
    for data, text in [
        (whole[:-1], "11 bytes of elements for a float32 of shape (3,)"),
        (whole + b"x", "13 bytes of elements"),
        (whole[:9], "not a .npy file"),
        (whole[:60], "the header of this .npy file is damaged"),
        (whole.replace(b"(3,)", b"(-3,"), "a dimension expected"),
        (whole.replace(b"(3,)", b"(9,)"), "12 bytes of elements for a float32 of shape (9,)"),
        (whole.replace(b"'<f4'", b"'>f4'"), "elements of numpy type '>f4' cannot be read"),
        (whole.replace(b"'<f4'", b"'|O' "), "elements of numpy type '|O' cannot be read"),
        (whole.replace(b"shape", b"shapo"), "unknown key 'shapo'"),
        (whole.replace(b"{", b"["), "'{' expected"),
    ]:
      path.write_bytes(data)
      code, _, err = self.run_graph("--feed", feed, "--fetch", "x")
      self.assertEqual(code, 1)
      self.assertIn(text, err)
    for size in range(len(whole)):
      path.write_bytes(whole[:size])
      self.assertEqual(self.run_graph("--feed", feed, "--fetch", "x")[0], 1, size)


class V1(CommandTest):
  """The old format is nothing special to any verb."""

  SLICES = DATA.parent / "slices"

  def test_ls(self):
    prefix = self.SLICES / "sliced"
    self.expect(0, "full   float32  [6,2]  48\n"
                "p      float32  [6,2]  48  in 3 slices\n"
                "plain  float32  [6,2]  48\n"
                "w      string   [4]    43  in 2 slices\n"
                f"4 tensors, 187 bytes in {prefix}\n", "", "ls", prefix)

  def test_cat_puts_slices_together(self):
    status, out, err = run("cat", self.SLICES / "sliced", "w")
    self.assertEqual((status, err), (0, ""))
    for word in ("a", "bb", "dddd"):
      self.assertIn(word, out)

  def test_verify(self):
    pattern = str(self.SLICES / "sharded-?????-of-00002")
    for path in (self.SLICES / "all_types", self.SLICES / "sharded", pattern):
      self.assertEqual(run("verify", path)[::2], (0, ""))

  def test_verify_finds_damage_and_missing_shards(self):
    damaged = self.dir / "damaged"
    contents = bytearray((self.SLICES / "all_types").read_bytes())
    contents[len(contents) // 2] ^= 1
    damaged.write_bytes(contents)
    status, out, err = run("verify", damaged)
    self.assertNotEqual(status, 0)
    self.assertIn("checksum mismatch", out + err)
    shutil.copy(self.SLICES / "sharded-00001-of-00002", self.dir)
    status, out, err = run("verify", self.dir / "sharded")
    self.assertIn("sharded-00000-of-00002 is missing", out + err)

  @unittest.skipUnless(numpy, "needs numpy")
  def test_convert(self):
    self.assertEqual(run("convert", self.SLICES / "sliced", self.dir / "out.npz")[0], 0)
    with numpy.load(self.dir / "out.npz") as arrays:
      self.assertEqual(arrays["p"].tolist(), [[2 * i, 2 * i + 1] for i in range(6)])


class Ls(CommandTest):

  def test_table(self):
    prefix = DATA / "shapes"
    self.expect(0, "cube    float32  [2,3,2]   48\n"
                "empty   int32    [3,0]     0\n"
                "large   int32    [100,20]  8000\n"
                "scalar  int64    []        8\n"
                "word    string   []        16\n"
                f"5 tensors, 8.1 kB in {prefix}\n", "", "ls", prefix)

  def test_slices(self):
    prefix = DATA / "parts"
    self.expect(0, "p  int16    [4,2]  16  in 2 slices\nq  float32  []     4\n"
                f"2 tensors, 20 bytes in {prefix}\n", "", "ls", prefix)
    self.assertEqual(json.loads(run("ls", prefix, "--json")[1]), [
        {"name": "p", "dtype": "int16", "shape": [4, 2], "bytes": 16, "slices": ["0,2:-", "2,2:-"]},
        {"name": "q", "dtype": "float32", "shape": [], "bytes": 4}])

  def test_types_have_their_names(self):
    for tensor in json.loads(run("ls", DATA / "types", "--json")[1]):
      self.assertEqual(tensor["name"], tensor["dtype"])

  def test_names_show_no_control_characters(self):
    status, out, _ = run("ls", DATA / "names")
    self.assertEqual(status, 0)
    names = [line.split("  ")[0] for line in out.splitlines()[:-1]]
    self.assertEqual(names, [
        "../up", "a b", "back\\\\slash", "bell\\x07\\x1b[31mred", "bytes\\xff\\xc0\\x80",
        "new\\nline", "nul\\x00l", "quote\"", "rtl\\xe2\\x80\\xae", "\u00e9\u4e2d"])

  def test_names_in_json_give_their_bytes_back(self):
    _, out, _ = run("ls", DATA / "names", "--json")
    self.assertFalse([c for c in out if ord(c) < 32 and c != "\n"])
    names = [t["name"].encode("utf-8", "surrogateescape") for t in json.loads(out)]
    self.assertEqual(names, [
        b"../up", b"a b", b"back\\slash", b"bell\x07\x1b[31mred", b"bytes\xff\xc0\x80", b"new\nline",
        b"nul\x00l", b"quote\"", "rtl\u202e".encode(), "\u00e9\u4e2d".encode()])

  def test_a_checkpoint_may_be_named_in_many_ways(self):
    prefix = self.copy("shapes")
    expected = run("ls", prefix)
    for path in (f"{prefix}.index", f"{prefix}.data-00000-of-00001", self.dir, f"{self.dir}/"):
      self.assertEqual(run("ls", path), expected, path)
    self.copy("types")
    (self.dir / "checkpoint").write_text('model_checkpoint_path: "/old/place/shapes"\n')
    self.assertEqual(run("ls", self.dir), expected)
    self.assertEqual(run("ls", self.dir / "checkpoint"), expected)

  def test_a_saved_model_means_its_variables(self):
    (self.dir / "variables").mkdir()
    prefix = self.copy("parts", "variables/variables")
    (self.dir / "saved_model.pb").write_bytes(b"\x08\x01")
    self.assertEqual(run("ls", self.dir), run("ls", prefix))

  def test_what_is_no_checkpoint(self):
    path = self.dir / "w.h5"
    self.expect(1, "", "tensorkeep: Unsuccessful TensorSliceReader constructor: Failed to find any "
                f"matching files for {path}. The folder {self.dir} holds no checkpoint\n", "ls", path)
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    status, out, err = run("ls", path)
    self.assertEqual((status, out), (1, ""))
    self.assertIn("not an sstable (bad magic number)", err)
    self.assertIn("it is an HDF5 file", err)


class Cat(CommandTest):

  def test_readable(self):
    self.expect(0, "cube  float32  [2,3,2]\n[[[0.0 0.25]\n  [0.5 0.75]\n  [1.0 1.25]]\n"
                " [[1.5 1.75]\n  [2.0 2.25]\n  [2.5 2.75]]]\n", "", "cat", DATA / "shapes", "cube")
    self.expect(0, "scalar  int64  []\n7\n", "", "cat", DATA / "shapes", "scalar")
    self.expect(0, "empty  int32  [3,0]\n[]\n", "", "cat", DATA / "shapes", "empty")
    self.expect(0, 'word  string  []\n"hello\\nworld"\n', "", "cat", DATA / "shapes", "word:0")
    self.expect(0, 'string  string  [4]\n["plain" "\\"\\\\\\n\\x1b[31m\\x00\\xff" "\u00e9\u4e2d" ""]\n',
                "", "cat", DATA / "types", "string")

  def test_large_tensors_are_summarised(self):
    self.expect(0, "large  int32  [100,20]\n[[0 1 2 ... 17 18 19]\n [20 21 22 ... 37 38 39]\n"
                " [40 41 42 ... 57 58 59]\n ...\n [1940 1941 1942 ... 1957 1958 1959]\n"
                " [1960 1961 1962 ... 1977 1978 1979]\n [1980 1981 1982 ... 1997 1998 1999]]\n", "",
                "cat", DATA / "shapes", "large")
    self.assertEqual(len(run("cat", DATA / "shapes", "large", "--all")[1].split()), 2003)

  def value(self, checkpoint, name):
    status, out, err = run("cat", DATA / checkpoint, name, "--json")
    self.assertEqual((status, err), (0, ""))
    result = json.loads(out)
    self.assertEqual(result["name"], name)
    return result["value"]

  def test_json(self):
    expected = {
        "bool": [True, False], "int64": [-2**63, 0, 2**63 - 1], "uint64": [0, 1, 2**64 - 1],
        "float32": [0.1, "NaN", "-Infinity"], "float64": [0.1, 1e300, 1.0], "float16": [0, 1, 100],
        "complex64": [[1, -2]], "complex128": [[0.5, "Infinity"]], "bfloat16": [1, -2.5],
        "float8_e5m2": [1, -1.5], "float8_e4m3fn": [1, -1.5], "float4_e2m1fn": [1, -1.5],
        "float8_e4m3b11fnuz": [1, -1.5], "int4": [1, 0], "uint2": [1, 0], "qint8": [1, 7],
        "quint16": [1, 7], "qint32": [1, 7], "int8": [0, 1, 100],
        "string": ["plain", "\"\\\n\x1b[31m\x00\udcff", "\u00e9\u4e2d", ""]}
    for name, value in expected.items():
      self.assertEqual(self.value("types", name), value, name)
    self.assertEqual(self.value("parts", "p"), [[1, 2], [3, 4], [5, 6], [7, 8]])
    self.assertEqual(self.value("shapes", "scalar"), 7)
    self.assertEqual(self.value("shapes", "empty"), [])

  def raw(self, *args):
    return subprocess.run([COMMAND, "cat", *args, "--raw"], capture_output=True, check=True).stdout

  def test_raw(self):
    self.assertEqual(self.raw(DATA / "parts", "p"), struct.pack("<8h", *range(1, 9)))
    self.assertEqual(self.raw(DATA / "shapes", "word"), b"hello\nworld")
    strings = [b"plain", b"\"\\\n\x1b[31m\x00\xff", "\u00e9\u4e2d".encode(), b""]
    self.assertEqual(self.raw(DATA / "types", "string"),
                     b"".join(struct.pack("<Q", len(s)) + s for s in strings))

  def test_npy(self):
    path = self.dir / "p.npy"
    self.expect(0, "", "", "cat", DATA / "parts", "p", "--npy", path)
    data = path.read_bytes()
    self.assertEqual(data[:8], b"\x93NUMPY\x01\x00")
    self.assertEqual(len(data), 128 + 16)
    self.assertIn(b"{'descr': '<i2', 'fortran_order': False, 'shape': (4, 2), }", data)
    self.assertEqual(data[128:], struct.pack("<8h", *range(1, 9)))
    self.expect(2, "", "tensorkeep: numpy's files have no strings; take --json or --raw\n", "cat",
                DATA / "shapes", "word", "--npy", path)

  def test_names_of_any_bytes(self):
    for name in (b"bytes\xff\xc0\x80", b"new\nline", "\u00e9\u4e2d".encode()):
      self.assertEqual(self.raw(os.fsencode(DATA / "names"), name), struct.pack("<f", 1))

  def test_a_name_that_is_not_there(self):
    prefix = DATA / "shapes"
    self.expect(1, "", f"tensorkeep: Key cub not found in checkpoint {prefix}. Similar names: cube\n",
                "cat", prefix, "cub")
    self.expect(1, "", f"tensorkeep: Key \\x1b[0m not found in checkpoint {prefix}. 'tensorkeep ls' "
                "shows the names\n", "cat", prefix, "\x1b[0m")


class Verify(CommandTest):

  def damage(self, prefix, change):
    path = pathlib.Path(f"{prefix}.data-00000-of-00001")
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)

  def test_a_whole_one(self):
    prefix = DATA / "parts"
    self.expect(0, f"ok  p\nok  q\n{prefix}: all 2 tensors are whole\n", "", "verify", prefix)
    self.expect(0, f"{prefix}: all 2 tensors are whole\n", "", "verify", prefix, "--quiet")
    self.assertEqual(json.loads(run("verify", prefix, "--json")[1]), {
        "checkpoint": str(prefix), "ok": True, "remarks": [],
        "tensors": [{"name": "p", "status": "ok"}, {"name": "q", "status": "ok"}]})
    for name in ("types", "names", "shapes"):
      self.assertEqual(run("verify", DATA / name)[0], 0, name)

  def verdicts(self, prefix):
    status, out, err = run("verify", prefix, "--json")
    self.assertEqual((status, err), (1, ""))
    result = json.loads(out)
    self.assertFalse(result["ok"])
    return {t["name"]: t["status"] for t in result["tensors"] if t["status"] != "ok"}

  def test_damages(self):
    prefix = self.copy("shapes")
    offset = 48 + 100  # within "large", which follows "cube"

    def flip(data):
      data[offset] ^= 1

    self.damage(prefix, flip)
    self.assertEqual(self.verdicts(prefix), {"large": "checksum mismatch"})
    status, out, _ = run("verify", prefix)
    self.assertEqual(status, 1)
    self.assertIn("checksum mismatch  large  (", out)
    self.assertIn("1 of 5 tensors are damaged\n", out)
    self.damage(prefix, flip)
    self.damage(prefix, lambda data: data.__delitem__(slice(-1, None)))
    self.assertEqual(self.verdicts(prefix), {"word": "truncated"})
    os.unlink(f"{prefix}.data-00000-of-00001")
    self.assertEqual(set(self.verdicts(prefix).values()), {"missing file"})

  def test_a_missing_shard(self):
    prefix = self.copy("parts")
    os.unlink(f"{prefix}.data-00001-of-00002")
    self.assertEqual(self.verdicts(prefix), {"p": "missing file", "q": "missing file"})

  def test_a_damaged_index(self):
    prefix = self.copy("parts")
    index = pathlib.Path(f"{prefix}.index")
    data = bytearray(index.read_bytes())
    data[10] ^= 1
    index.write_bytes(data)
    status, out, err = run("verify", prefix, "--json")
    self.assertEqual(status, 1)
    self.assertEqual(json.loads(out)["error"]["class"], "DataLossError")
    self.assertFalse(json.loads(out)["ok"])
    self.assertIn(str(index), err)


class Convert(CommandTest):

  def test_npz(self):
    path = self.dir / "t.npz"
    self.expect(0, f"30 tensors written to {path}\n",
                "tensorkeep: left out string: numpy's files have no string elements\n", "convert",
                DATA / "types", path)
    with zipfile.ZipFile(path) as archive:
      self.assertIsNone(archive.testzip())
      self.assertEqual(len(archive.namelist()), 30)
      self.assertIn(b"'descr': '<u2'", archive.read("bfloat16.npy"))
      self.assertEqual(archive.read("int16.npy")[-6:], struct.pack("<3h", 0, 1, 100))

  def test_names(self):
    path = self.dir / "n.npz"
    self.expect(0, f"9 tensors written to {path}\n",
                "tensorkeep: left out nul\\x00l: no zip archive can hold its name\n", "convert",
                DATA / "names", path)
    with zipfile.ZipFile(path) as archive:
      self.assertIn("\u00e9\u4e2d.npy", archive.namelist())
      self.assertIn("new\nline.npy", archive.namelist())
      self.assertIn(b"bytes\xff\xc0\x80.npy".decode("cp437"), archive.namelist())

  @unittest.skipUnless(numpy, "SKIPPED: numpy is not there")
  def test_numpy_reads_it(self):
    path = self.dir / "s.npz"
    self.assertEqual(run("convert", DATA / "shapes", path)[0], 0)
    arrays = numpy.load(path)
    self.assertEqual(sorted(arrays.files), ["cube", "empty", "large", "scalar"])
    numpy.testing.assert_array_equal(arrays["large"], numpy.arange(2000).reshape(100, 20))
    self.assertEqual(arrays["empty"].shape, (3, 0))
    self.assertEqual(arrays["scalar"].shape, ())
    self.assertEqual(arrays["scalar"].dtype, numpy.int64)

  def test_a_damaged_checkpoint_leaves_the_old_file(self):
    path = self.dir / "out" / "t.npz"
    path.parent.mkdir()
    path.write_text("old")
    prefix = self.copy("shapes")
    os.truncate(f"{prefix}.data-00000-of-00001", 100)
    self.assertEqual(run("convert", prefix, path)[0], 1)
    self.assertEqual([p.name for p in path.parent.iterdir()], ["t.npz"])
    self.assertEqual(path.read_text(), "old")
    self.assertEqual(run("convert", prefix, self.dir / "none" / "t.npz")[0], 1)


  def safetensors(self, name, header, data=b""):
    text = json.dumps(header).encode() if isinstance(header, dict) else header
    path = self.dir / name
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path

  def test_to_safetensors_and_back(self):
    path = self.dir / "t.safetensors"
    status, out, err = run("convert", DATA / "shapes", path)
    self.assertEqual((status, out), (0, f"4 tensors written to {path}\n"))
    self.assertEqual(err, "tensorkeep: left out word: the safetensors format has no string elements\n")
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    self.assertEqual(header["cube"], {"dtype": "F32", "shape": [2, 3, 2], "data_offsets": [8, 56]})
    self.assertEqual(struct.unpack("<12f", data[8 + size + 8:8 + size + 56]), tuple(i / 4 for i in range(12)))
    self.assertEqual(run("convert", path, self.dir / "back")[::2], (0, ""))
    for name in "cube", "empty", "large", "scalar":
      self.assertEqual(run("cat", self.dir / "back", name), run("cat", DATA / "shapes", name))

  def test_between_checkpoints(self):
    parts = DATA / "parts"
    self.expect(0, f"2 tensors written to {self.dir}/old\n", "", "convert", parts, self.dir / "old",
                "--to", "v1")
    self.assertEqual([p.name for p in self.dir.iterdir()], ["old"])
    self.assertEqual(run("convert", self.dir / "old", self.dir / "new")[::2], (0, ""))
    for prefix in "old", "new":
      self.assertEqual(json.loads(run("ls", self.dir / prefix, "--json")[1]),
                       json.loads(run("ls", parts, "--json")[1]))
      self.assertEqual(run("cat", self.dir / prefix, "p"), run("cat", parts, "p"))
    self.assertEqual(run("verify", self.dir / "new", "--quiet")[0], 0)
    self.expect(1, "", f"tensorkeep: {self.dir}/new; {self.dir}/new.index is a V2 checkpoint of the same "
                "name, which every reader prefers: name the V1 file otherwise, or remove it\n",
                "convert", parts, self.dir / "new", "--to", "v1")

  def test_metadata_stay_where_they_can(self):
    path = self.safetensors("a.safetensors", {"__metadata__": {"format": "tf"}, "x": {
        "dtype": "I8", "shape": [2], "data_offsets": [0, 2]}}, b"\1\2")
    self.assertEqual(run("convert", path, self.dir / "b.safetensors")[::2], (0, ""))
    self.assertIn(b'{"__metadata__":{"format":"tf"},', (self.dir / "b.safetensors").read_bytes())
    self.expect(0, f"1 tensor written to {self.dir}/c\n", "tensorkeep: left out __metadata__: only a "
                "safetensors file has room for it\n", "convert", path, self.dir / "c")

  def test_what_is_no_file_of_tensors(self):
    path = self.safetensors("a.safetensors", b"[]")
    self.expect(1, "", f"tensorkeep: {path}: the header of this safetensors file is damaged: '{{' "
                "expected at byte 0\n", "convert", path, self.dir / "b")
    path = self.dir / "a.npz"
    path.write_bytes(b"PK\x03\x04")
    self.expect(1, "", f"tensorkeep: {path}: this zip archive is damaged: it has no directory; it is "
                "truncated, perhaps\n", "convert", path, self.dir / "b")
    self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["a.npz", "a.safetensors"])

  def test_a_bar_on_a_terminal_only_and_a_bounded_memory(self):
    size = 300 << 20
    path = self.safetensors("a.safetensors", {"x": {"dtype": "U8", "shape": [size],
                                                    "data_offsets": [0, size]}})
    os.truncate(path, path.stat().st_size + size)
    master, slave = os.openpty()
    done = subprocess.Popen([COMMAND, "convert", path, self.dir / "b.npz"], stdout=subprocess.PIPE,
                            stderr=slave)
    os.close(slave)
    shown = b""
    try:
      while chunk := os.read(master, 1 << 16):
        shown += chunk
    except OSError:  # the other end is closed
      pass
    os.close(master)
    done.stdout.close()
    _, status, usage = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    self.assertEqual(done.returncode, 0)
    self.assertLess(usage.ru_maxrss, 150 << 10)  # KiB, of a tensor of 300 MiB
    self.assertRegex(shown, rb"^\rconverting \[ {30}\]   0% of 314.6 MB\x1b\[K")
    self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-20:])
    self.assertEqual(run("convert", path, self.dir / "b.npz")[2], "")


class ObjectBased(CommandTest):
  """TensorFlow 2's checkpoints, whose tensors have two names."""

  OBJECTS = DATA / "objects"
  KEY = "net/w/.ATTRIBUTES/VARIABLE_VALUE"

  def test_ls_shows_both_names(self):
    self.expect(0, "_CHECKPOINTABLE_OBJECT_GRAPH             string   []     280\n"
                "net/layers/0/.ATTRIBUTES/VARIABLE_VALUE  int32    []     4  bias\n"
                "net/layers/1/.ATTRIBUTES/VARIABLE_VALUE  int32    []     4  bias\n"
                "net/w/.ATTRIBUTES/VARIABLE_VALUE         float32  [1,2]  8  dense/kernel\n"
                f"4 tensors, 296 bytes in {self.OBJECTS}\n", "", "ls", self.OBJECTS)
    tensors = json.loads(run("ls", self.OBJECTS, "--json")[1])
    self.assertEqual([t.get("full_name") for t in tensors], [None, "bias", "bias", "dense/kernel"])

  def test_cat_takes_either(self):
    for name in self.KEY, "dense/kernel", "dense/kernel:0":
      status, out, err = run("cat", self.OBJECTS, name)
      self.assertEqual((status, out.splitlines()[1], err), (0, "[[1.0 2.0]]", ""))
    self.expect(1, "", "tensorkeep: 2 variables have the full name bias: name one by its key, net/layers/0/"
                ".ATTRIBUTES/VARIABLE_VALUE, net/layers/1/.ATTRIBUTES/VARIABLE_VALUE\n",
                "cat", self.OBJECTS, "bias")
    self.expect(1, "", f"tensorkeep: Key kernel not found in checkpoint {self.OBJECTS}. Similar names: "
                "dense/kernel\n", "cat", self.OBJECTS, "kernel")

  def test_rename(self):
    new = self.dir / "new"
    rules = ["--map=dense/*=fc/*", "--map", "net/layers/*/.A*=net/l*/.A*"]
    self.expect(0, "net/layers/0/.ATTRIBUTES/VARIABLE_VALUE -> net/l0/.ATTRIBUTES/VARIABLE_VALUE\n"
                "net/layers/1/.ATTRIBUTES/VARIABLE_VALUE -> net/l1/.ATTRIBUTES/VARIABLE_VALUE\n"
                "variable dense/kernel -> fc/kernel\n"
                "2 of 4 tensors would be renamed, 1 variable in the object graph\n", "",
                "rename", self.OBJECTS, *rules, "--dry-run")
    self.assertEqual(run("rename", self.OBJECTS, new, *rules)[::2], (0, ""))
    tensors = {t["name"]: t.get("full_name") for t in json.loads(run("ls", new, "--json")[1])}
    self.assertEqual(tensors, {"_CHECKPOINTABLE_OBJECT_GRAPH": None, self.KEY: "fc/kernel",
                               "net/l0/.ATTRIBUTES/VARIABLE_VALUE": "bias",
                               "net/l1/.ATTRIBUTES/VARIABLE_VALUE": "bias"})
    self.assertIn("[[1.0 2.0]]", run("cat", new, "fc/kernel")[1])


class Diff(CommandTest):

  def test_the_same_in_any_format(self):
    for destination in "x.npz", "x.safetensors", "x":
      self.assertEqual(run("convert", DATA / "parts", self.dir / destination)[0], 0)
      self.expect(0, "all 2 tensors are the same\n", "", "diff", DATA / "parts", self.dir / destination)

  def test_differences(self):
    other = self.dir / "other"
    self.assertEqual(run("convert", DATA / "shapes", other)[0], 0)
    header = {"cube": {"dtype": "F32", "shape": [2, 3, 2], "data_offsets": [0, 48]},
              "empty": {"dtype": "I32", "shape": [0], "data_offsets": [48, 48]},
              "new": {"dtype": "U8", "shape": [], "data_offsets": [56, 57]},
              "scalar": {"dtype": "F64", "shape": [], "data_offsets": [48, 56]}}
    text = json.dumps(header).encode()
    values = [i / 4 for i in range(12)]
    values[0], values[5] = float("nan"), 2.25
    path = self.dir / "b.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + struct.pack("<12fdB", *values, 7, 1))
    status, out, err = run("diff", other, path)
    self.assertEqual((status, err), (1, ""))
    self.assertEqual(out, "values        cube  (2 of 12 elements, by inf at most, relative inf)\n"
                     "shape         empty  ([3,0] in A, [0] in B)\n"
                     "only in A     large  (int32 [100,20])\n"
                     "only in B     new  (uint8 [])\n"
                     "type          scalar  (int64 in A, float64 in B)\n"
                     "only in A     word  (string [])\n"
                     "6 of 6 tensors differ\n")
    status, out, err = run("diff", other, path, "--json")
    result = json.loads(out)
    self.assertEqual((status, err, result["same"], result["tensors"]), (1, "", False, 6))
    self.assertEqual(result["differences"][0], {
        "name": "cube", "difference": "values", "a": {"dtype": "float32", "shape": [2, 3, 2]},
        "b": {"dtype": "float32", "shape": [2, 3, 2]}, "elements": 12, "different": 2,
        "max_abs": "Infinity", "max_rel": "Infinity"})
    self.assertEqual(result["differences"][3], {
        "name": "new", "difference": "only in B", "b": {"dtype": "uint8", "shape": []}})
    self.assertEqual(json.loads(run("diff", other, other, "--json")[1]),
                     {"same": True, "tensors": 5, "differences": []})

  def test_tolerances(self):
    for name, value in ("a", 1.0), ("b", 1.25):
      text = b'{"x":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}'
      (self.dir / name).write_bytes(struct.pack("<Q", len(text)) + text + struct.pack("<d", value))
    a, b = self.dir / "a", self.dir / "b"
    self.expect(1, "values        x  (1 of 1 elements, by 0.25 at most, relative 0.2)\n"
                "1 of 1 tensors differ\n", "", "diff", a, b)
    for args, status in (["--atol", "0.25"], 0), (["--atol", "0.2"], 1), (["--rtol=0.2"], 0), (["--rtol=1e-3"], 1):
      self.assertEqual(run("diff", a, b, *args)[0], status, args)
    self.expect(2, "", "tensorkeep: --rtol and --atol are numbers from 0 on\n", "diff", a, b, "--rtol=-1")


class Rename(CommandTest):

  def test_renames(self):
    new = self.dir / "new"
    self.expect(0, f"2 of 2 tensors renamed, written to {new}\n", "", "rename", DATA / "parts", new,
                "--map", "p=net/p", "--map", "*=net/x/*")
    self.assertEqual([t["name"] for t in json.loads(run("ls", new, "--json")[1])], ["net/p", "net/x/q"])
    self.assertEqual(json.loads(run("ls", new, "--json")[1])[0]["slices"], ["0,2:-", "2,2:-"])
    self.assertEqual(run("verify", new, "--quiet")[0], 0)
    self.expect(0, f"2 of 2 tensors renamed, written to {new}\n", "", "rename", new, new,
                "--map", "net/p=p", "--map", "net/x/*=*")
    self.assertEqual(run("diff", new, DATA / "parts")[0], 0)

  def test_dry_run(self):
    self.expect(0, "cube -> my/cube\n1 of 5 tensors would be renamed\n", "", "rename", DATA / "shapes",
                "--map=cube=my/cube", "--dry-run")
    self.assertEqual(list(self.dir.iterdir()), [])

  def test_what_cannot_be(self):
    new = self.dir / "new"
    for args, status, text in [
        (["--map=p=q"], 1, "Both p and q would be called q. Nothing was written."),
        (["--map=r=s"], 1, "No tensor is called r; near it are: p, q"),
        (["--map=p"], 2, "--map wants OLD=NEW, not 'p'"),
        (["--map=p="], 2, "--map wants OLD=NEW, not 'p='")]:
      self.expect(status, "", f"tensorkeep: {text}\n", "rename", DATA / "parts", new, *args)
    self.expect(2, "", "tensorkeep: DST is missing: the checkpoint to write\n", "rename", DATA / "parts",
                "--map=p=r")
    self.assertEqual(run("rename", DATA / "parts", new)[0], 2)
    self.assertEqual(list(self.dir.iterdir()), [])


class Meta(CommandTest):

  def test_summary(self):
    self.expect(0, "TensorFlow   2.21.0 (v2.21.0-rc1-5-ga481b10260d)\n"
                "graph        24 nodes of 10 operations, 0 functions, version 2474\n"
                "inputs       x\n"
                "unused       sum, save/control_dependency\n"
                "saver        V2, keeps 5; file name save/Const:0, saves save/control_dependency:0, "
                "restores save/restore_all\n"
                "collection   trainable_variables: 2 byte strings\n"
                "collection   variables: 2 byte strings\n", "", "meta", DATA / "sum.meta")

  def test_text_and_json_hold_all(self):
    forms = {}
    for flag in "--text", "--json":
      status, forms[flag], err = run("meta", DATA / "sum.meta", flag)
      self.assertEqual((status, err), (0, ""))
    self.assertIn("  keep_checkpoint_every_n_hours: 10000.0\n", forms["--text"])
    self.assertEqual(json.loads(forms["--json"])["saver_def"]["save_tensor_name"],
                     "save/control_dependency:0")
    for flag, form in forms.items():
      file = self.dir / "m"
      file.write_text(form)
      for again in forms:
        self.expect(0, forms[again], "", "meta", file, again)

  def test_what_is_no_meta_graph(self):
    file = self.dir / "m.meta"
    file.write_bytes(b"\xff\x00junk")
    self.expect(1, "", f"tensorkeep: Cannot parse file {file}: neither a binary nor a text "
                "MetaGraphDef; it may be truncated or something else.\n", "meta", file)
    file.write_text("graph_def { nodes { } }")
    self.assertIn("Cannot parse file", run("meta", file)[2])
    self.assertEqual(run("meta", self.dir / "none")[0], 1)

  def test_names_show_no_control_characters(self):
    file = self.dir / "m.json"
    file.write_text(json.dumps({
        "graph_def": {"node": [{"name": "\x1b[31m", "op": "Placeholder"}]},
        "collection_def": {"\n": {"int64_list": {"value": ["1"]}}}}))
    status, out, _ = run("meta", file)
    self.assertEqual(status, 0)
    self.assertIn("inputs       \\x1b[31m\n", out)
    self.assertIn("collection   \\n: 1 integers\n", out)


class Freeze(CommandTest):

  def freeze(self, *args):
    return run("freeze", DATA / "sum.meta", DATA / "sum", self.dir / "sum.pb", *args)

  def test_a_node_or_a_tensor(self):
    frozen = []
    for output in "sum", "sum:0":
      self.assertEqual(self.freeze("--outputs", output), (
          0, f"6 of 24 nodes written to {self.dir}/sum.pb (383 bytes)\n", ""))
      frozen.append((self.dir / "sum.pb").read_bytes())
    self.assertEqual(frozen[0], frozen[1])

  def test_text_and_lists(self):
    def operations(*args):
      self.assertEqual(self.freeze("--outputs=sum", "--text", *args)[0], 0)
      lines = (self.dir / "sum.pb").read_text().splitlines()
      return [line.split('"')[1] for line in lines if line.startswith("  op: ")]
    self.assertEqual(operations(), ["Placeholder", "Const", "Identity", "Const", "Identity", "AddN"])
    for args in ["--whitelist=v1"], ["--blacklist", "v2"]:
      self.assertEqual(operations(*args),
                       ["Placeholder", "Const", "Identity", "VariableV2", "Identity", "AddN"])

  def test_what_cannot_be_frozen(self):
    self.assertEqual(self.freeze("--outputs", "x,sun"),
                     (1, "", "tensorkeep: sun is not in graph; near it are: sum\n"))
    self.assertEqual(self.freeze()[0], 2)
    status, _, err = run("freeze", DATA / "sum.meta", DATA / "shapes", self.dir / "sum.pb",
                         "--outputs", "sum")
    self.assertEqual(status, 1)
    self.assertIn("Key v1 not found in checkpoint", err)
    self.assertEqual(list(self.dir.iterdir()), [])


class Usage(CommandTest):

  def test_wrong_usage(self):
    for args in ([], ["ls"], ["frob"], ["ls", "x", "--frob"], ["ls", "a", "b"], ["--frob"],
                 ["cat", DATA / "parts"], ["cat", DATA / "parts", "p", "--raw", "--json"],
                 ["convert", DATA / "parts", "x.zip"],
                 ["convert", DATA / "parts", "x", "--to", "v3"], ["verify", "x", "--json", "--quiet"]):
      status, out, err = run(*args)
      self.assertEqual((status, out), (2, ""), args)
      self.assertNotEqual(err, "", args)
    self.expect(2, "", "tensorkeep: no verb 'frob': ls, cat, verify, convert, diff, rename, freeze, meta, run\n", "frob", "x")

  def test_help_and_version(self):
    status, out, err = run("--help")
    self.assertEqual((status, err), (0, ""))
    for word in ("ls", "cat", "verify", "convert", "Exit status: 0"):
      self.assertIn(word, out)
    status, out, _ = run("--version")
    self.assertEqual(status, 0)
    self.assertRegex(out, r"^tensorkeep \d+\.\d+\.\d+\n$")

  def test_closed_and_full_outputs(self):
    shell = 'exec "$0" ls "$1" '
    for redirect, status in ((">&-", 1), (">/dev/full", 1), ("2>&-", 0), ("<&-", 0)):
      done = subprocess.run(["sh", "-c", shell + redirect, COMMAND, str(DATA / "types")],
                            capture_output=True)
      self.assertEqual(done.returncode, status, redirect)
      self.assertEqual(done.stderr != b"", status == 1, redirect)

  def test_a_reader_that_stops_ends_it_quietly(self):
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run([COMMAND, "ls", DATA / "types"], stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, b""))


if __name__ == "__main__":
  unittest.main()
