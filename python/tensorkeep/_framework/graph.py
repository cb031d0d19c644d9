"""Functions of the default graph, and its collections."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Iterator

from tensorkeep import _core


class GraphKeys:
    """Names of the standard collections."""

    GLOBAL_VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    SUMMARIES = "summaries"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    CONCATENATED_VARIABLES = "concatenated_variables"
    SAVERS = "savers"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    UPDATE_OPS = "update_ops"
    LOSSES = "losses"
    SAVEABLE_OBJECTS = "saveable_objects"
    RESOURCES = "resources"
    LOCAL_RESOURCES = "local_resources"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    SUMMARY_OP = "summary_op"
    GLOBAL_STEP = "global_step"
    EVAL_STEP = "eval_step"
    TRAIN_OP = "train_op"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"
    VARIABLES = GLOBAL_VARIABLES  # its older name


def add_to_collection(name: str, value: Any) -> None:
    """Adds a value to a collection of the default graph."""
    _core.get_default_graph().add_to_collection(name, value)


def add_to_collections_of(graph: Any, names: Any, value: Any) -> None:
    """Adds a value to several collections of a graph, or to one by its name."""
    for name in (names,) if isinstance(names, str) else dict.fromkeys(names):
        graph.add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """Adds a value to several collections, or to one by its name."""
    add_to_collections_of(_core.get_default_graph(), names, value)


def get_collection(key: str, scope: str | None = None) -> list[Any]:
    """A list of what is in the collection; with `scope`, of what has a name that matches it."""
    return _core.get_default_graph().get_collection(key, scope)


class _CollectionList(list):
    """A collection as a list: what changes in it changes in the graph."""

    def __init__(self, graph: Any, name: str) -> None:
        super().__init__(graph.get_collection(name))
        self._graph = graph
        self._name = name

    def _publish(self) -> None:
        self._graph.clear_collection(self._name)
        for item in self:
            self._graph.add_to_collection(self._name, item)


def _publishing(method: str) -> Any:
    change = getattr(list, method)

    def changed(self: _CollectionList, *arguments: Any, **options: Any) -> Any:
        result = change(self, *arguments, **options)
        self._publish()
        return self if method in ("__iadd__", "__imul__") else result

    changed.__name__ = method
    return changed


for _method in ("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse",
                "__setitem__", "__delitem__", "__iadd__", "__imul__"):
    setattr(_CollectionList, _method, _publishing(_method))


def collection_ref(graph: Any, name: str) -> list[Any]:
    """A graph's collection itself: what is changed in the list is changed in the graph."""
    return _CollectionList(graph, name)


def get_collection_ref(key: str) -> list[Any]:
    """The collection itself: what is changed in the list is changed in the graph."""
    return collection_ref(_core.get_default_graph(), key)


def get_all_collection_keys() -> list[str]:
    """A list of the default graph's collections."""
    return _core.get_default_graph().get_all_collection_keys()


def get_name_scope() -> str:
    """The default graph's name scope of the moment, without a slash at its end."""
    return _core.get_default_graph().get_name_scope()


def has_default_graph() -> bool:
    """True: there always is one."""
    return True


@contextlib.contextmanager
def init_scope() -> Iterator[None]:
    """Leaves control dependencies, and the branch or loop that is being built, for a while."""
    graph = _core.get_default_graph()
    scope = graph.get_name_scope()
    with graph.control_dependencies(None), graph.name_scope(f"{scope}/" if scope else None):
        yield


@contextlib.contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """name_scope with its arguments in the older order."""
    with _core.name_scope(name, default_name, values) as scope:
        yield scope


def op_def_for_type(type: str) -> Any:  # pylint: disable=redefined-builtin
    """The definition of an operation type. Raises ValueError if there is none."""
    found = _core.find_op_def(type)
    if found is None:
        raise ValueError(f"There is no operation type {type!r}.")
    return found


def gradient_override_map(graph: Any, op_type_map: dict[str, str]) -> Any:
    """A context: operations made in it have the gradients that RegisterGradient gave other names.

    Args:
      graph: of the operations.
      op_type_map: from types of operations to names of gradients.

    Raises:
      TypeError: if it is not a dict of strings.
    """
    if not isinstance(op_type_map, dict):
        raise TypeError("op_type_map must be a dictionary mapping strings to strings")
    for op_type, name in op_type_map.items():
        if not isinstance(op_type, str) or not isinstance(name, str):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
    return _core._gradient_overrides(graph, op_type_map)  # pylint: disable=protected-access


def container(container_name: str) -> Any:
    """Gives the attribute `container` to the variables and tables made inside."""
    return container_in(_core.get_default_graph(), container_name)


@contextlib.contextmanager
def container_in(graph: Any, container_name: str) -> Iterator[None]:
    """The same in a given graph."""
    before = graph.__dict__.get("_container", "")
    graph._container = container_name  # pylint: disable=protected-access
    try:
        with graph._attr_scope({"container": container_name}):  # pylint: disable=protected-access
            yield
    finally:
        graph._container = before  # pylint: disable=protected-access


def name_from_scope_name(name: str) -> str:
    """"a/b/" as "a/b"."""
    return name[:-1] if name.endswith("/") else name


def strip_name_scope(name: str, export_scope: str | None) -> str:
    """The name relative to a scope, with "^" and "loc:@" kept in front."""
    if not export_scope:
        return name
    scope = export_scope[:-1] if export_scope.endswith("/") else export_scope
    return re.sub(rf"([\^]|loc:@|^){re.escape(scope)}[\/]+(.*)", r"\1\2", name, count=1)


def prepend_name_scope(name: str, import_scope: str | None) -> str:
    """The name inside a scope, with "^" and "loc:@" kept in front."""
    if not import_scope:
        return name
    scope = import_scope[:-1] if import_scope.endswith("/") else import_scope
    return re.sub(r"([\^]|loc:@|^)(.*)", rf"\1{scope}/\2", name, count=1)


def convert_n_to_tensor(values: Any, dtype: Any = None, name: str | None = None,
                        preferred_dtype: Any = None) -> list[Any]:
    """Each of a sequence as a tensor; named name_0, name_1, ..."""
    return [_core.convert_to_tensor(value, dtype=dtype, name=name and f"{name}_{position}",
                                    preferred_dtype=preferred_dtype)
            for position, value in enumerate(values)]
