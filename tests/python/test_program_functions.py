"""Functions of the program in the graph, and gradients of its own, beside TensorFlow's."""

import gc
import itertools
import re
import threading
import weakref

import numpy as np
import pytest

from same_program import (assert_same, assert_same_error, assert_same_values, build, error_of,
                          tensorflow, tensorkeep as tk)

X = np.array([[1.0, -2.0], [3.0, 0.5]], np.float32)
NUMBERS = itertools.count()


def test_py_func():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 2])
        doubled = tf.py_func(lambda a: a * 2, [x], tf.float32, name="mine")
        assert doubled.shape.rank is None
        total, text = tf.py_func(lambda a, b: (a.sum() + b, "text"), [x, np.float32(3)],
                                 [tf.float32, tf.string])
        none = tf.py_func(lambda: [], [], [])
        assert none.type == "PyFunc" or none == []
        words = tf.py_func(lambda a: np.array([b.decode() + "x" for b in a]), [["a", "b"]],
                           tf.string, stateful=False)
        kinds = tf.py_func(lambda a, b: [type(a).__name__, type(b).__name__, type(b[0]).__name__],
                           [np.int64(1), ["a"]], [tf.string] * 3)
        assert tf.gradients(doubled, x) == [None]
        return [doubled, total, tf.stack([text]), words, tf.stack(kinds)], {x: X}
    assert_same_values(program)


def test_its_graph():
    graphs = [build(lambda tf: tf.py_func(np.sin, [X, 1], [tf.float32], stateful=stateful),
                    module)[0] for module in (tensorflow, tk) for stateful in (True, False)]
    nodes = [[(op.type, [x.op.type for x in op.inputs], sorted(
        a for a in op.node_def.attr if not a.startswith("_"))) for op in graph.get_operations()]
             for graph in graphs]
    assert nodes[0] == nodes[2] and nodes[1] == nodes[3]


class Strange(Exception):
    """Nobody knows it."""


@pytest.mark.parametrize("function", [
    lambda x: 1 / 0, lambda x: [][1], lambda x: x.strange, lambda x: int("x"), lambda x: x + "y",
    lambda x: next(iter([])), lambda x: (_ for _ in ()).throw(NotImplementedError("later")),
    lambda x: (_ for _ in ()).throw(MemoryError("full")),
    lambda x: (_ for _ in ()).throw(Strange("strange")),
    lambda x: x.astype(np.float64), lambda x: (x, x), lambda x: None, lambda: 1.0,
    lambda x: np.array([1, None], dtype=object), lambda x: {}])
def test_what_a_function_raises(function):
    def run(tf):
        with tf.Graph().as_default(), tf.Session() as session:
            return error_of(lambda: session.run(tf.py_func(function, [X], tf.float32)))
    want, got = run(tensorflow), run(tk)
    assert want[0] == got[0], (want, got)
    if "Traceback" in want[1]:
        named = re.search(r"^(\w+): .*$", got[1], re.M)
        assert named[0] in want[1]


@pytest.mark.parametrize("program", [
    lambda tf: tf.py_func(3, [], tf.float32),
    lambda tf: tf.py_func(np.sin, [X], "strange"),
])
def test_errors(program):
    assert_same_error(program)


def test_an_unknown_token():
    def run(tf):
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.raw_ops.PyFunc(input=[X], token="pyfunc_123456789", Tout=[tf.float32], name="f")
            return error_of(lambda: session.run("f:0", {}))
    want, got = run(tensorflow), run(tk)
    assert want[0] == got[0] == "InvalidArgumentError"
    assert "Could not find callback with key=pyfunc_123456789 in the registry" in want[1]
    assert "Could not find callback with key=pyfunc_123456789 in the registry" in got[1]


def test_the_function_may_change_its_argument():
    def change(x):
        x += 1
        return x
    with tk.Graph().as_default(), tk.Session() as session:
        v = tk.get_variable("v", initializer=X)
        session.run(v.initializer)
        np.testing.assert_array_equal(session.run(tk.py_func(change, [v], tk.float32)), X + 1)
        np.testing.assert_array_equal(session.run(v), X)


def test_a_function_is_kept_as_long_as_its_graph():
    class Function:
        def __call__(self, x):
            return x
    function = Function()
    kept = weakref.ref(function)
    with tk.Graph().as_default() as graph:
        result = tk.py_func(function, [X], tk.float32)
    del function
    gc.collect()
    with tk.Session(graph=graph) as session:
        np.testing.assert_array_equal(session.run(result), X)
    del graph, result, session
    gc.collect()
    assert kept() is None


