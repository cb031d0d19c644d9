"""SavedModels in one call."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep import _core

__all__ = ["load", "simple_save"]


def simple_save(session: Any, export_dir: Any, inputs: Any, outputs: Any,
                legacy_init_op: Any = None) -> None:
    """Writes a SavedModel for serving: the default graph with the tag "serve".

    The files in the collection ASSET_FILEPATHS are taken along; devices are not.

    Args:
      session: the session with the variables' values.
      export_dir: the folder, which must be empty or not be there.
      inputs: tensors by the names they have for who serves the model.
      outputs: the same of what it computes.
      legacy_init_op: an operation to run after the variables are restored.

    Raises:
      AssertionError: the folder is there and not empty.
      ValueError: there are no inputs or no outputs.
      FailedPreconditionError: a variable has no value.
    """
    signature = tf.saved_model.predict_signature_def(inputs, outputs)
    builder = tf.saved_model.Builder(export_dir)
    builder.add_meta_graph_and_variables(
        session, [tf.saved_model.SERVING],
        {tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
        main_op=legacy_init_op, clear_devices=True)
    builder.save()


def load(sess: Any, tags: Any, export_dir: Any, import_scope: str | None = None,
         **saver_kwargs: Any) -> Any:
    """Loads a SavedModel's graph into a session: nodes, variables, assets, and its main op.

    Args:
      sess: a session; the nodes go into its graph.
      tags: the tags of the graph, all of them.
      export_dir: the model's folder.
      import_scope: what to put before the names in the graph.
      **saver_kwargs: `clear_devices`, `input_map`, `restore_collections_predicate`, as for
        `tf.train.import_meta_graph`.

    Returns:
      The graph's MetaGraphDef as it is in the file, with its signatures.

    Raises:
      OSError: the folder is no SavedModel, or its file is damaged.
      RuntimeError: it has no graph with these tags, or more than one main op.
      InvalidArgumentError: an asset lies outside of the folder.
      ValueError: the graph cannot be read, or there is no checkpoint of its variables.
    """
    loader = _core.saved_model.SavedModelLoader(export_dir)
    return loader.load(sess, tags, import_scope, **saver_kwargs)
