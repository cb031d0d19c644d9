"""What is dropped is freed: graphs, sessions, tensors, arrays; and nobody's count of references drifts."""

from __future__ import annotations

import gc
import os
import pathlib
import re
import subprocess
import sys
import weakref

import numpy as np
import pytest

import tensorkeep as tf

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
N = 1000  # enough to be shared with numpy in place


def resident_kib():
    with open("/proc/self/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def use_everything(fed):
    """Graphs, sessions, variables, gradients, feeds and fetches of every kind, made and dropped."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name="x")
        v = tf.Variable(tf.ones([N]), name="v")
        with tf.variable_scope("scope"):
            w = tf.get_variable("w", [N], initializer=tf.zeros_initializer())
        loss = tf.reduce_sum(x * v + w)
        step = tf.train.AdamOptimizer(0.1).minimize(loss)
        words = tf.constant([["a", "bc"], ["def", ""]])
        loop = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
        sess.run(tf.global_variables_initializer())
        sess.run(step, {x: fed})
        sess.run({"a": [v, words], "b": (loss, step, "x:0")}, feed_dict={"x:0": fed})
        sess.run([loss, loop], {x: list(range(N))})
        assert sess.make_callable(loss, [x])(fed) == loss.eval({x: fed})
        graph.add_to_collection("kept", loss)
        graph.add_to_collection("kept", object())
        return graph.as_graph_def()


def fail_everywhere(fed):
    """Errors of conversion, of the graph, of the run; each with what it holds."""
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [2], name="x")
        v = tf.Variable(tf.zeros([N]), name="v")
        for error, attempt in (
                (ValueError, lambda: sess.run(x, {x: fed})),
                (TypeError, lambda: sess.run(None)),
                (ValueError, lambda: sess.run("missing:0")),
                (TypeError, lambda: sess.run(x, {"missing:0": fed})),
                (ValueError, lambda: sess.run(x, {x: ["a", "b"]})),
                (tf.errors.InvalidArgumentError, lambda: sess.run(x + 1.0)),
                (tf.errors.FailedPreconditionError, lambda: sess.run(v)),
                (ValueError, lambda: tf.zeros([2]) + tf.zeros([3])),
                (ValueError, lambda: tf.matmul(fed, fed)),
                (TypeError, lambda: tf.constant(1) + tf.constant("a")),
                (ValueError, lambda: tf.convert_to_tensor(None))):
            with pytest.raises(error):
                attempt()


def rounds(work, count):
    for _ in range(count):
        work()
    gc.collect()


@pytest.mark.parametrize("work", [use_everything, fail_everywhere])
def test_memory_is_steady(work):
    fed = np.ones(N, np.float32)
    rounds(lambda: work(fed), 30)  # caches fill
    before = resident_kib()
    rounds(lambda: work(fed), 150)
    assert resident_kib() - before < 8 << 10, "KiB more after 150 rounds"


def feed_and_fetch_much():
    big = 1 << 20
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [big])
        y = x * 2.0
        v = tf.Variable(tf.zeros([big]), name="v")
        assign = v.assign(x)

        def work():
            fed = np.ones(big, np.float32)
            kept = sess.run([y, x, assign], {x: fed})
            assert kept[0][0] == 2 and sess.run(v)[0] == 1

        rounds(work, 3)
        before = resident_kib()
        rounds(work, 30)  # 4 MiB each, several times
        assert resident_kib() - before < 24 << 10


def test_memory_is_steady_where_much_is_fed_and_fetched():
    # In a process of its own: what others have left of the heap in pieces would be counted.
    run_python(["-c", "import test_references; test_references.feed_and_fetch_much()"],
               folder=pathlib.Path(__file__).parent)


def counted():
    return {"None": None, "True": True, "float32": tf.float32, "numpy's float32": np.dtype("f4"),
            "object": np.dtype(object), "()": (), "ndarray": np.ndarray, "Tensor": tf.Tensor,
            "float32_ref": tf.as_dtype("float32_ref"), "bfloat16": tf.bfloat16.as_numpy_dtype}


@pytest.mark.parametrize("work", [use_everything, fail_everywhere])
def test_counts_of_what_all_share_are_steady(work):
    fed = np.ones(N, np.float32)
    rounds(lambda: work(fed), 5)
    objects = {"what is fed": fed, **counted()}
    before = {name: sys.getrefcount(item) for name, item in objects.items()}
    repeats = 50
    rounds(lambda: work(fed), repeats)
    for name, item in objects.items():
        drift = sys.getrefcount(item) - before[name]
        assert abs(drift) < repeats // 2, f"{name}: {drift:+d} references in {repeats} rounds"


@pytest.mark.parametrize("make", [
    lambda: np.ones(N, np.float32), lambda: np.ones(2, np.float32), lambda: np.ones(N, np.float64),
    lambda: np.ones((N, 2), np.float32)[:, 0], lambda: np.array(["a", b"b"] * N, object),
    lambda: np.float32(1), lambda: [1.0, 2.0]])
def test_a_feed_is_let_go(make):
    value = make()
    dtype = tf.string if getattr(value, "dtype", None) == object else tf.float32
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(dtype)
        y = tf.identity(x)
        kept = sess.run([y, x], {x: value})
        del kept
        gc.collect()
        count = sys.getrefcount(value)
        for _ in range(20):
            sess.run([y, x], {x: value})
            with pytest.raises(tf.errors.OpError):
                sess.run(tf.reshape(x, [7, 7, 7]), {x: value})
        gc.collect()
        assert sys.getrefcount(value) == count


def test_an_array_outlives_its_session():
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        v = tf.Variable(tf.ones([N]) * 3.0, name="v")
        sess.run(v.initializer)
        array = sess.run(v)
    died = weakref.ref(graph)
    del graph, sess, v
    gc.collect()
    assert died() is None
    assert array.sum() == 3 * N


def test_handles_die():
    with tf.Graph().as_default() as graph:
        sess = tf.Session()
        x = tf.placeholder(tf.float32, [N])
        y = x + 1.0
        sess.run(y, {x: np.ones(N, np.float32)})
        died = [weakref.ref(item) for item in (graph, sess, x, y, y.op)]
    del graph, sess, x, y
    gc.collect()
    assert [ref() for ref in died] == [None] * len(died)


class Kept(list):
    """A list that can be referred to weakly."""


def test_objects_in_collections_die_with_their_graph():
    with tf.Graph().as_default() as graph:
        tensor, kept = tf.constant(1.0), Kept()
        tf.add_to_collection("kept", kept)
        tf.add_to_collection("kept", tensor)
    died = [weakref.ref(item) for item in (graph, tensor, kept)]
    del graph, tensor, kept
    gc.collect()
    assert [ref() for ref in died] == [None] * len(died)


def test_what_an_error_holds_dies_with_it():
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        v = tf.Variable(tf.zeros([N]), name="v")
        try:
            sess.run(v)
        except tf.errors.FailedPreconditionError as error:
            kept = error
    assert kept.op.graph is graph  # the error keeps the graph alive
    died = weakref.ref(graph)
    del graph, sess, v, kept
    gc.collect()
    assert died() is None


PROGRAM = """
import numpy as np
import tensorkeep as tf
x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.Variable(tf.ones([3, 2]), name="w")
y = tf.matmul(x, w)
step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(y))
words = tf.constant(["a", "b"])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for rows in (1, 2, 200):
        sess.run([step, y, words, x, w], {x: np.ones((rows, 3), np.float32)})
    for bad in (lambda: sess.run(y), lambda: sess.run(None), lambda: sess.run(y, {x: [1.0]})):
        try:
            bad()
        except (tf.errors.OpError, TypeError, ValueError):
            pass
        else:
            raise AssertionError
