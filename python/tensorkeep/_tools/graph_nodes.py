"""Nodes of a GraphDef by their names: what rewriting a graph needs."""

from __future__ import annotations

import collections
import re
from typing import Any, Iterable, Mapping

import numpy as np
import tensorkeep as tf


def node_name_from_input(node_name: str) -> str:
    """The node of an input: "a:1" and "^a" are of node "a"."""
    return re.sub(r":\d+$", "", node_name.lstrip("^"))


def node_from_map(node_map: Mapping[str, Any], name: str) -> Any:
    """The node of an input. Raises ValueError if it is not in the map."""
    stripped = node_name_from_input(name)
    if stripped not in node_map:
        raise ValueError(f"No node named '{name}' found in map.")
    return node_map[stripped]


def nodes_by_name(graph_def: Any) -> dict[str, Any]:
    """The map of all nodes. Raises ValueError for a name that occurs twice."""
    nodes: dict[str, Any] = {}
    for node in graph_def.node:
        if node.name in nodes:
            raise ValueError(f"Duplicate node names detected for {node.name}")
        nodes[node.name] = node
    return nodes


def ensure_graph_is_valid(graph_def: Any) -> None:
    """Raises ValueError if a name occurs twice, or an input is of no node."""
    nodes = nodes_by_name(graph_def)
    for node in graph_def.node:
        for name in node.input:
            if node_name_from_input(name) not in nodes:
                raise ValueError(f"Input for {node.name} not found: {name}")


def uses(graph_def: Any) -> collections.Counter:
    """How often each node is an input."""
    return collections.Counter(
        node_name_from_input(name) for node in graph_def.node for name in node.input)


def values_from_const(node_def: Any) -> np.ndarray:
    """The values of a Const. Raises ValueError for another node."""
    if node_def.op != "Const":
        raise ValueError(
            f"Can not extract constant value from a node that is not Const. Got:\n{node_def}")
    return tf.make_ndarray(node_def.attr["value"].tensor)


def constant(name: str, values: Any, like: np.ndarray, shape: Any = None) -> Any:
    """A Const with these values, of the type of others; one value may fill a shape."""
    node = tf.NodeDef(name=name, op="Const")
    node.attr["dtype"].type = tf.as_dtype(like.dtype).as_datatype_enum
    values = np.asarray(values).astype(like.dtype)
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(
        values, like.dtype, values.shape if shape is None else shape, allow_broadcast=True))
    return node


def rewritten(graph_def: Any, without: Iterable[str], new_nodes: Iterable[Any]) -> Any:
    """A graph without some nodes and control edges from them, and with others at its end.

    An edge stays if a new node has the name.
    """
    without, new_nodes = set(without), list(new_nodes)
    lost = {f"^{name}" for name in without.difference(node.name for node in new_nodes)}
    result = tf.GraphDef()
    for node in graph_def.node:
        if node.name in without:
            continue
        kept = result.node.add()
        kept.CopyFrom(node)
        kept.input[:] = [name for name in node.input if name not in lost]
    result.node.extend(new_nodes)
    result.versions.CopyFrom(graph_def.versions)
    result.library.CopyFrom(graph_def.library)
    return result
