"""Graph and checkpoint in, one file with constants out."""

from __future__ import annotations

import argparse
from typing import Any

import tensorkeep as tf
from tensorkeep._tools.graph_files import names_in, option, read_message

__all__ = ["freeze_graph", "freeze_graph_with_def_protos", "main", "run_main"]


def freeze_graph(input_graph: str | None, input_saver: str | None, input_binary: bool,
                 input_checkpoint: str | None, output_node_names: str,
                 restore_op_name: str | None, filename_tensor_name: str | None, output_graph: str,
                 clear_devices: bool, initializer_nodes: str, variable_names_whitelist: str = "",
                 variable_names_denylist: str = "", input_meta_graph: str | None = None,
                 input_saved_model_dir: str | None = None, saved_model_tags: str = "serve",
                 checkpoint_version: int = 2, variable_names_blacklist: str = "") -> Any:
    """Replaces a graph's variables by constants that hold a checkpoint's values.

    The graph is that of `input_saved_model_dir`, of `input_meta_graph` or of `input_graph`.

    Args:
      input_graph: a file with a GraphDef.
      input_saver: a file with the SaverDef that reads the checkpoint; without one a saver of the
        variables that graph and checkpoint both have.
      input_binary: whether these files are binary, or text.
      input_checkpoint: the checkpoint's prefix.
      output_node_names: the nodes to keep with all that they need, with commas between.
      restore_op_name: not used.
      filename_tensor_name: not used.
      output_graph: the file to write; none if empty.
      clear_devices: whether nodes lose their devices.
      initializer_nodes: what to run before, with commas between.
      variable_names_whitelist: the only variables to replace; all if empty.
      variable_names_denylist: variables to leave as they are.
      input_meta_graph: a file with a MetaGraphDef.
      input_saved_model_dir: a SavedModel's folder, whose variables are used.
      saved_model_tags: which of its graphs, with commas between.
      checkpoint_version: 1 or 2.
      variable_names_blacklist: the older name of variable_names_denylist.

    Returns:
      The GraphDef.

    Raises:
      ValueError: the checkpoint is not there, no output is named, nothing to freeze is found.
      IOError: another of the files is not there.
    """
    tags = names_in(saved_model_tags)
    graph_def = meta_graph_def = saver_def = None
    if input_saved_model_dir:
        graph_def = _saved_model(input_saved_model_dir, tags).graph_def
    elif input_graph:
        graph_def = read_message(input_graph, input_binary, tf.GraphDef, "Input graph file")
    if input_meta_graph:
        meta_graph_def = read_message(input_meta_graph, input_binary, tf.MetaGraphDef,
                                      "Input meta graph file")
    if input_saver:
        saver_def = read_message(input_saver, input_binary, tf.train.SaverDef, "Input saver file")
    return freeze_graph_with_def_protos(
        graph_def, saver_def, input_checkpoint, output_node_names, restore_op_name,
        filename_tensor_name, output_graph, clear_devices, initializer_nodes,
        variable_names_whitelist, variable_names_denylist or variable_names_blacklist,
        meta_graph_def, input_saved_model_dir, tags, checkpoint_version)


def freeze_graph_with_def_protos(
        input_graph_def: Any, input_saver_def: Any, input_checkpoint: str | None,
        output_node_names: str, restore_op_name: str | None, filename_tensor_name: str | None,
        output_graph: str, clear_devices: bool, initializer_nodes: str,
        variable_names_whitelist: str = "", variable_names_denylist: str = "",
        input_meta_graph_def: Any = None, input_saved_model_dir: str | None = None,
        saved_model_tags: list[str] | None = None, checkpoint_version: int = 2) -> Any:
    """`freeze_graph`, with the messages themselves instead of files."""
    del restore_op_name, filename_tensor_name
    if not input_saved_model_dir and not tf.train.checkpoint_exists(input_checkpoint):
        raise ValueError(f"Input checkpoint '{input_checkpoint}' doesn't exist!")
    if not output_node_names:
        raise ValueError("You need to supply the name of a node to --output_node_names.")
    if input_saved_model_dir:
        input_meta_graph_def = _saved_model(input_saved_model_dir, saved_model_tags or [])
        input_checkpoint = f"{input_saved_model_dir}/variables/variables"
    graph_def = input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def
    if clear_devices:
        graph_def = type(graph_def).FromString(graph_def.SerializeToString())
        for node in graph_def.node:
            node.device = ""

    with tf.Graph().as_default(), tf.Session() as session:
        if input_meta_graph_def:
            saver = tf.train.import_meta_graph(input_meta_graph_def, clear_devices=True)
        else:
            tf.import_graph_def(graph_def, name="")
            saver = _saver(session, input_saver_def, input_checkpoint, checkpoint_version)
        if saver is not None:
            saver.restore(session, input_checkpoint)
        if initializer_nodes:
            session.run(names_in(initializer_nodes))
        frozen = tf.graph_util.convert_variables_to_constants(
            session, graph_def, names_in(output_node_names),
            variable_names_whitelist=names_in(variable_names_whitelist) or None,
            variable_names_blacklist=names_in(variable_names_denylist) or None)
    if output_graph:
        with tf.gfile.GFile(output_graph, "wb") as file:
            file.write(frozen.SerializeToString(deterministic=True))
    return frozen


