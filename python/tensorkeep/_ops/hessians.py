"""tf.hessians: second derivatives, row by row in a loop."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf

__all__ = ["hessians"]


def _hessian(gradient: Any, x: Any) -> Any:
    flat = tf.reshape(gradient, [-1])
    size = tf.size(x)
    start = [tf.constant(0, tf.int32), tf.TensorArray(x.dtype, size)]
    _, rows = tf.while_loop(
        lambda j, _: j < size,
        lambda j, rows: (j + 1, rows.write(j, tf.gradients(flat[j], x)[0])), start)
    shape = tf.shape(x)
    return tf.reshape(rows.stack(), tf.concat((shape, shape), 0))


def hessians(ys: Any, xs: Any, name: str | None = "hessians",
             colocate_gradients_with_ops: bool = False, gate_gradients: bool = False,
             aggregation_method: Any = None) -> list[Any]:
    """The second derivatives of the sum of `ys` with respect to each of `xs`.

    Args:
      ys: a tensor or a list of them.
      xs: a tensor or variable, or a list of them.
      name: unused, as in TensorFlow.
      colocate_gradients_with_ops, gate_gradients, aggregation_method: those of `tf.gradients`.

    Returns:
      For each x a tensor of shape x.shape + x.shape.

    Raises:
      LookupError: an operation between xs and ys has no gradient.
    """
    xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    first = tf.gradients(ys, xs, colocate_gradients_with_ops=colocate_gradients_with_ops,
                         gate_gradients=gate_gradients, aggregation_method=aggregation_method)
    return [_hessian(gradient, x) for gradient, x in zip(first, xs)]
