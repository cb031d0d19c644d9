"""tf.layers.Layer: variables under a scope of their own, made when the layer is first called."""

from __future__ import annotations

import functools
import inspect
import re
import weakref
from typing import Any, Callable, Iterable

import numpy as np
import tensorkeep as tf
from tensorkeep._layers import options

_names: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # graph: {class: how many}


def _snake_case(name: str) -> str:
    spaced = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", spaced).lower()


def _flat(nest: Any) -> list[Any]:
    if isinstance(nest, dict):
        nest = [nest[key] for key in sorted(nest)]
    if isinstance(nest, (list, tuple)):
        return [each for item in nest for each in _flat(item)]
    return [] if nest is None else [nest]


def _add_new(elements: Iterable[Any], collection: str) -> None:
    """Puts into the collection what is not in it."""
    present = tf.get_collection_ref(collection)
    for element in elements:
        if not any(element is each or element == each for each in present
                   if type(element) is type(each)):
            present.append(element)


def _parts(variable: Any) -> list[Any]:
    """The variables behind what get_variable gave: several if there was a partitioner."""
    return list(variable) if hasattr(variable, "as_tensor") else [variable]


class Layer:
    """A function of tensors with variables, which each call after the first uses again.

    A subclass makes its variables by `add_weight` in `build(input_shape)` and computes in
    `call(inputs)`. The variables' names begin with the layer's scope: its name where it was given
    one, else that of the class, made unique ("dense", "dense_1").

    Args:
      trainable: whether its variables go into TRAINABLE_VARIABLES.
      name: also opens the variables' scope. Of the class if there is none.
      dtype: of its variables; that of the first input if there is none.
      activity_regularizer: a loss from each output, divided by the batch's size.
      _scope: the variables' scope where it is not the name's.
      _reuse: whether its variables are there already, as in `tf.variable_scope`.
    """

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None,
                 activity_regularizer: Callable | None = None, _scope: Any = None,
                 _reuse: bool | None = None, **kwargs: Any) -> None:
        for key in kwargs:
            raise TypeError("Keyword argument not understood:", key)
        self.trainable = trainable
        self.built = False
        self.input_spec: Any = None
        self._dtype = None if dtype is None else tf.as_dtype(dtype)
        self._activity_regularizer = activity_regularizer
        self._reuse = _reuse
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._losses: list[Any] = []
        self._callable_losses: list[Callable] = []
        self._updates: list[Any] = []
        self._set_name(name)
        self._current_scope: Any = None
        self._scope: Any = None
        if _scope:
            with tf.variable_scope(_scope) as scope:
                self._scope = scope

    def _set_name(self, name: Any) -> None:
        if name and not isinstance(name, tf.VariableScope):
            self._name = self._base_name = name
            return
        of_class = _snake_case(type(self).__name__)
        counts = _names.setdefault(tf.get_default_graph(), {})
        counts[of_class] = counts.get(of_class, 0) + 1
        self._name = f"{of_class}_{counts[of_class]}"
        self._base_name = name.name if name else of_class

    @property
    def name(self) -> str:
        """The layer's name, unique among layers without one."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The type of its variables, or None before there are inputs."""
        return self._dtype

    @property
    def scope_name(self) -> str:
        """The name of its variables' scope. ValueError before it was called."""
        if self._scope is None:
            raise ValueError(f'No name available for layer scope because the layer "{self._name}" '
                             "has not been used yet. The scope name  is determined the first time "
                             "the layer instance is called. You must therefore call the layer "
                             "before querying `scope_name`.")
        return self._scope.name

    @property
    def graph(self) -> None:
        """None: layers do not keep their graph."""
        return None

    @property
    def activity_regularizer(self) -> Callable | None:
        """The function that makes a loss of the outputs; None without."""
        return self._activity_regularizer

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that training changes; none of a layer that is not trainable."""
        return list(self._trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The others, which for a layer that is not trainable are all."""
        if self.trainable:
            return list(self._non_trainable_weights)
        return self._trainable_weights + self._non_trainable_weights

    @property
    def weights(self) -> list[Any]:
        """All variables, the trainable ones first."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def trainable_variables(self) -> list[Any]:
        """A list of the variables that are trained."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        """A list of the variables that are not trained."""
        return self.non_trainable_weights

    @property
    def variables(self) -> list[Any]:
        """A list of all variables, trained ones first."""
        return self.weights

    @property
    def updates(self) -> list[Any]:
        """What is to be run with each training step; it is in UPDATE_OPS, too."""
        return list(self._updates) if self.trainable else []

    @property
    def losses(self) -> list[Any]:
        """The regularizers' losses, those of variables computed anew."""
        made = (loss() for loss in self._callable_losses)
        return self._losses + [loss for loss in made if loss is not None]

    def count_params(self) -> int:
        """How many numbers its variables hold. ValueError before it was called."""
        if not self.built:
            raise ValueError(f"You tried to call `count_params` on {self.name}, but the layer "
                             "isn't built. You can build it manually via: `"
                             f"{self.name}.build(batch_input_shape)`.")
        return sum(int(np.prod(weight.shape.as_list())) for weight in self.weights)

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Keeps losses, tensors or functions that make them, and adds them to
        REGULARIZATION_LOSSES.
        """
        new = []
        for loss in _flat(losses):
            if callable(loss) and not isinstance(loss, tf.Tensor):
                self._callable_losses.append(loss)
                loss = loss()
            else:
                loss = tf.convert_to_tensor(loss)
                self._losses.append(loss)
            if loss is not None:
                new.append(loss)
        _add_new(new, tf.GraphKeys.REGULARIZATION_LOSSES)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Keeps operations to be run with each training step, or functions that make them."""
        for update in _flat(updates):
            if callable(update) and not isinstance(update, (tf.Tensor, tf.Operation)):
                update = update()
            if not isinstance(update, tf.Operation):
                update = update.op if hasattr(update, "op") else tf.convert_to_tensor(update).op
            self._updates.append(update)

    def _set_scope(self, scope: Any = None) -> None:
        if self._scope is not None:
            return
        if self._reuse:
            opened = tf.variable_scope(self._base_name if scope is None else scope)
        else:
            opened = tf.variable_scope(scope, default_name=self._base_name)
        with opened as captured:
            self._scope = captured

    def add_weight(self, name: str, shape: Any, dtype: Any = None, initializer: Any = None,
                   regularizer: Callable | None = None, trainable: bool | None = None,
                   constraint: Callable | None = None, use_resource: bool | None = None,
                   synchronization: Any = None, aggregation: Any = None,
                   partitioner: Callable | None = None) -> Any:
        """A variable in the layer's scope: a new one, or where the scope reuses the one there is.

        Args:
          name: behind the scope's.
          shape: its shape.
          dtype: the layer's type if there is none, or float32.
          initializer, constraint, partitioner, use_resource: as for `tf.get_variable`.
          regularizer: its loss goes into REGULARIZATION_LOSSES, once for each variable.
          trainable: True, unless `synchronization` is ON_READ.

        Returns:
          What `tf.get_variable` gives.

        Raises:
          ValueError: as by `tf.get_variable`, and for a trainable variable that is ON_READ.
        """
        on_read = synchronization == tf.VariableSynchronization.ON_READ
        if on_read and trainable:
            raise ValueError(
                "Synchronization value can be set to VariableSynchronization.ON_READ only for "
                "non-trainable variables. You have specified trainable=True and "
                "synchronization=VariableSynchronization.ON_READ.")
        trainable = (not on_read if trainable is None else bool(trainable)) and self.trainable
        existing = {variable.name for variable in tf.global_variables()}
        more = {} if synchronization is None else {"synchronization": synchronization}
        if aggregation is not None:
            more["aggregation"] = aggregation
        self._set_scope()
        with tf.variable_scope(self._scope, reuse=self.built or self._reuse,
                               auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            with tf.name_scope(scope.original_name_scope):
                variable = tf.get_variable(
                    name, shape, dtype=tf.as_dtype(dtype or self.dtype or tf.float32),
                    initializer=options.initializer(initializer), trainable=trainable,
                    constraint=constraint, partitioner=partitioner,
                    use_resource=use_resource or scope.use_resource, **more)
                if regularizer and not any(v.name in existing for v in _parts(variable)):
                    for part in _parts(variable):
                        self.add_loss(functools.partial(self._regularize, name, regularizer, part))
        in_graph = {each.name for each in tf.trainable_variables()} if trainable else ()
        for part in _parts(variable):
            # A variable that was there already keeps its own flag.
            weights = (self._trainable_weights if part.name in in_graph
                       else self._non_trainable_weights)
            weights.append(part)
        return variable

    def _regularize(self, name: str, regularizer: Callable, variable: Any) -> Any:
        with tf.name_scope(f"{name}/Regularizer"):
            return regularizer(variable)

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The older name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Makes the variables. Subclasses do it here."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs. Subclasses do it here."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of what the layer makes of inputs of `input_shape`."""
        raise NotImplementedError

    def _check(self, tensors: list[Any]) -> None:
        specs = _flat(self.input_spec)
        if specs and len(tensors) != len(specs):
            raise ValueError(f"Layer {self.name} expects {len(specs)} inputs, but it received "
                             f"{len(tensors)} input tensors. Inputs received: {tensors}")
        for index, (spec, tensor) in enumerate(zip(specs, tensors)):
            spec.check(tensor, index, self.name)

    def _build_from(self, inputs: Any, tensors: list[Any]) -> None:
        if self._dtype is None and tensors:
            self._dtype = tensors[0].dtype.base_dtype
        one = not isinstance(inputs, (list, tuple, dict))
        self.build(tensors[0].shape if one else [tensor.shape for tensor in tensors])
        self.built = True

    def _regularize_outputs(self, outputs: Any) -> None:
        with tf.name_scope("ActivityRegularizer"):
            for output in _flat(outputs):
                loss = tf.convert_to_tensor(self._activity_regularizer(output))
                self.add_loss(loss / tf.cast(tf.shape(output)[0], loss.dtype))

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds the layer's operations to the graph, and the first time its variables.

        Args:
          inputs: a tensor or a nest of them, and what else `call` takes.
          scope: the variables' scope, where the layer has none yet.

        Returns:
          What `call` returns.

        Raises:
          ValueError: an input's shape is none the layer takes.
        """
        self._set_scope(kwargs.pop("scope", None))
        if isinstance(inputs, (np.ndarray, float, int)):
            inputs = tf.convert_to_tensor(inputs)
        tensors = _flat(inputs)
        with tf.variable_scope(self._scope, reuse=True if self.built else self._reuse,
                               auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            if "scope" in inspect.signature(self.call).parameters:
                kwargs["scope"] = scope
            self._check(tensors)
            with tf.name_scope(scope.original_name_scope):
                if not self.built:
                    self._build_from(inputs, tensors)
                outputs = self.call(inputs, *args, **kwargs)
                if outputs is None:
                    raise ValueError("A layer's `call` method should return a Tensor or a list of "
                                     f"Tensors, not None (layer: {self.name}).")
                if self._activity_regularizer:
                    self._regularize_outputs(outputs)
        _add_new(self.updates, tf.GraphKeys.UPDATE_OPS)
        return outputs

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer."""
        return self(inputs, *args, **kwargs)
