"""tf.test.compute_gradient: gradients against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorkeep as tf


def compute_gradient(x: Any, x_shape: Any, y: Any, y_shape: Any, x_init_value: Any = None,
                     delta: float = 1e-3, init_targets: Any = None,
                     extra_feed_dict: Any = None) -> Any:
    """The matrix of dy/dx as the graph's gradients give it, and as differences give it.

    Runs in the default session. Complex values count as two real ones.

    Args:
      x: a tensor, or a list of tensors.
      x_shape: its shape, or the list of their shapes.
      y: a tensor that depends on x.
      y_shape: its shape.
      x_init_value: where to take the gradient, an array or a list of arrays; random if there is
        none.
      delta: how far x is moved for the differences.
      init_targets: operations to run first.
      extra_feed_dict: what to feed besides.

    Returns:
      Two arrays, a row for each element of x and a column for each element of y; for a list a list
      of such pairs.
    """
    several = isinstance(x, list)
    xs, shapes = (x, x_shape) if several else ([x], [x_shape])
    values = [None] * len(xs)
    if x_init_value is not None:
        values = x_init_value if several else [x_init_value]
    gradients = [_gradient(each, y, y_shape) for each in xs]
    for target in init_targets or ():
        target.run()
    feeds = dict(extra_feed_dict or {})
    results = []
    for each, shape, value, (dx, dy) in zip(xs, shapes, values, gradients):
        shape = [shape] if isinstance(shape, int) else list(shape)
        value = _start(each, shape, value)
        results.append((_by_graph(each, value, dx, dy, y, y_shape, feeds),
                        _by_differences(each, value, y, delta, feeds)))
    return results if several else results[0]


def compute_gradient_error(x: Any, x_shape: Any, y: Any, y_shape: Any, x_init_value: Any = None,
                           delta: float = 1e-3, init_targets: Any = None,
                           extra_feed_dict: Any = None) -> Any:
    """The largest difference between the two matrices of `compute_gradient`."""
    results = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets,
                               extra_feed_dict)
    pairs = results if isinstance(results, list) else [results]
    return max((np.fabs(graph - differences).max() for graph, differences in pairs
                if graph.size), default=0)


def _gradient(x: Any, y: Any, y_shape: Any) -> tuple[Any, Any]:
    """dx, and the dy that it is computed from, which can be fed."""
    with x.graph.as_default():
        dy = tf.constant(1.0, shape=y_shape, dtype=y.dtype)
        # By an identity, for a dx that is dy itself could not be fetched while dy is fed.
        dx = tf.gradients(y, x, tf.identity(dy))[0]
        return (tf.convert_to_tensor(dx) if isinstance(dx, tf.IndexedSlices) else dx), dy


def _numpy_type(tensor: Any) -> Any:
    return tensor.dtype.base_dtype.as_numpy_dtype


def _real_type(tensor: Any) -> Any:
    return tensor.dtype.base_dtype.real_dtype.as_numpy_dtype


def _start(x: Any, shape: list, value: Any) -> np.ndarray:
    if value is not None:
        assert list(np.shape(value)) == shape, f"x_shape = {shape}, value = {np.shape(value)}"
        return np.asarray(value, dtype=_numpy_type(x))
    value = np.random.random_sample(shape).astype(_numpy_type(x))
    if x.dtype.is_complex:
        value.imag = np.random.random_sample(shape)
    return value


def _reals(array: np.ndarray, tensor: Any) -> np.ndarray:
    return np.ascontiguousarray(array).ravel().view(_real_type(tensor))


def _by_graph(x: Any, value: np.ndarray, dx: Any, dy: Any, y: Any, y_shape: Any,
              feeds: dict) -> np.ndarray:
    direction = np.zeros(y_shape, dtype=_numpy_type(y))
    flat = direction.reshape(-1).view(_real_type(y))
    session = tf.get_default_session()
    columns = []
    for column in range(flat.size):
        flat[column] = 1
        columns.append(_reals(session.run(dx, {**feeds, x: value, dy: direction}), x))
        flat[column] = 0
    if not columns:
        empty = session.run(dx, {**feeds, x: value, dy: direction})
        if empty.shape != value.shape or np.any(empty):
            raise ValueError(f"The gradient of an empty tensor is {empty!r}")
        return np.zeros((_reals(value, x).size, 0), dtype=_real_type(x))
    return np.stack(columns, axis=1)


def _by_differences(x: Any, value: np.ndarray, y: Any, delta: float, feeds: dict) -> np.ndarray:
    session = tf.get_default_session()

    def at(row: int, step: float) -> np.ndarray:
        moved = value.copy()
        moved.reshape(-1).view(_real_type(x))[row] += step
        return _reals(session.run(y, {**feeds, x: moved}), y)

    rows = [(at(row, delta) - at(row, -delta)) / _real_type(y)(2 * delta)
            for row in range(_reals(value, x).size)]
    if not rows:
        return np.zeros((0, _reals(session.run(y, {**feeds, x: value}), y).size), _real_type(x))
    return np.stack(rows).astype(_real_type(x))