def test_from_several_threads_at_once():
    barrier = threading.Barrier(2, timeout=20)
    results = []
    with tk.Graph().as_default(), tk.Session() as session:
        waits = tk.py_func(lambda: np.int64(barrier.wait() * 0 + 1), [], tk.int64)
        threads = [threading.Thread(target=lambda: results.append(session.run(waits)))
                   for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [1, 1]


def test_a_run_in_a_run():
    with tk.Graph().as_default(), tk.Session() as session:
        two = tk.constant(2)
        assert session.run(tk.py_func(lambda: session.run(two) + 1, [], two.dtype)) == 3


for module in (tensorflow, tk):
    @module.RegisterGradient("Guided")
    def guided(op, grad, tf=module):
        """Lets through what both sides have positive."""
        return tf.where(0.0 < grad, tf.raw_ops.ReluGrad(gradients=grad, features=op.outputs[0]),
                        tf.zeros_like(grad))

    @module.RegisterGradient("Doubled")
    def doubled(op, *grads):
        return [grads[0] * 2.0, None]

    module.NotDifferentiable("Nothing")


def test_gradient_override_map():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 2])
        with tf.get_default_graph().gradient_override_map({"Relu": "Guided", "Sin": "Strange"}):
            guided = tf.nn.relu(x)
            with tf.get_default_graph().gradient_override_map({"Relu": "Relu"}):
                inner = tf.nn.relu(x)
        outer = tf.nn.relu(x)
        return [tf.gradients(y * [[-1.0, 1.0], [1.0, 1.0]], x) for y in (guided, inner, outer)], {
            x: X}
    assert_same(program)


def test_gradients_that_are_registered():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 2])
        with tf.get_default_graph().gradient_override_map({"Mul": "Doubled", "Floor": "Nothing"}):
            y = x * tf.constant(X)
            z = tf.floor(x)
        return [tf.gradients(y, x)] + [each for each in tf.gradients(z, x) if each is not None], {
            x: X}
    assert_same(program)


def test_errors_of_registered_gradients():
    name = f"Wrong{next(NUMBERS)}"

    def run(tf):
        @tf.RegisterGradient(name)
        def wrong(op, grad):
            return [grad]
        with tf.Graph().as_default() as graph:
            with graph.gradient_override_map({"Mul": name, "Sin": "Strange"}):
                x = tf.placeholder(tf.float32)
                y = x * 2.0
                z = tf.sin(x)
            return [error_of(lambda: tf.gradients(y, x))[0],
                    error_of(lambda: tf.gradients(z, x))[0],
                    error_of(lambda: tf.RegisterGradient(name)(wrong))[0],
                    error_of(lambda: tf.RegisterGradient("Relu")(wrong))[0],
                    error_of(lambda: tf.NotDifferentiable("Relu"))[0],
                    error_of(lambda: tf.RegisterGradient(3))[0],
                    error_of(lambda: graph.gradient_override_map(3).__enter__())[0],
                    error_of(lambda: graph.gradient_override_map({1: "a"}).__enter__())[0]]
    assert run(tensorflow) == run(tk)


def test_a_gradient_raises_its_own_error():
    name = f"Raising{next(NUMBERS)}"

    @tk.RegisterGradient(name)
    def raising(op, grad):
        raise Strange(op.name)
    with tk.Graph().as_default() as graph:
        with graph.gradient_override_map({"Sin": name}):
            x = tk.placeholder(tk.float32)
            y = tk.sin(x, name="here")
        with pytest.raises(Strange, match="here"):
            tk.gradients(y, x)


def test_other_methods_of_graphs():
    def program(tf):
        graph = tf.get_default_graph()
        with graph.container("box"):
            v = tf.Variable(1.0)
        assert v.op.get_attr("container") in ("box", b"box")
        graph.add_to_collections(["a", "b", "a"], 3)
        graph.get_collection_ref("a").append(4)
        assert graph.get_collection("a") == [3, 4] and graph.get_collection("b") == [3]
        graph.clear_collection("a")
        graph.clear_collection("b")
        graph.switch_to_thread_local()
        assert graph.unique_name("v") == "v" and graph.unique_name("v") == "v_1"
        return [v]
    assert_same(program)


def test_grad_pass_through():
    def program(tf):
        x = tf.placeholder(tf.float32, [2, 2])
        y = tf.placeholder(tf.float32, [2, 2])
        rounded = tf.grad_pass_through(tf.round)(x * 3.0)
        swapped = tf.grad_pass_through(lambda a, b: [b, a])(x, y)
        return [rounded, tf.gradients(rounded * 2.0, x), swapped,
                tf.gradients(swapped[0] * 5.0, [x, y])[0]], {x: X, y: -X}
    assert_same_values(program)
