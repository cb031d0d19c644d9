"""tf.test: a suite written with it passes and fails as it does with TensorFlow's TestCase."""
import collections
import math
import os

import numpy as np
import pytest

MODULES = {"ours": "tensorkeep", "theirs": "tensorflow.compat.v1"}


@pytest.fixture(params=MODULES)
def tf(request):
    module = pytest.importorskip(MODULES[request.param])
    module.disable_v2_behavior()
    module.reset_default_graph()
    return module


@pytest.fixture
def case(tf):
    """A test case that is running."""

    class Case(tf.test.TestCase):
        def test_something(self):
            pass

    case = Case("test_something")
    case.setUp()
    yield case
    case.tearDown()
    case.doCleanups()


# Calls of assertions that pass, and that fail, in a session with c = [1, 2] and r = random.
PASSING = """
assertAllEqual([1, 2], c)
assertAllEqual(c, c)
assertAllEqual(r, r)
assertAllEqual([b"a", "b"], tf.constant(["a", "b"]))
assertAllEqual(np.nan, np.nan)
assertNotAllEqual([1], c)
assertNotAllEqual([1, 5], c)
assertAllClose({"a": [c, c], "b": (1, 2)}, {"a": [[1, 2], [1, 2.0000001]], "b": [1, 2]})
assertAllClose(Pair(1, [2, 3]), Pair(1, [2, 3]))
assertAllClose([[1, 2], [3]], [[1, 2], [3]])
assertAllClose(np.inf, np.inf)
assertAllClose(tf.cast(c, tf.bfloat16), np.array([1, 2.0]))
assertAllClose(1.0, 1.1, rtol=0.2)
assertNotAllClose([1.0], [1.1])
assertAllCloseAccordingToType(np.float16(1), np.float16(1.001))
assertAllInRange(c, 1, 2)
assertAllInSet(c, [1, 2, 3])
assertAllGreater(c, 0)
assertAllGreaterEqual(c, 1)
assertAllLess(c, 3)
assertAllLessEqual(c, 2)
assertDTypeEqual(c, np.float32)
assertDTypeEqual([1.0], tf.float64)
assertShapeEqual(np.zeros(2), c)
assertNear(1, 1.1, 0.2)
assertNear(np.inf, np.inf, 1e-3)
assertArrayNear([1, 2], [1, 2.01], 0.1)
assertNDArrayNear(np.ones(2), np.ones(2) + 0.01, 0.1)
assertStartsWith("abc", "ab")
assertDeviceEqual("/cpu:0", "/device:CPU:0")
assertProtoEquals('name: "c" op: "NoOp"', tf.NodeDef(name="c", op="NoOp"))
assertProtoEquals(tf.NodeDef(name="c"), tf.NodeDef(name="c"))
"""

FAILING = """
assertAllEqual([1, 3], c)
assertAllEqual(1.0, c)
assertAllEqual([b"a"], tf.constant(["b"]))
assertNotAllEqual([1, 2], c)
assertAllClose([c, c], [[1, 2], [1, 2.1]])
assertAllClose({"a": 1}, {"b": 1})
assertAllClose([1.0, np.nan], [1.0, 1.0])
assertAllClose([1.0], [1.0, 1.0])
assertNotAllClose([1.0], [1.0])
assertAllCloseAccordingToType(np.float32(1), np.float32(1.001))
assertAllInRange(c, 1, 2, open_upper_bound=True)
assertAllInRange([np.nan], 0, 1)
assertAllInSet(c, [1])
assertAllGreater(c, 1)
assertAllLess(c, 2)
assertDTypeEqual(c, tf.int32)
assertShapeEqual(np.zeros(3), c)
assertNear(1, 2, 0.5)
assertArrayNear([1, 2], [1, 3], 0.1)
assertNDArrayNear(np.ones(2), np.ones(2) + 0.2, 0.1)
assertStartsWith("abc", "b")
assertDeviceEqual("/cpu:0", "/cpu:1")
"""

