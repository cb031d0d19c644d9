"""Runs frozen graphs that nobody here made, and compares with what TensorFlow computed.

frozen_graphs.py COMMAND FOLDER [--update]; the environment's TENSORKEEP_REALWORLD goes before
FOLDER. FOLDER/graphs/NAME holds graph.pb and io.npz ("in:TENSOR" to feed, "out:TENSOR" expected).
What does not run or gives other numbers stands in frozen_graphs.txt, one line a graph with the
reason; the test fails for any other graph, --update writes the list anew. Floats agree
within a relative 1e-4 (of the larger of both, and of the tensor's largest element), integers
exactly.
"""
import collections
import concurrent.futures
import math
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
LIST = HERE / "frozen_graphs.txt"
COMMAND = sys.argv[1]
FOLDER = pathlib.Path(os.environ.get("TENSORKEEP_REALWORLD") or sys.argv[2]) / "graphs"
UPDATE = "--update" in sys.argv
del sys.argv[1:]
SKIPPED = 77
FORMATS = {"f2": "e", "f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B",
           "u2": "H", "u4": "I", "u8": "Q", "b1": "?", "V2": "H"}
TOLERANCE = {"f2": 2e-3}


def read_npy(data):
  """(type, shape, flat values) of a .npy file's bytes."""
  (size,) = struct.unpack_from("<H", data, 8)
  header = eval(data[10:10 + size], {"__builtins__": {}})  # our own and numpy's files
  kind = header["descr"][1:]
  if kind[0] == "c":
    count = (len(data) - 10 - size) // (int(kind[1:]) // 2)
    values = struct.unpack_from(f"<{count}{'f' if kind == 'c8' else 'd'}", data, 10 + size)
    return kind, header["shape"], values
  count = math.prod(header["shape"])
  values = struct.unpack_from(f"<{count}{FORMATS[kind]}", data, 10 + size)
  if header["fortran_order"] and len(header["shape"]) > 1:
    strides = [math.prod(header["shape"][:d]) for d in range(len(header["shape"]))]
    index = lambda flat: sum(
        (flat // math.prod(header["shape"][d + 1:])) % header["shape"][d] * strides[d]
        for d in range(len(strides)))
    values = tuple(values[index(i)] for i in range(count))
  return ("u2" if kind == "V2" else kind), header["shape"], values  # V2: bfloat16's bits


def difference(wanted, got):
  """What differs, or None."""
  if wanted[:2] != got[:2]:
    return f"{got[0]} {got[1]} instead of {wanted[0]} {wanted[1]}"
  kind = wanted[0]
  if kind[0] not in "fc":
    wrong = sum(a != b for a, b in zip(wanted[2], got[2]))
    return f"{wrong} of {len(wanted[2])} elements differ" if wrong else None
  finite = [abs(x) for x in wanted[2] if math.isfinite(x)]
  scale = max(finite, default=0.0)
  tolerance = TOLERANCE.get(kind, 1e-4)
  wrong = 0
  for a, b in zip(wanted[2], got[2]):
    if a == b or (math.isnan(a) and math.isnan(b)):
      continue
    if not abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-2 * scale):
      wrong += 1
  return f"{wrong} of {len(wanted[2])} elements differ" if wrong else None


def run_graph(folder):
  """Why the graph does not give TensorFlow's numbers, or None."""
  with tempfile.TemporaryDirectory() as work, zipfile.ZipFile(folder / "io.npz") as archive:
    command = [COMMAND, "run", str(folder / "graph.pb"), "--npy", work]
    outputs = {}
    for number, member in enumerate(archive.namelist()):
      role, name = member.removesuffix(".npy").split(":", 1)
      if role == "in":
        path = pathlib.Path(work) / f"in{number}"
        path.write_bytes(archive.read(member))
        command += ["--feed", f"{name}={path}"]
      else:
        outputs[name] = archive.read(member)
        command += ["--fetch", name]
    try:
      done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
      return "takes more than two minutes"
    if done.returncode != 0:
      lacking = re.findall(r"no kernel (?:for operation type|of operation) '(\w+)'( for type \w+)?",
                           done.stderr)
      if lacking:
        return "no kernel: " + "; ".join(sorted({op + of_type for op, of_type in lacking}))
      error = done.stderr.strip().removeprefix("tensorkeep: ") or f"exit {done.returncode}"
      return error.partition("\\n")[0][:160]
    problems = []
    for name, data in sorted(outputs.items()):
      file = pathlib.Path(work) / (re.sub("[/:]", "_", name) + ".npy")
      try:
        wanted = read_npy(data)
      except (KeyError, ValueError, struct.error):
        return "its expected values are no numbers"
      what = difference(wanted, read_npy(file.read_bytes()))
      if what:
        problems.append(f"{name}: {what}")
    return "; ".join(problems) or None


def report(total, problems):
  counts = collections.Counter()
  for reason in problems.values():
    lacking = reason.removeprefix("no kernel: ")
    counts.update(lacking.split("; ") if lacking != reason else ["something else"])
  text = [f"# {total - len(problems)} of {total} frozen graphs give TensorFlow's numbers.",
          "# What the others lack, and in how many of them:"]
  text += [f"#   {count:4d} {what}" for what, count in counts.most_common()]
  text += [f"{name}: {reason}" for name, reason in sorted(problems.items())]
  return "\n".join(text) + "\n"


class FrozenGraphsTest(unittest.TestCase):
  maxDiff = None

  def test_graphs(self):
    folders = sorted(FOLDER.iterdir())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
      reasons = pool.map(run_graph, folders)
      problems = {f.name: reason for f, reason in zip(folders, reasons) if reason}
    if UPDATE:
      LIST.write_text(report(len(folders), problems))
    lines = LIST.read_text().splitlines()
    known = {line.partition(": ")[0] for line in lines if not line.startswith("#")}
    self.assertEqual({name: reason for name, reason in problems.items() if name not in known}, {})
    if known - problems.keys():
      print(f"{len(known - problems.keys())} more graphs run than the list says: --update it")


if __name__ == "__main__":
  if not FOLDER.is_dir():
    print(f"SKIPPED: no frozen graphs in {FOLDER}")
    sys.exit(SKIPPED)
  unittest.main()
