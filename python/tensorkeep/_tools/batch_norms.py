"""Batch normalisations of a frozen graph, put into the convolutions before them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorkeep as tf
from tensorkeep._tools.graph_nodes import (
    constant, node_from_map, nodes_by_name, rewritten, uses, values_from_const)

INPUT_ORDER = {
    "BatchNormWithGlobalNormalization": [
        "conv_op", "mean_op", "var_op", "beta_op", "gamma_op"],
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"),
                    ["conv_op", "gamma_op", "beta_op", "mean_op", "var_op"]),
}
EPSILON_ATTR = {op: "variance_epsilon" if op.startswith("BatchNorm") else "epsilon"
                for op in INPUT_ORDER}

_ADDITIONS = ("Add", "AddV2")
_CONVOLUTIONS = ("Conv2D", "DepthwiseConv2dNative")


class _NotFoldable(Exception):
    """Why a normalisation stays where it is."""


class _Convolution(NamedTuple):
    """A convolution, its constant weights, and what is added to it: a node and a constant."""

    node: Any
    weights: Any
    addition: Any
    bias: Any


def fold_batch_norms(input_graph_def: Any) -> Any:
    """Replaces convolution, batch normalisation by convolution, BiasAdd with other constants.

    A normalisation stays, with a warning, if its parameters or the weights are no constants, or if
    something else uses what the convolution gives.

    Args:
      input_graph_def: a frozen GraphDef.

    Returns:
      A GraphDef.

    Raises:
      ValueError: two nodes of one name.
    """
    nodes = nodes_by_name(input_graph_def)
    counts = uses(input_graph_def)
    gone: list[str] = []
    added: list[Any] = []
    for node in input_graph_def.node:
        if node.op not in INPUT_ORDER:
            continue
        try:
            convolution = _convolution_before(node, nodes, counts)
            folded = _fold(node, convolution, nodes)
        except _NotFoldable as reason:
            tf.logging.warning(str(reason))
            continue
        gone += [node.name, convolution.node.name]
        if convolution.addition is not None:
            gone.append(convolution.addition.name)
        if counts[convolution.weights.name] == 1:
            gone.append(convolution.weights.name)
        added += folded
    return rewritten(input_graph_def, gone, added)


def _convolution_before(node: Any, nodes: Any, counts: Any) -> _Convolution:
    found = node_from_map(nodes, node.input[INPUT_ORDER[node.op].index("conv_op")])
    addition = bias = None
    if found.op in ("BiasAdd", *_ADDITIONS):
        addition = found
        found, bias = (node_from_map(nodes, name) for name in addition.input[:2])
        if found.op not in _CONVOLUTIONS:
            found, bias = bias, found
        if bias.op != "Const":
            raise _NotFoldable(f"The bias {bias.name} after the conv {found.name} was not a "
                               "constant. Maybe because freeze_graph wasn't run first?")
    if found.op not in _CONVOLUTIONS:
        raise _NotFoldable("Didn't find expected Conv2D or DepthwiseConv2dNative input to "
                           f"'{node.name}'")
    for each in (found, addition):
        if each is not None and counts[each.name] != 1:
            raise _NotFoldable(
                f"'{node.name}' is not folded, for '{each.name}' has other consumers")
    weights = node_from_map(nodes, found.input[1])
    _expect_constant(weights, "conv", found.name)
    return _Convolution(found, weights, addition, bias)


def _expect_constant(node: Any, what: str, consumer: str) -> None:
    if node.op != "Const":
        raise _NotFoldable(f"Didn't find expected {what} Constant input to '{consumer}', found "
                           f"{node.name} ({node.op}) instead. Maybe because freeze_graph wasn't "
                           "run first?")


def _fold(node: Any, convolution: _Convolution, nodes: Any) -> list[Any]:
    """The nodes that stand for a convolution with its normalisation."""
    weights = values_from_const(convolution.weights)
    depthwise = convolution.node.op == "DepthwiseConv2dNative"
    channels = weights.shape[2] * weights.shape[3] if depthwise else weights.shape[3]
    values = {}
    for what in ("mean", "var", "beta", "gamma"):
        parameter = node_from_map(nodes, node.input[INPUT_ORDER[node.op].index(f"{what}_op")])
        _expect_constant(parameter, what, node.name)
        values[what] = values_from_const(parameter)
        if values[what].shape != (channels,):
            raise _NotFoldable(f"Incorrect shape for {what}, found {values[what].shape}, expected "
                               f"{(channels,)}, for node {node.name}")
    mean = values["mean"]
    if convolution.bias is not None:
        mean = mean - values_from_const(convolution.bias)
    variance = values["var"] + node.attr[EPSILON_ATTR[node.op]].f
    scale = 1.0 / np.sqrt(variance.astype(np.float64))
    if node.op != "BatchNormWithGlobalNormalization" or node.attr["scale_after_normalization"].b:
        scale = scale * values["gamma"]
    offset = -mean * scale + values["beta"]
    by_channel = scale.reshape(weights.shape[2:]) if depthwise else scale

    conv = tf.NodeDef.FromString(convolution.node.SerializeToString())
    new_weights = constant(f"{conv.name}_weights", weights * by_channel, weights)
    new_offset = constant(f"{conv.name}_bn_offset", offset, values["mean"])
    conv.input[1] = new_weights.name
    bias_add = tf.NodeDef(name=node.name, op="BiasAdd", input=[conv.name, new_offset.name])
    for attr in ("T", "data_format"):
        bias_add.attr[attr].CopyFrom(conv.attr[attr])
    return [new_weights, conv, new_offset, bias_add]


def fuse_decomposed_batch_norm(input_graph_def: Any) -> Any:
    """Replaces x * m + (beta - mean * m), with m = rsqrt(variance + epsilon) * gamma or without
    gamma, by one FusedBatchNorm.

    Only after a convolution in the format NHWC, and where all parameters are constants.

    Args:
      input_graph_def: a frozen GraphDef.

    Returns:
      A GraphDef.

    Raises:
      ValueError: two nodes of one name.
    """
    nodes = nodes_by_name(input_graph_def)
    counts = uses(input_graph_def)
    gone: list[str] = []
    added: list[Any] = []
    for node in input_graph_def.node:
        found = _Decomposed(node, nodes).match() if node.op in _ADDITIONS else None
        # Those of the inner nodes that something else needs would be missed.
        if found is None or any(counts[name] != found.inner[name] for name in found.inner):
            continue
        gone += [node.name, *found.inner]
        added += found.fused()
    return rewritten(input_graph_def, gone, added)


class _Decomposed:
    """One sum that may be a batch normalisation. Its parts become attributes as they are found."""

    def __init__(self, node: Any, nodes: Any) -> None:
        self.node = node
        self._nodes = nodes

    def _inputs(self, node: Any) -> list[Any]:
        return [node_from_map(self._nodes, name) for name in node.input[:2]]

    def match(self) -> _Decomposed | None:
        """Itself, or None if the sum is something else."""
        scaled, shift = self._inputs(self.node)
        if scaled.op == "Sub":
            scaled, shift = shift, scaled
        if scaled.op != "Mul" or shift.op != "Sub":
            return None
        self.data, scale = self._inputs(scaled)
        self.data_name = scaled.input[0]
        self.data_format = self._format_of_convolution()
        if self.data_format is None or self.data_format.s != b"NHWC":
            return None
        rsqrt, self.gamma = scale, None
        if scale.op == "Mul":
            rsqrt, self.gamma = self._inputs(scale)
        self.beta, scaled_mean = self._inputs(shift)
        if rsqrt.op != "Rsqrt" or scaled_mean.op != "Mul":
            return None
        self.mean, other_scale = self._inputs(scaled_mean)
        addition = node_from_map(self._nodes, rsqrt.input[0])
        if other_scale.name != scale.name or addition.op not in _ADDITIONS:
            return None
        self.variance, self.epsilon = self._inputs(addition)
        self.scale = scale
        vectors = (self.beta, self.mean, self.variance, *([self.gamma] if self.gamma else ()))
        if not all(_is_constant(each, 1) for each in vectors) or not _is_constant(self.epsilon, 0):
            return None
        # How often the pattern itself uses each.
        self.inner = {scaled.name: 1, shift.name: 1, scaled_mean.name: 1, scale.name: 2,
                      addition.name: 1}
        if self.gamma is not None:
            self.inner[rsqrt.name] = 1
        return self

    def _format_of_convolution(self) -> Any:
        """The format of the convolution that gives the data, or that is added to for them."""
        for each in (self.data, *(node_from_map(self._nodes, name) for name in self.data.input)):
            if each.op in _CONVOLUTIONS:
                return each.attr["data_format"]
        return None

    def fused(self) -> list[Any]:
        """The new nodes: a gamma of ones if there was none, and the FusedBatchNorm."""
        added = []
        gamma = self.gamma
        if gamma is None:
            beta = values_from_const(self.beta)
            folder, slash, _ = self.scale.name.rpartition("/")
            gamma = constant(f"{folder if slash else self.scale.name}/gamma", 1, beta, beta.shape)
            added.append(gamma)
        fused = tf.NodeDef(name=self.node.name, op="FusedBatchNorm", input=[
            self.data_name, gamma.name, self.beta.name, self.mean.name, self.variance.name])
        fused.attr["T"].CopyFrom(self.node.attr["T"])
        fused.attr["is_training"].b = False
        fused.attr["epsilon"].f = float(values_from_const(self.epsilon))
        fused.attr["data_format"].CopyFrom(self.data_format)
        return [*added, fused]


def _is_constant(node: Any, rank: int) -> bool:
    return node.op == "Const" and values_from_const(node).ndim == rank
