"""Functions that make their variables once."""

from __future__ import annotations

import functools
import traceback
from typing import Any, Callable

import tensorkeep as tf


class Template:
    """A function in a variable scope of its own, whose first call makes the variables of all."""

    def __init__(self, name: str, func: Callable[..., Any], create_scope_now: bool = False,
                 unique_name: str | None = None, custom_getter: Any = None) -> None:
        if name is None:
            raise ValueError("name cannot be None.")
        self._made_at = traceback.format_stack()[:-2]
        self._name = name
        self._func = func
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._variable_scope: Any = None
        self._variables_created = False
        self._first_call = True
        if create_scope_now:
            with tf.variable_scope(unique_name, default_name=name, custom_getter=custom_getter,
                                   auxiliary_name_scope=False) as scope:
                self._variable_scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._variable_scope is not None:
            with tf.variable_scope(self._variable_scope, reuse=not self._first_call):
                return self._call(args, kwargs)
        with tf.variable_scope(self._unique_name, default_name=self._name,
                               custom_getter=self._custom_getter) as scope:
            self._variable_scope = scope
            return self._call(args, kwargs)

    def _call(self, args: Any, kwargs: Any) -> Any:
        try:
            if not self._variables_created:
                self._first_call = False
                try:
                    result = self._func(*args, **kwargs)
                except BaseException:
                    self._first_call = True
                    raise
                self._variables_created = True
                return result
            before = len(tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES))
            global_before = len(tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES))
            result = self._func(*args, **kwargs)
            trainable = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)
            if len(trainable) != before:
                raise ValueError(
                    "Trainable variable created when calling a template after the first time, "
                    "perhaps you used tf.Variable when you meant tf.get_variable: "
                    f"{trainable[before:]}")
            made = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)[global_before:]
            if made:
                tf.logging.info(
                    "New variables created when calling a template after the first time, perhaps "
                    "you used tf.Variable when you meant tf.get_variable: %s", made)
            return result
        except Exception as error:
            where = "".join(self._made_at[-1:])
            first = error.args[0] if error.args else ""
            error.args = (f"{first}\n\noriginally defined at:\n{where}", *error.args[1:])
            raise

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function."""
        return self._func

    @property
    def variable_scope(self) -> Any:
        """Its variable scope; None before the first call."""
        return self._variable_scope

    @property
    def var_scope(self) -> Any:
        """The older name of variable_scope."""
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The scope's name with a slash; None before the first call."""
        if self._variable_scope is None:
            return None
        name = self._variable_scope.name
        return name if not name or name.endswith("/") else f"{name}/"

    def _collection(self, key: str) -> list[Any]:
        return tf.get_collection(key, self.variable_scope_name) if self._variables_created else []

    @property
    def trainable_variables(self) -> list[Any]:
        """Its trainable variables."""
        return self._collection(tf.GraphKeys.TRAINABLE_VARIABLES)

    @property
    def global_variables(self) -> list[Any]:
        """Its global variables."""
        return self._collection(tf.GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """Its local variables."""
        return self._collection(tf.GraphKeys.LOCAL_VARIABLES)

    @property
    def variables(self) -> list[Any]:
        """Its global and local variables."""
        return self.global_variables + self.local_variables

    @property
    def non_trainable_variables(self) -> list[Any]:
        """Its global variables that are not trainable."""
        trainable = {id(each) for each in self.trainable_variables}
        return [each for each in self.global_variables if id(each) not in trainable]

    @property
    def weights(self) -> list[Any]:
        """The same as variables."""
        return self.variables

    @property
    def trainable_weights(self) -> list[Any]:
        """The same as trainable_variables."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The same as non_trainable_variables."""
        return self.non_trainable_variables


def make_template(name_: str, func_: Callable[..., Any], create_scope_now_: bool = False,
                  unique_name_: str | None = None, custom_getter_: Any = None,
                  **kwargs: Any) -> Template:
    """A function whose variables are made by its first call and shared by all.

    Args:
      name_: of the scope; made unique where the scope is made.
      func_: makes variables by tf.get_variable.
      create_scope_now_: whether the scope is made here instead of by the first call.
      unique_name_: the scope's name as it is, instead of `name_`.
      custom_getter_: of the scope.
      **kwargs: arguments that `func_` gets in every call.

    Returns:
      The template. A call after the first that makes trainable variables raises ValueError.
    """
    func = functools.partial(func_, **kwargs) if kwargs else func_
    return Template(name_, func, create_scope_now_, unique_name_, custom_getter_)