Pair = collections.namedtuple("Pair", "first second")


def call(case, tf, text):
    with tf.Session(), case.session():
        names = {"tf": tf, "np": np, "Pair": Pair, "c": tf.constant([1.0, 2.0]),
                 "r": tf.random_uniform([3])}
        eval("case." + text, {**names, "case": case})


@pytest.mark.parametrize("text", PASSING.strip().splitlines())
def test_passing(case, tf, text):
    call(case, tf, text)


@pytest.mark.parametrize("text", FAILING.strip().splitlines())
def test_failing(case, tf, text):
    with pytest.raises(AssertionError):
        call(case, tf, text)


@pytest.mark.parametrize("text, error", [
    ('assertAllClose({"a": 1}, 3)', ValueError),
    ("assertAllClose([[1], [2, 3]], [[1], [2, 3], [4]])", (ValueError, AssertionError)),
    ('assertShapeEqual("a", c)', TypeError),
])
def test_wrong_arguments(case, tf, text, error):
    with pytest.raises(error):
        call(case, tf, text)


def test_tolerance_between_messages():
    import tensorkeep as tf
    case = tf.test.TestCase()
    message = tf.AttrValue(f=1.0)
    with pytest.raises(AssertionError, match="NoOp"):  # TensorFlow's own fails with new protobufs
        case.assertProtoEquals('name: "d" op: "NoOp"', tf.NodeDef(name="c", op="NoOp"))
    case.assertProtoEquals("f: 1.0001", message, relative_tolerance=1e-3)
    with pytest.raises(AssertionError):
        case.assertProtoEquals("f: 1.01", message, relative_tolerance=1e-3)
    with pytest.raises(AssertionError):
        case.assertProtoEquals("i: 1", message, relative_tolerance=1e-3)


def test_sessions(case, tf):
    with case.cached_session() as first:
        variable = tf.get_variable("v", initializer=3.0)
        first.run(variable.initializer)
        assert tf.get_default_session() is first
        assert tf.get_default_graph() is first.graph
    with case.cached_session() as again:
        assert again is first and case.evaluate(variable) == 3
    with pytest.raises(ValueError, match="The graph used to get the cached session is different"):
        with case.cached_session(graph=tf.Graph()):
            pass
    with pytest.raises(ValueError, match="The force_gpu value used to get the cached session"):
        with case.cached_session(force_gpu=True):
            pass
    assert case.evaluate({"a": tf.constant(7), "b": [variable]}) == {"a": 7, "b": [3.0]}
    graph = tf.Graph()
    with case.session(graph=graph) as session:
        assert session is not first and tf.get_default_graph() is graph
        assert case.evaluate(tf.constant(1)) == 1
    with case.test_session(graph=tf.Graph()) as session:
        assert session.graph is not graph
    with case.test_session() as session:
        assert session is first


def test_seeds_are_set(case, tf):
    with case.session():
        graph_numbers = case.evaluate(tf.random_uniform([2]))
    np.testing.assert_allclose(graph_numbers, [0.10086262, 0.9701668], rtol=1e-6)
    assert np.random.rand() == pytest.approx(0.18463433217903202)


def test_errors(case, tf):
    with case.session():
        x = tf.placeholder(tf.float32, [2], name="the_input")
        with case.assertRaisesOpError("the_input"):
            (x + 1).eval()
        with case.assertRaisesWithPredicateMatch(ValueError, "b.d"):
            raise ValueError("abcde")
        with case.assertRaisesWithPredicateMatch(ValueError, lambda error: "z" in str(error)):
            raise ValueError("z")
        with pytest.raises(AssertionError):
            with case.assertRaisesWithPredicateMatch(ValueError, "abc"):
                raise ValueError("q")
        with pytest.raises(AssertionError):
            with case.assertRaisesOpError("q"):
                pass
        with pytest.raises(AssertionError, match="KeyError"):
            with case.assertRaisesOpError("q"):
                raise KeyError


