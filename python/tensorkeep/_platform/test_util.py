"""`python.framework.test_util`: comparing graphs, and decorators that mean nothing here."""

from __future__ import annotations

from typing import Any, Callable

__all__ = [
    "TensorFlowTestCase", "assert_equal_graph_def", "assert_ops_in_graph",
    "deprecated_graph_mode_only", "is_gpu_available", "run_all_in_graph_and_eager_modes",
    "run_deprecated_v1", "run_in_graph_and_eager_modes", "run_v1_only",
]


def __getattr__(name: str) -> Any:
    """What the module of `tf.test` has, which imports this one."""
    if name in ("TensorFlowTestCase", "is_gpu_available"):
        from tensorkeep._platform import test
        return test.TestCase if name == "TensorFlowTestCase" else test.is_gpu_available
    raise AttributeError(name)


def assert_equal_graph_def(actual: Any, expected: Any, checkpoint_v2: bool = False,
                           hash_table_shared_name: bool = False) -> None:
    """Asserts that two GraphDefs have the same nodes, in any order, whatever their versions.

    Args:
      actual: a GraphDef.
      expected: another.
      checkpoint_v2: whether the random parts of temporary checkpoints' names count as equal.
      hash_table_shared_name: whether the shared names of hash tables count as equal.

    Raises:
      AssertionError: with the first difference.
      TypeError: one is no GraphDef.
    """
    left, right = (_nodes(graph, checkpoint_v2, hash_table_shared_name)
                   for graph in (actual, expected))
    for name in [*left, *(name for name in right if name not in left)]:
        if left.get(name) != right.get(name):
            raise AssertionError(f"The graphs differ in node {name!r}:\n"
                                 f"actual: {left.get(name)}\nexpected: {right.get(name)}")


def _nodes(graph_def: Any, checkpoint_v2: bool, hash_table_shared_name: bool) -> dict[str, Any]:
    if not hasattr(graph_def, "node"):
        raise TypeError(f"Expected a GraphDef, got {type(graph_def).__name__}")
    nodes = {}
    for node in graph_def.node:
        copy = type(node)()
        copy.CopyFrom(node)
        if checkpoint_v2 and copy.op == "Const" and b"_temp_" in _text(copy):
            copy.attr.pop("value")
        if hash_table_shared_name and copy.op in ("HashTable", "HashTableV2"):
            copy.attr.pop("shared_name", None)
        nodes[node.name] = copy
    return nodes


def _text(node: Any) -> bytes:
    return b"".join(node.attr["value"].tensor.string_val)


def assert_ops_in_graph(expected_ops: dict[str, str], graph: Any) -> dict[str, Any]:
    """Asserts that a graph has operations by these names, of these types; returns their nodes.

    Raises:
      ValueError: one is missing or of another type.
    """
    nodes = {node.name: node for node in graph.as_graph_def().node}
    for name, op_type in expected_ops.items():
        if name not in nodes:
            raise ValueError(f"Expected op {name!r} is not in the graph")
        if nodes[name].op != op_type:
            raise ValueError(f"Expected op {name!r} to be {op_type}, it is {nodes[name].op}")
    return {name: nodes[name] for name in expected_ops}


def _as_it_is(decorated: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Decorates nothing, with or without arguments."""
    if callable(decorated):
        return decorated
    return lambda function: function


deprecated_graph_mode_only: Callable = _as_it_is
run_all_in_graph_and_eager_modes: Callable = _as_it_is
run_deprecated_v1: Callable = _as_it_is
run_in_graph_and_eager_modes: Callable = _as_it_is
run_v1_only: Callable = _as_it_is
