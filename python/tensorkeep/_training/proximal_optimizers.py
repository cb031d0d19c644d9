"""Optimizers with L1 and L2 penalties that hold exactly: small weights become zero."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw
from tensorkeep._ops.predicates import is_resource_variable

__all__ = ["AdagradDAOptimizer", "ProximalAdagradOptimizer", "ProximalGradientDescentOptimizer"]


def _handle(variable: Any) -> Any:
    """What an update takes: a resource variable's handle, or the reference."""
    return variable.handle if is_resource_variable(variable) else variable


def _update(optimizer: Any, kind: str, variable: Any, slots: list[str], arguments: list[Any],
            sparse: bool) -> Any:
    """Adds the update operation of a kind, as "ApplyAdagradDA" or "ResourceSparseApply...".

    Its arguments are the variable, its slots, and `arguments`.
    """
    resource = "Resource" if is_resource_variable(variable) else ""
    op_type = resource + ("Sparse" if sparse else "") + kind
    targets = [variable, *(optimizer.get_slot(variable, slot) for slot in slots)]
    return raw.operation(op_type, [*map(_handle, targets), *arguments],
                         use_locking=optimizer._use_locking)


def _constant_slots(optimizer: Any, variable: Any, **values: float) -> None:
    """Makes slots that are filled with one value each."""
    with tf.colocate_with(variable.op):
        filled = {name: tf.constant(value, shape=variable.shape, dtype=variable.dtype.base_dtype)
                  for name, value in values.items()}
    for name, value in filled.items():
        optimizer._get_or_make_slot(variable, value, name, optimizer._name)


class _ProximalOptimizer(tf.train.Optimizer):
    """Steps of gradient descent, each followed by one towards zero."""

    _kind: str
    _slots: list[str] = []

    def __init__(self, learning_rate: Any, l1_regularization_strength: Any,
                 l2_regularization_strength: Any, use_locking: bool, name: str) -> None:
        super().__init__(use_locking, name)
        self._hyperparameters = {"learning_rate": learning_rate,
                                 "l1_regularization_strength": l1_regularization_strength,
                                 "l2_regularization_strength": l2_regularization_strength}
        self._tensors: list[Any] = []

    def _prepare(self) -> None:
        self._tensors = [tf.convert_to_tensor(value, name=name)
                         for name, value in self._hyperparameters.items()]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return _update(self, self._kind, var, self._slots, [*self._tensors, grad], False)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        tensors = self._tensors
        if is_resource_variable(var):
            tensors = [tf.cast(each, grad.values.dtype) for each in tensors]
        return _update(self, self._kind, var, self._slots,
                       [*tensors, grad.values, grad.indices], True)


class ProximalGradientDescentOptimizer(_ProximalOptimizer):
    """variable = (variable - learning_rate * gradient, moved towards zero by learning_rate * l1)
    / (1 + learning_rate * l2).

    Duchi and Singer, "Efficient Learning using Forward-Backward Splitting".
    """

    _kind = "ApplyProximalGradientDescent"

    def __init__(self, learning_rate: Any, l1_regularization_strength: Any = 0.0,
                 l2_regularization_strength: Any = 0.0, use_locking: bool = False,
                 name: str = "ProximalGradientDescent") -> None:
        """Numbers, or tensors without dimensions; `name` of the scope of the nodes."""
        super().__init__(learning_rate, l1_regularization_strength, l2_regularization_strength,
                         use_locking, name)


class ProximalAdagradOptimizer(_ProximalOptimizer):
    """The same with the rates of Adagrad: learning_rate / sqrt(sum of squared gradients).

    The sums are in the slot "accumulator".
    """

    _kind = "ApplyProximalAdagrad"
    _slots = ["accumulator"]

    def __init__(self, learning_rate: Any, initial_accumulator_value: float = 0.1,
                 l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0,
                 use_locking: bool = False, name: str = "ProximalAdagrad") -> None:
        """Numbers, or tensors without dimensions.

        Raises:
          ValueError: `initial_accumulator_value` is not positive.
        """
        if initial_accumulator_value <= 0.0:
            raise ValueError("initial_accumulator_value must be positive: "
                             f"{initial_accumulator_value}")
        super().__init__(learning_rate, l1_regularization_strength, l2_regularization_strength,
                         use_locking, name)
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: Any) -> None:
        for variable in var_list:
            _constant_slots(self, variable, accumulator=self._initial_accumulator_value)


class AdagradDAOptimizer(tf.train.Optimizer):
    """Adagrad by dual averaging: each step starts anew from the sums of all gradients.

    variable = -learning_rate * (sum of gradients, moved towards zero by step * l1)
    / (step * l2 * learning_rate + sqrt(sum of squared gradients)). The sums are in the slots
    "gradient_accumulator" and "gradient_squared_accumulator". What a variable was at first does not
    matter.

    Duchi, Hazan and Singer, "Adaptive Subgradient Methods".
    """

    def __init__(self, learning_rate: Any, global_step: Any,
                 initial_gradient_squared_accumulator_value: float = 0.1,
                 l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0,
                 use_locking: bool = False, name: str = "AdagradDA") -> None:
        """`global_step` is the number of steps done, an int64 tensor or variable.

        Raises:
          ValueError: `initial_gradient_squared_accumulator_value` is not positive.
        """
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError("initial_gradient_squared_accumulator_value must be positive: "
                             f"{initial_gradient_squared_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._global_step = global_step
        self._initial_value = initial_gradient_squared_accumulator_value
        self._strengths = (l1_regularization_strength, l2_regularization_strength)
        self._learning_rate_tensor: Any = None
        self._next_step: Any = None

    def _create_slots(self, var_list: Any) -> None:
        for variable in var_list:
            _constant_slots(self, variable, gradient_accumulator=0.0,
                            gradient_squared_accumulator=self._initial_value)

    def _prepare(self) -> None:
        self._learning_rate_tensor = tf.convert_to_tensor(self._learning_rate,
                                                          name="learning_rate")
        with tf.colocate_with(self._learning_rate_tensor):
            self._next_step = tf.identity(self._global_step) + 1

    def _apply(self, variable: Any, gradient: list[Any], sparse: bool) -> Any:
        with tf.device(variable.device):
            step = tf.identity(self._next_step)
        dtype = variable.dtype.base_dtype
        numbers = [tf.cast(each, dtype) for each in (self._learning_rate_tensor, *self._strengths)]
        return _update(self, "ApplyAdagradDA", variable,
                       ["gradient_accumulator", "gradient_squared_accumulator"],
                       [*gradient, *numbers, step], sparse)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return self._apply(var, [grad], False)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        return self._apply(var, [grad.values, grad.indices], True)