print("done")
"""


def run_python(command, folder=None, **environment):
    done = subprocess.run([sys.executable, "-B", *command], env={**os.environ, **environment},
                          cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_under_pythons_debug_allocator():
    done = run_python(["-X", "dev", "-c", PROGRAM], PYTHONMALLOC="debug")
    assert done.stdout == "done\n" and "Fatal" not in done.stderr


@pytest.fixture
def sanitized():
    """The environment of a Python with the module that is built with AddressSanitizer."""
    build = os.environ.get("TENSORKEEP_ASAN_BUILD")
    if not build:
        pytest.skip("TENSORKEEP_ASAN_BUILD names no build with the module")
    # The sanitizer looks for what throws exceptions when it is loaded: that library must be there.
    libraries = [subprocess.check_output(["g++", f"-print-file-name={name}"], text=True).strip()
                 for name in ("libasan.so", "libstdc++.so.6")]
    return {"LD_PRELOAD": " ".join(libraries), "PYTHONMALLOC": "malloc", "TENSORKEEP_DEEPBIND": "0",
            "ASAN_OPTIONS": "detect_leaks=0", "TENSORKEEP_ASAN_BUILD": "",
            "PYTHONPATH": str(pathlib.Path(build, "python").resolve())}


def test_under_the_address_sanitizer(sanitized, tmp_path):
    assert run_python(["-c", PROGRAM], **sanitized).stdout == "done\n"
    run_python(["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}",
                str(ROOT / "tests/python/test_arrays.py"), __file__,
                str(ROOT / "tests/python/test_reference_cycles.py"), "-k",
                "not steady and not allocator"], **sanitized)


def test_the_articles_under_the_address_sanitizer(sanitized, tmp_path):
    import test_articles  # pylint: disable=import-outside-toplevel  # skips without TensorFlow
    folder = test_articles.make_folder(tmp_path)
    for name in test_articles.PROGRAMS:
        run_python(["-m", "tensorkeep", str(test_articles.program_file(name))], folder, **sanitized)
