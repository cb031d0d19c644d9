"""A frozen graph made smaller and faster."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._tools import strip_unused_lib
from tensorkeep._tools.batch_norms import (
    EPSILON_ATTR, INPUT_ORDER, fold_batch_norms, fuse_decomposed_batch_norm)
from tensorkeep._tools.graph_nodes import (
    constant, ensure_graph_is_valid, node_from_map, node_name_from_input, nodes_by_name, rewritten,
    values_from_const)
from tensorkeep._tools.resize_and_conv import fuse_resize_and_conv

__all__ = [
    "EPSILON_ATTR", "INPUT_ORDER", "convert_placeholder_to_const", "ensure_graph_is_valid",
    "fold_batch_norms", "fuse_decomposed_batch_norm", "fuse_resize_and_conv", "node_from_map",
    "node_name_from_input", "optimize_for_inference", "values_from_const",
]

# Placeholders that tell training from inference, and what they are in inference.
_KNOWN_PLACEHOLDERS = {"keras_learning_phase": "False"}


def optimize_for_inference(input_graph_def: Any, input_node_names: Sequence[str],
                           output_node_names: Sequence[str], placeholder_type_enum: Any,
                           toco_compatible: bool = False,
                           placeholder_to_const_names: Sequence[str] | None = None) -> Any:
    """Strips what outputs do not need, takes out training nodes, folds batch normalisations.

    Args:
      input_graph_def: a frozen GraphDef.
      input_node_names: nodes that are fed; they become placeholders.
      output_node_names: nodes to keep with all that they need.
      placeholder_type_enum: the placeholders' type as a number, or a list with one for each.
      toco_compatible: whether to leave resizing and padding apart from convolutions.
      placeholder_to_const_names: for `convert_placeholder_to_const`.

    Returns:
      A GraphDef.

    Raises:
      ValueError: the graph has two nodes of one name, or an input that is of no node.
    """
    ensure_graph_is_valid(input_graph_def)
    graph_def = convert_placeholder_to_const(input_graph_def, placeholder_to_const_names)
    graph_def = strip_unused_lib.strip_unused(graph_def, input_node_names, output_node_names,
                                              placeholder_type_enum)
    graph_def = tf.graph_util.remove_training_nodes(graph_def, list(output_node_names))
    graph_def = fuse_decomposed_batch_norm(graph_def)
    graph_def = fold_batch_norms(graph_def)
    if not toco_compatible:
        graph_def = fuse_resize_and_conv(graph_def, output_node_names)
    ensure_graph_is_valid(graph_def)
    return graph_def


def convert_placeholder_to_const(input_graph_def: Any,
                                 nodes_to_convert: Sequence[str] | None = None) -> Any:
    """Makes constants of boolean placeholders.

    Args:
      input_graph_def: a GraphDef.
      nodes_to_convert: texts such as "is_training=False"; a placeholder is meant if its name holds
        the text before "=". Keras's learning phase is always among them.

    Returns:
      A GraphDef.

    Raises:
      ValueError: two nodes of one name.
    """
    nodes_by_name(input_graph_def)
    values = dict(_KNOWN_PLACEHOLDERS)
    for text in nodes_to_convert or ():
        key, equals, value = text.partition("=")
        if equals:
            values[key.strip()] = value
    result = rewritten(input_graph_def, (), ())
    for node in result.node:
        matches = [key for key in values if key in node.name]
        if not node.op.startswith("Placeholder") or not matches:
            continue
        if node.attr["dtype"].type != tf.bool.as_datatype_enum:
            tf.logging.warning("Not converting %s to Const: it is not boolean", node.name)
            continue
        value = tf.bool.as_numpy_dtype(values[matches[0]] in ("True", "true"))
        node.CopyFrom(constant(node.name, value, value))
    return result
