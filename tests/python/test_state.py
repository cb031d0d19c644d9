"""Updates of parts of variables, and counting, beside TensorFlow's."""

import numpy as np
import pytest

from same_program import assert_same, assert_same_error, error_of, tensorkeep as tk

ROWS = np.arange(1, 13, dtype=np.float32).reshape(4, 3)
ROW_FUNCTIONS = ["add", "sub", "mul", "div", "max", "min", "update"]
SLICE_FUNCTIONS = ["add", "sub", "update"]


def variable(tf, resource, value=ROWS, name="v"):
    return tf.get_variable(name, initializer=value, use_resource=resource)


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("function", ROW_FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.float16])
def test_scatter(function, resource, dtype):
    def program(tf):
        v = variable(tf, resource, ROWS.astype(dtype))
        scatter = getattr(tf, f"scatter_{function}")
        rows = scatter(v, [3, 1, 3] if function != "update" else [3, 1, 0],
                       np.full([3, 3], 2, dtype), name="mine")
        with tf.control_dependencies([rows]):
            more = scatter(v, [[0, 2]], np.array(3, dtype), use_locking=True)
        with tf.control_dependencies([more]):
            return [tf.identity(v.read_value())]
    assert_same(program)


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("function", SLICE_FUNCTIONS)
def test_scatter_nd(function, resource):
    def program(tf):
        v = variable(tf, resource)
        scatter = getattr(tf, f"scatter_nd_{function}")
        first = scatter(v, [[3, 1], [0, 2]], [10.0, 20.0], name="mine" if resource else None)
        with tf.control_dependencies([first]):
            second = scatter(v, [[1], [2]], ROWS[:2], use_locking=True)
        with tf.control_dependencies([second]):
            return [tf.identity(v.read_value())]
    assert_same(program)


@pytest.mark.parametrize("resource", [False, True])
def test_methods(resource):
    def program(tf):
        v = variable(tf, resource)
        delta = tf.IndexedSlices(tf.constant(ROWS[1:3]), tf.constant([2, 0]))
        made = []
        for method in ROW_FUNCTIONS:
            with tf.control_dependencies(made[-1:]):
                made.append(getattr(v, f"scatter_{method}")(delta))
        for method in [*SLICE_FUNCTIONS, "max", "min"]:
            with tf.control_dependencies(made[-1:]):
                made.append(getattr(v, f"scatter_nd_{method}")([[0, 1]], [5.0], name="mine"))
        with tf.control_dependencies(made[-1:]):
            return [tf.identity(v.read_value())]
    assert_same(program)


@pytest.mark.parametrize("resource", [False, True])
def test_batch_scatter_update(resource):
    def program(tf):
        v = variable(tf, resource, np.arange(24, dtype=np.float32).reshape(2, 3, 4))
        done = tf.batch_scatter_update(v, [[2, 0], [1, 2]], -np.ones([2, 2, 4], np.float32))
        with tf.control_dependencies([done]):
            return [tf.identity(v.read_value())]
    assert_same(program)


def test_a_changed_variable_is_changed_in_order():
    def program(tf):
        v = variable(tf, True)
        after = v.assign_add(tf.ones([4, 3])).scatter_nd_update([[0, 0]], [7.0])
        again = after.assign_sub(tf.ones([4, 3]) * 2)
        return [again.value(), tf.identity(again)]
    assert_same(program)


def test_gather_nd_of_a_resource_variable():
    def program(tf):
        v = variable(tf, True)
        picked = tf.gather_nd(v, [[0, 1], [3, 2]])
        rows = v.gather_nd([[1], [3]], name="mine")
        return [picked, rows, v.sparse_read([0, 2]), tf.gradients(picked * picked, v)[0],
                tf.gradients(rows * rows, v)[0].values]
    assert_same(program)


@pytest.mark.parametrize("resource", [False, True])
def test_count_up_to(resource):
    def program(tf):
        counter = tf.get_variable("counter", initializer=np.int64(0), use_resource=resource)
        return [tf.count_up_to(counter, 5, name="mine")], [{}, {}, {}]
    assert_same(program)


@pytest.mark.parametrize("resource", [False, True])
def test_the_limit(resource):
    with tk.Graph().as_default(), tk.Session() as session:
        counter = tk.get_variable("counter", initializer=0, use_resource=resource)
        session.run(counter.initializer)
        count = counter.count_up_to(2)
        assert [session.run(count), session.run(count)] == [0, 1]
        kind, message = error_of(lambda: session.run(count))
        assert (kind, "Reached limit of 2" in message) == ("OutOfRangeError", True)
        assert session.run(counter) == 2


