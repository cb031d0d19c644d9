"""A graph between given inputs and outputs."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from google.protobuf import text_format
from tensorkeep._tools.graph_files import read_message

__all__ = ["strip_unused", "strip_unused_from_files"]


def strip_unused(input_graph_def: Any, input_node_names: Sequence[str],
                 output_node_names: Sequence[str], placeholder_type_enum: Any) -> Any:
    """The part of a graph that outputs need, with placeholders for inputs.

    Args:
      input_graph_def: a GraphDef.
      input_node_names: nodes to become placeholders.
      output_node_names: nodes to keep with all that they need.
      placeholder_type_enum: the placeholders' type as a number, or a list with one for each.

    Returns:
      A GraphDef.

    Raises:
      ValueError: an input is a tensor's name.
      KeyError: an input is not in the graph.
    """
    for name in input_node_names:
        if ":" in name:
            raise ValueError(f"Name '{name}' appears to refer to a Tensor, not an Operation.")
    missing = set(input_node_names) - {node.name for node in input_graph_def.node}
    if missing:
        raise KeyError(f"The following input nodes were not found: {missing}.")
    types = placeholder_type_enum
    if not isinstance(types, (list, tuple)):
        types = [types] * len(input_node_names)
    graph_def = tf.GraphDef.FromString(input_graph_def.SerializeToString())
    for node in graph_def.node:
        if node.name not in input_node_names:
            continue
        kept = {key: node.attr[key] for key in ("_output_shapes", "shape") if key in node.attr}
        placeholder = tf.NodeDef(name=node.name, op="Placeholder", attr=kept)
        placeholder.attr["dtype"].type = types[list(input_node_names).index(node.name)]
        node.CopyFrom(placeholder)
    return tf.graph_util.extract_sub_graph(graph_def, list(output_node_names))


def strip_unused_from_files(input_graph: str, input_binary: bool, output_graph: str,
                            output_binary: bool, input_node_names: str, output_node_names: str,
                            placeholder_type_enum: Any) -> int | None:
    """`strip_unused` from file to file; the names have commas between.

    Returns:
      -1, with a message on the standard output, if there is no such file or no output is named.
    """
    if not tf.gfile.Exists(input_graph):
        print(f"Input graph file '{input_graph}' does not exist!")
        return -1
    if not output_node_names:
        print("You need to supply the name of a node to --output_node_names.")
        return -1
    graph_def = read_message(input_graph, input_binary, tf.GraphDef, "Input graph file")
    result = strip_unused(graph_def, input_node_names.split(","), output_node_names.split(","),
                          placeholder_type_enum)
    with tf.gfile.GFile(output_graph, "wb" if output_binary else "w") as file:
        file.write(result.SerializeToString() if output_binary
                   else text_format.MessageToString(result))
    print(f"{len(result.node)} ops in the final graph.")
    return None
