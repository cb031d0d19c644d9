"""tf.app, tf.flags, tf.logging, tf.gfile, tf.compat and what programs ask about their place."""
import os
import subprocess
import sys
import textwrap

import pytest

import tensorkeep as tf

IMPORTS = {
    "ours": "import tensorkeep.compat.v1 as tf\n",
    "ours without absl": "import sys; sys.modules['absl'] = None\nimport tensorkeep.compat.v1 as tf\n",
    "theirs": "import tensorflow.compat.v1 as tf\n",
}


def run(tmp_path, which, program, *arguments):
    """Runs a program with our module or TensorFlow's: its output, its errors and its exit code."""
    if which == "theirs":
        pytest.importorskip("tensorflow")
    path = tmp_path / "program.py"
    path.write_text(IMPORTS[which] + textwrap.dedent(program))
    result = subprocess.run([sys.executable, path, *arguments], capture_output=True, text=True,
                            cwd=tmp_path, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    return result.stdout, result.stderr, result.returncode


FLAGS_PROGRAM = """
import sys
flags = tf.app.flags
flags.DEFINE_string("name", "default", "A name.")
tf.flags.DEFINE_integer("count", 3, "A count.")
flags.DEFINE_float("rate", 0.5, "A rate.")
flags.DEFINE_boolean("train", True, "Whether.")
flags.DEFINE_bool("quick", False, "Whether.")
flags.DEFINE_list("words", "a,b", "Words.")
flags.DEFINE_enum("kind", "x", ["x", "y"], "A kind.")
flags.DEFINE_multi_string("many", None, "Many.")
flags.DEFINE_multi_integer("numbers", [1], "Many.")
FLAGS = flags.FLAGS
if "--early" in sys.argv:
    sys.argv.remove("--early")
    print("early", FLAGS.name)
def main(argv):
    print(argv[1:], FLAGS.name, FLAGS.count, FLAGS.rate, FLAGS.train, FLAGS.quick, FLAGS.words,
          FLAGS.kind, FLAGS.many, FLAGS.numbers, "name" in FLAGS, FLAGS["count"].value)
    FLAGS.count = 8
    print(FLAGS.count, FLAGS.is_parsed(), FLAGS.flag_values_dict()["count"])
    return 5
if __name__ == "__main__":
    tf.app.run()
"""


COMMAND_LINES = [
    "", "--name=x rest --count 4 --rate=1e-3", "-name y --notrain --quick", "--train=false",
    "--words=q,r,s --kind=y --many=1 --many=2 --numbers=4 --numbers 5", "--unknown=3 a --other b",
    "--early --name=e", "a -- --name=x", "--count=0x1F", "--words=", "--nounknown"]

# Importing TensorFlow takes seconds, so one process runs the program once for each command line.
ALL_COMMAND_LINES = f"""
import os, sys
for line in {COMMAND_LINES!r}:
    sys.stdout.flush()
    if not os.fork():
        sys.argv = ["program.py", *line.split()]
        exec({FLAGS_PROGRAM!r}, sys.modules["__main__"].__dict__)
    print("exit code", os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.fixture(scope="module")
def flags_by_tensorflow(tmp_path_factory):
    """What the program prints under TensorFlow, by command line."""
    out, err, _ = run(tmp_path_factory.mktemp("flags"), "theirs", ALL_COMMAND_LINES)
    outputs = out.split("exit code 5\n")
    assert len(outputs) == len(COMMAND_LINES) + 1, err
    return dict(zip(COMMAND_LINES, outputs))


@pytest.mark.parametrize("which", ["ours", "ours without absl"])
@pytest.mark.parametrize("arguments", COMMAND_LINES)
def test_flags(tmp_path, flags_by_tensorflow, which, arguments):
    ours = run(tmp_path, which, FLAGS_PROGRAM, *arguments.split())
    assert (ours[0], ours[2]) == (flags_by_tensorflow[arguments], 5)


@pytest.mark.parametrize("which", ["ours", "ours without absl"])
@pytest.mark.parametrize("arguments, text", [
    ("--count=x", "FATAL Flags parsing error: flag --count=x: "),
    ("--kind=z", "flag --kind=z: value should be one of <x|y>"),
    ("--train=maybe", "Non-boolean argument to boolean flag"),
    ("--name", "FATAL Flags parsing error: ")])
def test_wrong_flags(tmp_path, which, arguments, text):
    out, err, code = run(tmp_path, which, FLAGS_PROGRAM, *arguments.split())
    assert code == 1 and text in err and not out


def test_own_flags_alone(tmp_path):
    program = """
        flags = tf.flags
        flags.DEFINE_string("name", None, "A name.")
        flags.mark_flag_as_required("name")
        for define in (flags.DEFINE_string,):
            try:
                define("name", "", "Again.")
            except flags.DuplicateFlagError as error:
                print(error)
        try:
            flags.FLAGS.nothing = 3
        except AttributeError as error:
            print(error)
        tf.flags.DEFINE_integer(flag_name="old", default_value=4, docstring="Old names.")
        print(flags.FLAGS._parse_flags(["--name=a", "--old=5", "rest"]), flags.FLAGS.old)
        print(sorted(flags.FLAGS), len(flags.FLAGS))
        flags.FLAGS(["program"], known_only=True)
        """
    out, err, code = run(tmp_path, "ours without absl", program)
    assert out == ("The flag 'name' is defined twice.\nNo flag is called 'nothing'\n['rest'] 5\n"
                   "['name', 'old'] 2\n")
    help_text = run(tmp_path, "ours without absl", FLAGS_PROGRAM, "--help")
    assert help_text[2] == 1 and "--[no]quick: Whether." in help_text[0]


def test_app_run_takes_a_main_and_arguments(tmp_path):
    program = """
        def start(argv):
            print(argv)
        tf.app.run(main=start, argv=["a", "b"])
        """
    for which in IMPORTS:
        assert run(tmp_path, which, program)[::2] == ("['a', 'b']\n", 0)


LOGGING_PROGRAM = """
log = tf.logging
print(log.get_verbosity(), log.DEBUG, log.INFO, log.WARN, log.ERROR, log.FATAL)
log.info("hidden")
log.warning("seen %d", 1)
log.warn("seen")
log.error("seen %s %s", "a", 2)
log.fatal("seen")
log.set_verbosity(log.INFO)
log.log_if(log.INFO, "hidden", False)
log.log_if(log.INFO, "seen %d", True, 3)
log.vlog(log.DEBUG, "hidden")
log.log(log.ERROR, "seen %r", [1])
log.TaskLevelStatusMessage("seen")
log.set_verbosity("DEBUG")
log.debug("seen")
print(log.get_verbosity(), tf.get_logger().name)
"""


def test_logging(tmp_path):
    theirs = run(tmp_path, "theirs", LOGGING_PROGRAM)
    ours = run(tmp_path, "ours", LOGGING_PROGRAM)
    messages = [line for line in theirs[1].splitlines() if ":tensorflow:" in line]
    assert ours[1].splitlines() == messages and len(messages) == 8
    assert ours[0] == theirs[0]
    assert run(tmp_path, "ours without absl", LOGGING_PROGRAM) == ours


def test_logging_counts_for_each_line(tmp_path):
    program = """
        log = tf.logging
        for i in range(5):
            log.log_every_n(log.WARN, "every %d", 2, i)
            log.log_first_n(log.WARN, "first %d", 2, i)
        log.flush()
        """
    _, err, _ = run(tmp_path, "ours", program)
    assert [line.rpartition(":")[2] for line in err.splitlines()] == [
        "every 0", "first 0", "first 1", "every 2", "every 4"]


def test_logging_is_left_to_the_programs_handlers(tmp_path):
    program = """
        import logging, sys
        if "late" in sys.argv:
            tf.logging.info("loads it")
        logging.basicConfig(format="%(name)s %(levelname)s %(filename)s:%(lineno)d %(message)s")
        tf.logging.warning("once")
        """
    for arguments in ((), ("late",)):
        _, err, _ = run(tmp_path, "ours", program, *arguments)
        assert err == "tensorflow WARNING program.py:7 once\n"
    program = """
        def main(argv):
            tf.logging.warning("once")
        tf.app.run(main)
        """
    _, err, _ = run(tmp_path, "ours", program)
    assert err.count("once") == 1 and "program.py:" in err  # by absl's handler


def test_logging_beside_tensorflow(tmp_path):
    program = """
        import tensorkeep
        print(tensorkeep.logging is not tf.logging)
        tensorkeep.logging.warning("once")
        tf.logging.warning("another")
        """
    _, err, _ = run(tmp_path, "theirs", program)
    assert err.count("once") == 1 and err.count("another") == 1


# Expressions with `g` for tf.gfile, `io` for python.lib.io.file_io, `x` for tf.io.gfile.
FILE_EXPRESSIONS = """
type(g.GFile('missing')).__name__
g.GFile('missing').read()
g.GFile('missing').size()
write(g.GFile('a', 'w'), 'abc\\nd\u00e9\\n', 'last')
g.GFile('a').read()
g.GFile('a', 'rb').read()
g.GFile('a').readlines()
list(g.GFile('a'))
g.GFile('a').read(3)
g.GFile('a').readline()
g.GFile('a', 'w').read()
g.GFile('a').write('x')
g.GFile('a', 'zz')
g.GFile('a').size(), g.GFile('a').name, g.GFile('a', 'rb').mode
write(g.GFile('b', 'wb'), 'text', b' bytes')
write(g.GFile('b', 'a'), ' more')
write(g.GFile('b2', 'w'), 3)
(os.path.exists('b2') and os.remove('b2')) or 'done'
g.FastGFile('b').read(), g.Open('b', 'rb').read()
f.seek(2)
f.tell()
f.read()
f.seek(offset=-3, whence=2), f.read()
f.seek(position=1), f.tell()
f.seek(1), f.seek(2, 1), f.tell()
f.seek(1, 5)
f.seek()
f.seekable()
f.next()
f.close()
f.read()
sorted(g.ListDirectory('dir'))
sorted(g.ListDirectory('dir/'))
g.ListDirectory('nodir')
g.ListDirectory('a')
sorted(g.Glob('dir/*'))
g.Glob('dir/*.txt')
g.Glob(['dir/x*', 'dir/y*'])
sorted(g.Glob('dir/*/*'))
g.Glob('nodir/*')
g.Glob('dir/[xz].txt')
g.Glob('dir/[!x].txt'), g.Glob('dir/?.txt')
g.Glob('dir/{x,y}.txt')
g.Glob('dir'), g.Glob('dir/x.txt'), g.Glob('none')
sorted(g.Glob('*'))
g.Glob('./dir/*.txt')
[p.replace(os.getcwd(), '') for p in g.Glob(os.getcwd() + '/dir/*.txt')]
walked(g.Walk('dir'))
walked(g.Walk('dir', in_order=False))
walked(g.Walk('nodir'))
g.Stat('dir/x.txt').length, g.Stat('dir/x.txt').is_directory, g.Stat('dir').is_directory
abs(g.Stat('a').mtime_nsec / 1e9 - os.path.getmtime('a')) < 1
g.Stat('none')
g.MkDir('dir'), g.MkDir('new'), g.IsDirectory('new')
g.MkDir('q/r/s')
g.MakeDirs('q/r/s'), g.MakeDirs('q/r/s'), g.IsDirectory('q/r/s')
g.MakeDirs('a')
g.Remove('none')
g.Remove('dir')
g.Rename('a', 'c'), g.Exists('a'), g.Exists('c')
g.Rename('c', 'b')
g.Rename('c', 'b', True), g.Exists('c')
g.Rename('none', 'c')
g.Copy('b', 'd'), g.GFile('d').read() == g.GFile('b').read()
g.Copy('b', 'd')
g.Copy('b', 'd', overwrite=True)
g.Copy('none', 'e')
g.DeleteRecursively('none')
g.DeleteRecursively('q'), g.Exists('q')
g.Exists('b'), g.Exists('dir'), g.Exists(''), g.IsDirectory('b'), g.IsDirectory('none')
g.Exists(3)
x.exists('b'), x.isdir('dir'), sorted(x.listdir('dir')), x.glob('dir/*.txt'), x.stat('b').length
walked(x.walk('dir')), walked(x.walk('dir', topdown=False))
x.join('a', 'b', 'c'), x.join('a', '/b', 'c'), x.join('a')
x.mkdir('m'), x.makedirs('m/n/o'), x.rmtree('m'), x.exists('m')
x.copy('b', 'h'), x.rename('h', 'i'), x.remove('i'), x.exists('i')
x.copy('b', 'd')
x.exists(path='b'), x.copy(src='b', dst='k'), x.exists('k')
io.read_file_to_string('b'), io.read_file_to_string('b', binary_mode=True)
io.write_string_to_file('w', 'x'), io.file_exists('w'), io.FileIO('w', 'r').read()
io.atomic_write_string_to_file('w2', 'zz'), io.read_file_to_string('w2')
io.atomic_write_string_to_file('w2', 'q', overwrite=False)
io.filecmp('w', 'w2'), io.filecmp('w', 'w'), io.file_crc32('w')
sorted(io.get_matching_files('w*')), io.has_atomic_move('w'), io.is_directory('dir')
io.recursive_create_dir('z/y'), io.create_dir('z/x'), sorted(io.list_directory('z'))
io.delete_file('w2'), io.delete_recursively('z'), io.stat('w').length
io.rename('w', 'w3'), io.copy('w3', 'w4'), io.file_exists('w4')
io.FileIO('w3')
update('w3'), io.read_file_to_string('w3')
pathlib_works(g, pathlib.Path('w3'))
"""

FILES_PROGRAM = """
import importlib, os, pathlib
g, x = tf.gfile, tf.io.gfile
io = importlib.import_module(tf.__name__.partition(".")[0] + ".python.lib.io.file_io")
def write(file, *parts):
    for part in parts:
        file.write(part)
    file.close()
def walked(walk):
    return [(folder, sorted(folders), sorted(files)) for folder, folders, files in walk]
def update(name):
    with g.GFile(name, "r+") as file:
        file.write("Q")
def pathlib_works(g, path):
    return g.Exists(path), g.GFile(path).read()
os.makedirs("work/dir/sub/deep")
os.chdir("work")
for name in ("x.txt", "y.txt", ".hidden", "sub/z.txt"):
    open("dir/" + name, "w").close()
f = None
for line in EXPRESSIONS.splitlines():
    if line.startswith("f.") and f is None:
        f = g.GFile("a")
    try:
        text = repr(eval(line))
    except Exception as error:
        # Of an error the class, and the text as far as the first line break.
        text = f"{type(error).__name__} {str(error).splitlines()[0]}"
    print(line, "->", text.split(" object at ")[0])
"""


def test_files(tmp_path):
    program = f"EXPRESSIONS = {FILE_EXPRESSIONS.strip()!r}\n{FILES_PROGRAM}"
    outputs = []
    for which in ("ours", "theirs"):
        folder = tmp_path / which
        folder.mkdir()
        out, err, code = run(folder, which, program)
        assert code == 0, err
        outputs.append(dict(line.split(" -> ") for line in out.splitlines()))
    ours, theirs = outputs
    different = {
        line: (ours[line], theirs[line]) for line in theirs
        if ours[line].replace("tensorkeep", "tensorflow") != theirs[line]
        and not _same_error(ours[line], theirs[line])}
    assert different == {}


def _same_error(ours, theirs):
    """The same class; our text may go on after TensorFlow's."""
    return ours.split()[0] == theirs.split()[0] and ours.split()[0].endswith("Error")


def test_what_was_written_comes_in_one_step(tmp_path):
    path = str(tmp_path / "file")
    with tf.gfile.GFile(path, "w") as file:
        file.write("old")
    with pytest.raises(KeyError):
        with tf.gfile.GFile(path, "w") as file:
            file.write("half")
            raise KeyError
    assert tf.gfile.GFile(path).read() == "old"
    file = tf.gfile.GFile(path, "w")
    file.write("new")
    assert tf.gfile.GFile(path).read() == "old"
    file.flush()
    assert tf.gfile.GFile(path).read() == "new"
    file.write(" more")
    assert file.tell() == 8
    file.close()
    assert tf.gfile.GFile(path).read() == "new more"
    tf.gfile.GFile(path, "w").write("unclosed")
    assert tf.gfile.GFile(path).read() == "unclosed"


def test_compat():
    compat = tf.compat
    assert compat.as_bytes("\u00e9") == compat.as_bytes(b"\xc3\xa9") == b"\xc3\xa9"
    assert compat.as_text(b"\xc3\xa9") == compat.as_str("\u00e9") == "\u00e9"
    assert compat.as_str_any(3) == "3" and compat.as_str_any(b"a") == "a"
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        compat.as_bytes(3)
    assert compat.path_to_str("a") == "a"
    assert isinstance(1, compat.integral_types) and not isinstance(1.0, compat.integral_types)
    assert isinstance(1.0, compat.real_types) and isinstance(1j, compat.complex_types)


def test_resources(tmp_path):
    (tmp_path / "beside.txt").write_text("content")
    program = """
        import os
        print(os.path.relpath(tf.resource_loader.get_path_to_datafile("beside.txt")))
        print(tf.resource_loader.load_resource("beside.txt"))
        print(os.path.relpath(tf.resource_loader.get_data_files_path()))
        """
    assert run(tmp_path, "ours", program)[0] == "beside.txt\nb'content'\n.\n"