def test_threads_and_folders(tf):
    class Case(tf.test.TestCase):
        def test_threads(self):
            good = self.checkedThread(target=lambda value: value, args=(1,))
            good.start()
            good.join()
            assert not good.is_alive()
            bad = self.checkedThread(target=lambda: 1 / 0)
            bad.start()
            with self.assertRaisesRegex(self.failureException, "division by zero"):
                bad.join()

        def test_not_joined(self):
            self.checkedThread(target=lambda: None).start()

        def test_folder(self):
            folder = self.get_temp_dir()
            assert os.path.isdir(folder) and folder == self.get_temp_dir()

    def failures(name):
        import unittest
        result = unittest.TestResult()
        Case(name).run(result)
        return len(result.failures) + len(result.errors)

    assert failures("test_threads") == 0
    assert failures("test_not_joined") == 1
    assert failures("test_folder") == 0


def test_gradients(case, tf):
    check, errors = tf.test.compute_gradient, tf.test.compute_gradient_error
    with case.session():
        x = tf.placeholder(tf.float32, [2, 3])
        assert errors(x, [2, 3], tf.square(x), [2, 3], delta=1e-2) < 1e-2
        start = np.arange(6, dtype=np.float32).reshape(2, 3)
        by_graph, by_differences = check(x, [2, 3], tf.square(x), [2, 3], x_init_value=start)
        np.testing.assert_allclose(by_graph, np.diag(2 * np.arange(6.0)), rtol=1e-5)
        np.testing.assert_allclose(by_differences, by_graph, atol=2e-2)
        u, v = tf.placeholder(tf.float64, [3]), tf.placeholder(tf.float64, [3])
        ones = np.ones(3)
        pairs = check([u, v], [[3], [3]], u * v, [3], [ones, 2 * ones],
                      extra_feed_dict={u: ones, v: 2 * ones})
        np.testing.assert_allclose(pairs[0][0], 2 * np.eye(3))
        np.testing.assert_allclose(pairs[1][0], np.eye(3))
        rows = tf.constant(np.arange(6.0).reshape(3, 2))
        assert errors(rows, [3, 2], tf.gather(rows, [0, 0, 2]), [3, 2]) < 1e-6
        z = tf.placeholder(tf.complex64, [2])
        assert errors(z, [2], z * z, [2], delta=1e-2) < 2e-2
        empty = tf.placeholder(tf.float32, [0, 3])
        assert errors(empty, [0, 3], tf.square(empty), [0, 3]) == 0
        variable = tf.get_variable("w", initializer=[1.0])
        assert errors(x, [2, 3], x * variable, [2, 3], init_targets=[variable.initializer],
                      delta=1e-2) < 1e-3


def test_graphs_are_compared(tf):
    def graph_def(value):
        with tf.Graph().as_default() as graph:
            tf.constant(value, name="c")
            tf.constant(2, name="d")
        return graph.as_graph_def()

    tf.test.assert_equal_graph_def(graph_def(1), graph_def(1))
    with pytest.raises(AssertionError):
        tf.test.assert_equal_graph_def(graph_def(1), graph_def(3))
    shorter = graph_def(1)
    del shorter.node[1]
    with pytest.raises(AssertionError):
        tf.test.assert_equal_graph_def(shorter, graph_def(1))
    with pytest.raises(TypeError):
        tf.test.assert_equal_graph_def("text", shorter)


def test_what_it_runs_on(tf):
    assert not tf.test.is_gpu_available() and not tf.test.is_built_with_cuda()
    assert tf.test.gpu_device_name() == ""
    assert tf.test.mock.Mock
    assert os.path.isdir(tf.test.get_temp_dir())
    stubs = tf.test.StubOutForTesting()
    stubs.Set(math, "pi", 3)
    assert math.pi == 3
    stubs.CleanUp()
    assert math.pi > 3.14
