"""Functions whose gradient is passed on as if they were the identity."""

from __future__ import annotations

import functools
import itertools
from typing import Any, Callable

import tensorkeep as tf
from tensorkeep._framework import nest

_numbers = itertools.count()


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function `f`, with a gradient that goes past it to its arguments.

    Args:
      f: takes tensors, and gives as many: one, or a nest of them.

    Returns:
      A function of the same arguments, by place. What variables `f` uses get no gradient.
    """
    @functools.wraps(f)
    def passing(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError("The custom_gradient decorator currently supports keywords arguments "
                             "only when eager execution is enabled.")
        given = nest.map_structure(tf.convert_to_tensor, args)
        result = f(*given)
        results, inputs = nest.flatten(result), nest.flatten(given)
        name = f"GradPassThrough-{next(_numbers)}"

        @tf.RegisterGradient(name)
        def passed(op: Any, *grads: Any) -> list[Any]:
            return [None] * len(results) + list(grads[:len(results)])

        with tf.get_default_graph().gradient_override_map({"IdentityN": name}):
            outputs = tf.identity_n(results + inputs)
        return nest.pack_sequence_as(result, outputs[:len(results)])

    return passing
