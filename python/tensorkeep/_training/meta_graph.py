"""`python.framework.meta_graph`: graphs with their collections, in and out."""

from __future__ import annotations

from typing import Any, Callable

import tensorkeep as tf

__all__ = [
    "create_meta_graph_def", "export_scoped_meta_graph", "import_scoped_meta_graph",
    "ops_used_by_graph_def", "read_meta_graph_file", "strip_graph_default_valued_attrs",
    "stripped_op_list_for_graph",
]


def read_meta_graph_file(filename: str) -> Any:
    """The MetaGraphDef in a file, binary or text.

    Raises:
      IOError: there is no such file, or it holds something else.
    """
    from google.protobuf import message, text_format
    if not tf.gfile.Exists(filename):
        raise IOError(f"File does not exist. Received: {filename}.")
    with tf.gfile.GFile(filename, "rb") as file:
        content = file.read()
    try:
        return tf.MetaGraphDef.FromString(content)
    except message.DecodeError:
        pass
    try:
        return text_format.Parse(content, tf.MetaGraphDef())
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise IOError(f"Cannot parse file {filename}: {error}.") from error


def create_meta_graph_def(meta_info_def: Any = None, graph_def: Any = None, saver_def: Any = None,
                          collection_list: Any = None, graph: Any = None,
                          export_scope: str | None = None, **kwargs: Any) -> Any:
    """The MetaGraphDef of a graph; the arguments are those of `tf.train.export_meta_graph`."""
    return tf.train.export_meta_graph(
        meta_info_def=meta_info_def, graph_def=graph_def, saver_def=saver_def,
        collection_list=collection_list, graph=graph, export_scope=export_scope, **kwargs)


def _variables(graph: Any, scope: str | None) -> dict[str, Any]:
    """A graph's variables by their names below a scope."""
    prefix = f"{scope.rstrip('/')}/" if scope else ""
    return {variable.name[len(prefix):]: variable
            for variable in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=prefix)
            if variable.name.startswith(prefix)}


def export_scoped_meta_graph(filename: str | None = None, graph_def: Any = None, graph: Any = None,
                             export_scope: str | None = None, as_text: bool = False,
                             unbound_inputs_col_name: str = "unbound_inputs",
                             clear_devices: bool = False, saver_def: Any = None,
                             clear_extraneous_savers: bool = False,
                             strip_default_attrs: bool = False, save_debug_info: bool = False,
                             **kwargs: Any) -> tuple[Any, dict[str, Any]]:
    """`tf.train.export_meta_graph` with the variables that it takes in.

    Args:
      unbound_inputs_col_name: the collection for inputs from outside of the scope; its usual name
        is the only one.
      (the others): as for `tf.train.export_meta_graph`.

    Returns:
      A MetaGraphDef, and variables by their names below the scope.

    Raises:
      ValueError: another name for the collection.
    """
    _check_name(unbound_inputs_col_name)
    graph = graph or tf.get_default_graph()
    meta_graph_def = tf.train.export_meta_graph(
        filename, graph_def=graph_def, graph=graph, export_scope=export_scope, as_text=as_text,
        clear_devices=clear_devices, saver_def=saver_def,
        clear_extraneous_savers=clear_extraneous_savers, strip_default_attrs=strip_default_attrs,
        save_debug_info=save_debug_info, **kwargs)
    return meta_graph_def, _variables(graph, export_scope)


def import_scoped_meta_graph(meta_graph_or_file: Any, clear_devices: bool = False,
                             graph: Any = None, import_scope: str | None = None,
                             input_map: Any = None,
                             unbound_inputs_col_name: str = "unbound_inputs",
                             restore_collections_predicate: Callable[[str], bool] | None = None,
                             ) -> dict[str, Any]:
    """`tf.train.import_meta_graph` without a saver.

    Args:
      meta_graph_or_file: a MetaGraphDef, or the name of a file with one.
      clear_devices: whether nodes lose their devices.
      graph: where to import; the default graph if there is none.
      import_scope: what to put before names.
      input_map: tensors of the graph by the names of those they stand for.
      unbound_inputs_col_name: the collection of inputs from outside; its usual name is the only
        one.
      restore_collections_predicate: whether to take in the collection of a name.

    Returns:
      The variables by their names below the scope.

    Raises:
      IOError: there is no such file, or it holds something else.
      ValueError: inputs from outside are not in `input_map`.
    """
    _check_name(unbound_inputs_col_name)
    meta_graph_def = meta_graph_or_file
    if isinstance(meta_graph_def, (str, bytes)):
        meta_graph_def = read_meta_graph_file(meta_graph_def)
    if restore_collections_predicate is not None:
        meta_graph_def = type(meta_graph_def).FromString(meta_graph_def.SerializeToString())
        for key in list(meta_graph_def.collection_def):
            if not restore_collections_predicate(key):
                del meta_graph_def.collection_def[key]
    graph = graph or tf.get_default_graph()
    with graph.as_default():
        tf.train.import_meta_graph(meta_graph_def, clear_devices=clear_devices,
                                   import_scope=import_scope, input_map=input_map,
                                   make_saver=False)
    return _variables(graph, import_scope)


def _check_name(unbound_inputs_col_name: str) -> None:
    if unbound_inputs_col_name != "unbound_inputs":
        raise ValueError("unbound_inputs_col_name: inputs from outside are in the collection "
                         f"'unbound_inputs', not {unbound_inputs_col_name!r}")


def ops_used_by_graph_def(graph_def: Any) -> set[str]:
    """The types of the operations in a GraphDef, and in the functions that it uses."""
    functions = {each.signature.name: each for each in graph_def.library.function}
    types: set[str] = set()
    used: set[str] = set()
    waiting = [node.op for node in graph_def.node]
    while waiting:
        op_type = waiting.pop()
        if op_type not in functions:
            types.add(op_type)
        elif op_type not in used:
            used.add(op_type)
            waiting += [node.op for node in functions[op_type].node_def]
    return types


def stripped_op_list_for_graph(graph_def: Any) -> Any:
    """The OpList of the operations in a GraphDef that are known, by name."""
    from tensorkeep import _core
    from tensorkeep._framework import protos
    found = (_core.find_op_def(op_type) for op_type in sorted(ops_used_by_graph_def(graph_def)))
    return protos.OpList(op=[op_def for op_def in found if op_def is not None])


def strip_graph_default_valued_attrs(meta_graph_def: Any) -> None:
    """Takes attributes with their default values out of a MetaGraphDef's nodes."""
    from tensorkeep import _core
    nodes = [*meta_graph_def.graph_def.node]
    for function in meta_graph_def.graph_def.library.function:
        nodes += function.node_def
    for node in nodes:
        op_def = _core.find_op_def(node.op)
        for attr in op_def.attr if op_def is not None else ():
            if (attr.HasField("default_value") and attr.name in node.attr
                    and node.attr[attr.name].SerializeToString(deterministic=True)
                    == attr.default_value.SerializeToString(deterministic=True)):
                del node.attr[attr.name]
    meta_graph_def.meta_info_def.stripped_default_attrs = True