def _saver(session: Any, saver_def: Any, checkpoint: str, version: int) -> Any:
    """What restores a graph that was imported without its collections.

    Resource variables, which no saver knows by their handles alone, have their values already.
    """
    if saver_def:
        return tf.train.Saver(saver_def=saver_def, write_version=version)
    graph, reader = session.graph, tf.train.NewCheckpointReader(checkpoint)
    variables, handles = {}, {}
    for name in reader.get_variable_to_shape_map():
        try:
            tensor = graph.get_tensor_by_name(f"{name}:0")
        except KeyError:
            continue  # of the checkpoint only, such as optimizers' slots
        (handles if tensor.dtype == tf.resource else variables)[name] = tensor
    for name, handle in handles.items():
        value = reader.get_tensor(name)
        fed = tf.placeholder(value.dtype, value.shape)
        session.run(tf.raw_ops.AssignVariableOp(resource=handle, value=fed), {fed: value})
    types = {operation.type for operation in graph.get_operations()}
    if not any(each.startswith("Variable") or each.endswith("VariableOp") or each == "VarHandleOp"
               for each in types):
        raise ValueError("No variables were found in this model. It is likely the model was frozen "
                         "previously. You cannot freeze a graph twice.")
    if handles and not variables:
        return None
    try:
        return tf.train.Saver(var_list=variables, write_version=version)
    except TypeError:
        parts = [each.name for each in graph.get_operations() if "/part_" in each.name]
        if any(name in part for name in variables for part in parts):
            raise ValueError(
                "Models containing partition variables cannot be converted from checkpoint files. "
                "Please pass in a SavedModel using the flag --input_saved_model_dir.") from None
        raise


def _saved_model(folder: str, tags: list[str]) -> Any:
    """The MetaGraphDef of a SavedModel that has these tags, all of them and no others."""
    from tensorkeep.core.protobuf import saved_model_pb2
    binary = tf.gfile.Exists(f"{folder}/saved_model.pb")
    model = read_message(f"{folder}/saved_model.pb{'' if binary else 'txt'}", binary,
                         saved_model_pb2.SavedModel, "SavedModel file")
    for each in model.meta_graphs:
        if set(each.meta_info_def.tags) == set(tags):
            return each
    found = [",".join(sorted(each.meta_info_def.tags)) for each in model.meta_graphs]
    raise RuntimeError(
        f"MetaGraphDef associated with tag-set {','.join(tags)} could not be found in the "
        f"SavedModel. Please use one of the following tag-sets: {found}")


def main(unused_args: Any, flags: Any) -> None:
    """Freezes as parsed flags say."""
    if flags.checkpoint_version not in (1, 2):
        raise ValueError(
            f"Invalid checkpoint version (must be '1' or '2'): {flags.checkpoint_version}")
    freeze_graph(**vars(flags))


def run_main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    option(parser, "input_graph", "file of a GraphDef")
    option(parser, "input_saver", "file of a SaverDef")
    option(parser, "input_checkpoint", "prefix of a checkpoint")
    option(parser, "checkpoint_version", "format of the checkpoint: 1 or 2", 2)
    option(parser, "output_graph", "file to write")
    option(parser, "input_binary", "whether the files are binary", False)
    option(parser, "output_node_names", "nodes to keep, with commas between")
    option(parser, "restore_op_name", "not used", "save/restore_all")
    option(parser, "filename_tensor_name", "not used", "save/Const:0")
    option(parser, "clear_devices", "whether nodes lose their devices", True)
    option(parser, "initializer_nodes", "nodes to run before, with commas between")
    option(parser, "variable_names_whitelist", "the only variables to replace")
    option(parser, "variable_names_denylist", "variables not to replace")
    option(parser, "input_meta_graph", "file of a MetaGraphDef")
    option(parser, "input_saved_model_dir", "folder of a SavedModel")
    option(parser, "saved_model_tags", "tags of its graph, with commas between", "serve")
    flags, rest = parser.parse_known_args()
    main(rest, flags)


if __name__ == "__main__":
    run_main()
