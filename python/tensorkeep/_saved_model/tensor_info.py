"""TensorInfo messages: tensors by name, type and shape."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._framework import protos
from tensorkeep._framework.graph import prepend_name_scope

__all__ = ["build_tensor_info", "build_tensor_info_from_op", "get_tensor_from_tensor_info",
           "get_element_from_tensor_info"]


def _is_sparse(tensor: Any) -> bool:
    return isinstance(tensor, getattr(tf, "SparseTensor", ()))


def build_tensor_info(tensor: Any) -> Any:
    """The TensorInfo of a tensor, a variable or a SparseTensor.

    A variable's is that of its node: for a resource variable the name of its handle.
    """
    info = protos.TensorInfo(dtype=tf.as_dtype(tensor.dtype).as_datatype_enum,
                             tensor_shape=tensor.get_shape().as_proto())
    if _is_sparse(tensor):
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        info.name = tensor.name
    return info


def build_tensor_info_from_op(op: Any) -> Any:
    """The TensorInfo that stands for an operation: its name, without a type."""
    return protos.TensorInfo(dtype=protos.DT_INVALID, name=op.name,
                             tensor_shape=tf.TensorShape(None).as_proto())


def get_tensor_from_tensor_info(tensor_info: Any, graph: Any = None,
                                import_scope: str | None = None) -> Any:
    """The tensor that a TensorInfo names.

    Args:
      tensor_info: a TensorInfo.
      graph: where to look; the default graph if there is none.
      import_scope: what to put before the name.

    Returns:
      A Tensor, or a SparseTensor.

    Raises:
      KeyError: the graph has no such tensor.
      ValueError: the TensorInfo names none, or it is of a kind that is not here.
    """
    graph = graph or tf.get_default_graph()

    def find(name: str) -> Any:
        return graph.get_tensor_by_name(prepend_name_scope(name, import_scope))

    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return find(tensor_info.name)
    if encoding == "coo_sparse":
        parts = tensor_info.coo_sparse
        return tf.SparseTensor(find(parts.indices_tensor_name), find(parts.values_tensor_name),
                               find(parts.dense_shape_tensor_name))
    raise ValueError(f"Invalid TensorInfo.encoding: {encoding}. Expected `coo_sparse`, or `name` "
                     "for a dense tensor.")


def get_element_from_tensor_info(tensor_info: Any, graph: Any = None,
                                 import_scope: str | None = None) -> Any:
    """The operation or tensor that a TensorInfo names. Arguments as above."""
    graph = graph or tf.get_default_graph()
    return graph.as_graph_element(prepend_name_scope(tensor_info.name, import_scope))