@pytest.mark.parametrize("program", [
    lambda tf: tf.scatter_mul(variable(tf, False), [0], [1.0]),
    lambda tf: tf.scatter_div(variable(tf, True), [0], [1.0]),
    lambda tf: tf.scatter_nd_add(variable(tf, False), [[0], [1]], [[2.0], [1.0]]),
    lambda tf: tf.scatter_nd_add(variable(tf, True), [[0], [1]], [[2.0], [1.0]]),
    lambda tf: tf.scatter_nd_sub(variable(tf, False), 0, 2.0),
    lambda tf: tf.scatter_nd_update(variable(tf, False), [[0, 1, 2, 3]], [[2.0]]),
    lambda tf: tf.scatter_nd_update(variable(tf, False), [[0]], ROWS),
    lambda tf: tf.scatter_max(variable(tf, False), [0.5], ROWS[:1]),
    lambda tf: tf.scatter_max(tf.constant(ROWS), [0], ROWS[:1]),
    lambda tf: variable(tf, False).scatter_mul(2),
    lambda tf: variable(tf, True).scatter_min(2),
    lambda tf: tf.count_up_to(variable(tf, False), 3),
    lambda tf: tf.batch_scatter_update(variable(tf, False), tf.placeholder(tf.int32), ROWS),
    lambda tf: tf.tensor_scatter_nd_add(ROWS, [[0], [1]], [[2.0], [1.0]]),
    lambda tf: tf.tensor_scatter_nd_add(ROWS, 0, 2.0),
    lambda tf: tf.tensor_scatter_nd_add(5.0, [[0]], [2.0]),
    lambda tf: variable(tf, True).gather_nd([[0, 1, 2]]),
])
def test_errors(program):
    assert_same_error(program)


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("update, text", [
    (lambda v: tk.scatter_mul(v, [0, 4], 2.0), "indices[1] = 4 is not in [0, 4)"),
    (lambda v: tk.scatter_nd_add(v, [[0], [7]], ROWS[:2]), "indices[1] = [7] does not index into"),
    (lambda v: tk.scatter_nd_update(v, tk.placeholder_with_default([[0, 1, 2]], None),
                                    tk.placeholder_with_default([1.0], None)),
     "index innermost dimension length must be <= params rank"),
    (lambda v: tk.scatter_nd_update(v, tk.placeholder_with_default([[0, 1]], None),
                                    tk.placeholder_with_default([1.0, 2.0], None)),
     "must match dimensions of updates"),
    (lambda v: tk.scatter_nd_update(v, *(tk.placeholder_with_default(x, None) for x in (0, 1.0))),
     "indices must be at least a vector")])
def test_a_failed_update_changes_nothing(update, text, resource):
    with tk.Graph().as_default(), tk.Session() as session:
        v = variable(tk, resource)
        session.run(v.initializer)
        made = update(v)
        kind, message = error_of(lambda: session.run(made.op))
        assert kind == "InvalidArgumentError" and text in message
        np.testing.assert_array_equal(session.run(v), ROWS)


@pytest.mark.parametrize("resource", [False, True])
def test_a_division_by_zero(resource):
    with tk.Graph().as_default(), tk.Session() as session:
        v = tk.get_variable("v", initializer=np.array([7, -2 ** 31], np.int32),
                            use_resource=resource)
        session.run(v.initializer)
        kind, message = error_of(lambda: session.run(tk.scatter_div(v, [0, 1], [0, 1]).op))
        assert kind == "InvalidArgumentError" and "must not contain 0" in message
        session.run(tk.scatter_div(v, [0, 1], [2, -1]).op)
        assert session.run(v).tolist() == [3, -2 ** 31]


@pytest.mark.parametrize("resource", [False, True])
def test_a_snapshot_stays_as_it_is(resource):
    with tk.Graph().as_default(), tk.Session() as session:
        v = variable(tk, resource)
        session.run(v.initializer)
        before = session.run(v)
        session.run(tk.scatter_mul(v, [0], 0.0).op)
        session.run(v.scatter_nd_update([[1, 1]], [0.0]).op)
        np.testing.assert_array_equal(before, ROWS)


@pytest.mark.parametrize("function", ["add", "sub", "max", "min", "update"])
def test_tensor_scatter(function):
    def program(tf):
        x = tf.placeholder(tf.float32, [4, 3])
        updates = tf.placeholder(tf.float32, [2])
        slices = tf.constant(ROWS[2:0:-1])
        scatter = getattr(tf, f"tensor_scatter_nd_{function}")
        places = [[3, 1], [0, 2]]
        if function == "add":
            places = [[3, 1], [3, 1]]
        one = scatter(x, places, updates, name="mine")
        rows = scatter(x, tf.constant([[2], [1]], tf.int64), slices)
        return ([one, rows, tf.gradients(one * one, [x, updates]),
                 tf.gradients(rows * rows, [x, slices])],
                {x: ROWS, updates: [11.0, 1.0]})
    assert_same(program)


def test_older_names_of_tensor_scatter():
    def program(tf):
        return [tf.tensor_scatter_add(ROWS, [[0]], ROWS[:1]),
                tf.tensor_scatter_sub(ROWS, [[0]], ROWS[:1]),
                tf.tensor_scatter_update(ROWS, [[0]], ROWS[1:2]),
                tf.tensor_scatter_update(["a", "b"], [[1]], ["c"])]
    assert_same(program)


def test_any_number_of_nothing():
    with tk.Graph().as_default(), tk.Session() as session:
        indices = tk.placeholder_with_default(np.zeros([1 << 40, 0], np.int32), None)
        nothing = np.zeros([0, 2], np.float32)
        assert session.run(tk.size(tk.gather_nd(nothing, indices), out_type=tk.int64)) == 0
        whole = tk.gather_nd(ROWS, indices)
        assert error_of(lambda: session.run(whole))[0] == "ResourceExhaustedError"
