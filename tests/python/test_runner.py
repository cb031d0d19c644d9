"""python -m tensorkeep: a program runs as under Python itself, but `tensorflow` is tensorkeep."""
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

PROGRAM = """\
import os, sys
def fail():
    raise ValueError("as expected")
print(sys.argv[1:], __name__, __file__, sys.path[0], __package__, __doc__, __builtins__.__name__)
print(os.path.basename(sys.argv[0]), sys.modules["__main__"].fail is fail)
if "fail" in sys.argv: fail()
if "exit" in sys.argv: sys.exit(7)
if "text" in sys.argv: sys.exit("a text")
if "chained" in sys.argv:
    try: fail()
    except ValueError as error: raise KeyError("second") from error
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def run(*arguments, cwd=None, **kwargs):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True,
                          cwd=cwd, **kwargs)


def same_as_python(*arguments, cwd=None):
    """Runs a command line with and without tensorkeep; the results must not differ."""
    plain = run(*arguments, cwd=cwd)
    ours = run("-m", "tensorkeep", *arguments, cwd=cwd)
    # Tracebacks of `python -m` and of folders begin with lines of Python's own runpy.
    errors = re.sub(r'  File "[^"]*runpy[^"]*", line .*\n(?:    .*\n)*', "", plain.stderr)
    assert (ours.stdout, ours.stderr, ours.returncode) == (plain.stdout, errors, plain.returncode)
    return ours


@pytest.mark.parametrize("argument", ["", "fail", "exit", "text", "chained", "--flag=1", "-c"])
def test_a_file(program, argument):
    result = same_as_python(program, argument, "last")
    assert "last" in result.stdout


def test_a_file_by_a_relative_path(program):
    same_as_python("program.py", "fail", cwd=program.parent)
    same_as_python(os.path.join(program.parent.name, "program.py"), cwd=program.parent.parent)


def test_a_link_to_a_file(program, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.py"
    link.symlink_to(program)
    same_as_python(link)


def test_a_module(program):
    same_as_python("-m", "program", "fail", cwd=program.parent)
    for name in ("no_such_module", "no.such.module", "xml", "http.server.x", "json.tool.x"):
        same_as_python("-m", name, cwd=program.parent)
    package = program.parent / "package"
    package.mkdir()
    (package / "__init__.py").write_text("print(__name__)")
    (package / "__main__.py").write_text("print(__name__, __package__, __spec__.name); 1/0")
    same_as_python("-m", "package", cwd=program.parent)


def test_code():
    same_as_python("-c", "import sys; print(sys.argv, sys.path[0], __name__); 1/0", "a", "-b")


def test_a_folder(program, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "__main__.py").write_text("import sys, beside\nprint(sys.argv, sys.path[0])\nbeside.f()")
    (folder / "beside.py").write_text("def f(): raise RuntimeError('x')")
    same_as_python(folder, "a")
    (tmp_path / "empty").mkdir()
    same_as_python(tmp_path / "empty")
    archive = shutil.make_archive(str(tmp_path / "archive"), "zip", folder)
    same_as_python(archive)


def test_wrong_files(tmp_path):
    same_as_python(tmp_path / "none.py")
    wrong = tmp_path / "wrong.py"
    wrong.write_text("x = (\n")
    same_as_python(wrong)
    latin = tmp_path / "latin.py"
    latin.write_bytes("# -*- coding: latin-1 -*-\nprint(len('\xe4'))\n".encode("latin-1"))
    same_as_python(latin)


def test_what_outlives_the_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("""\
import atexit, threading, time, pickle
class Thing: pass
def late(): print("thread", Thing.__name__, type(pickle.loads(pickle.dumps(Thing()))) is Thing)
threading.Thread(target=lambda: (time.sleep(0.2), late())).start()
atexit.register(late)
""")
    same_as_python(program)


def test_an_excepthook_of_the_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import sys\nsys.excepthook = lambda *a: print('hook', a[1])\n1/0\n")
    same_as_python(program)


def test_an_interrupt_ends_it_as_one(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("raise KeyboardInterrupt\n")
    assert run("-m", "tensorkeep", program).returncode in (-signal.SIGINT, 130)


def test_usage():
    assert run("-m", "tensorkeep", "--help").returncode == 0
    for arguments in ((), ("-m",), ("-c",), ("-x",)):
        result = run("-m", "tensorkeep", *arguments)
        assert result.returncode == 2
        assert "usage: python -m tensorkeep" in result.stderr


TENSORFLOW_IS_TENSORKEEP = """\
import sys
import tensorflow as tf
import tensorflow.compat.v1
import tensorflow.compat.v1 as v1
import tensorflow.python.framework.ops
from tensorflow.python.ops import math_ops
from tensorflow.core.protobuf import saver_pb2
from tensorflow.examples.tutorials.mnist import input_data
import tensorkeep
assert tf is v1 is tensorkeep.compat.v1 is tensorflow.compat.v1
assert tf.__version__ == tf.VERSION == "1.15.0"
assert tensorflow.python.framework.ops is tensorkeep.python.framework.ops
assert tf.__spec__.name == tf.__name__ == "tensorkeep.compat.v1"
assert math_ops is tensorkeep.python.ops.math_ops
assert saver_pb2 is tensorkeep.core.protobuf.saver_pb2
assert input_data.read_data_sets is tensorkeep.examples.tutorials.mnist.input_data.read_data_sets
for name, text in (("contrib.slim", "tf.contrib is out"), ("keras", "Keras is out"),
                   ("nonsense", "stands in for tensorflow")):
    try:
        __import__("tensorflow." + name)
    except ImportError as error:
        assert text in str(error), error
    else:
        raise AssertionError(name)
try:
    from tensorflow import keras
except ImportError as error:
    assert "Keras is out" in str(error), error
real = [name for name, module in sys.modules.items()
        if name.startswith("tensorflow") and not module.__name__.startswith("tensorkeep")]
assert not real, real
print("done")
"""


def test_tensorflow_is_tensorkeep(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(TENSORFLOW_IS_TENSORKEEP)
    result = run("-m", "tensorkeep", program)
    assert (result.stdout, result.stderr) == ("done\n", "")
    result = run("-c", "import tensorkeep; tensorkeep.install_as_tensorflow()\n"
                       "tensorkeep.install_as_tensorflow()\n" + TENSORFLOW_IS_TENSORKEEP)
    assert (result.stdout, result.stderr) == ("done\n", "")


def test_too_late_for_the_real_tensorflow():
    result = run("-c", "import sys, types; sys.modules['tensorflow'] = types.ModuleType('tensorflow')\n"
                       "import tensorkeep; tensorkeep.install_as_tensorflow()")
    assert "RuntimeError: tensorflow is imported already" in result.stderr


def test_a_whole_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("""\
import tensorflow as tf
tf.app.flags.DEFINE_integer("steps", 3, "how many")
FLAGS = tf.app.flags.FLAGS
def main(argv):
    x = tf.Variable(1.0)
    step = tf.train.GradientDescentOptimizer(0.25).minimize(tf.square(x))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(FLAGS.steps):
            sess.run(step)
        print(argv[1:], sess.run(x))
if __name__ == "__main__":
    tf.app.run()
""")
    assert run("-m", "tensorkeep", program, "--steps=2", "rest").stdout == "['rest'] 0.25\n"
