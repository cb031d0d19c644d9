"""Resizing and padding before a convolution, put into it."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import tensorkeep as tf
from tensorkeep._tools.graph_nodes import constant, node_from_map, nodes_by_name, rewritten, uses


def fuse_resize_and_conv(input_graph_def: Any, output_node_names: Sequence[str]) -> Any:
    """Replaces ResizeBilinear, MirrorPad, Conv2D by one FusedResizeAndPadConv2D or FusedPadConv2D.

    Nodes that nothing uses are left out.

    Args:
      input_graph_def: a GraphDef.
      output_node_names: nodes that stay, whoever uses them.

    Returns:
      A GraphDef.

    Raises:
      ValueError: two nodes of one name.
    """
    nodes = nodes_by_name(input_graph_def)
    counts = uses(input_graph_def)
    counts.update(output_node_names)
    added: list[Any] = []
    for conv in input_graph_def.node:
        if conv.op != "Conv2D":
            continue
        before = node_from_map(nodes, conv.input[0])
        pad = before if before.op == "MirrorPad" else None
        resize = node_from_map(nodes, pad.input[0]) if pad is not None else before
        resize = resize if resize.op == "ResizeBilinear" else None
        if pad is None and resize is None:
            continue
        counts[conv.name] = 0
        counts.subtract(each.name for each in (pad, resize) if each is not None)
        added += _fused(conv, pad, resize)
    unused = [node.name for node in input_graph_def.node if counts[node.name] < 1]
    return rewritten(input_graph_def, unused, added)


def _fused(conv: Any, pad: Any, resize: Any) -> list[Any]:
    """The new nodes: paddings of zero if there is no pad, and the convolution."""
    added = []
    fused = tf.NodeDef(
        name=conv.name, op="FusedPadConv2D" if resize is None else "FusedResizeAndPadConv2D")
    fused.attr["mode"].s = b"REFLECT"
    if pad is None:
        zeros = np.zeros([4, 2], np.int32)
        added.append(constant(f"{conv.name}_dummy_paddings", zeros, zeros))
        paddings = added[0].name
    else:
        paddings = pad.input[1]
        fused.attr["mode"].CopyFrom(pad.attr["mode"])
    if resize is not None:
        fused.input.extend(resize.input[:2])
        fused.attr["resize_align_corners"].CopyFrom(resize.attr["align_corners"])
    else:
        fused.input.append(pad.input[0])
    fused.input.extend([paddings, conv.input[1]])
    for attr in ("T", "strides", "padding"):
        fused.attr[attr].CopyFrom(conv.attr[attr])
    return [*added, fused]
