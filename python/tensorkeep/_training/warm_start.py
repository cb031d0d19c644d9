"""Training that starts from another model's values."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf

__all__ = ["warm_start"]


def warm_start(ckpt_to_initialize_from: str, vars_to_warm_start: Any = ".*",
               var_name_to_vocab_info: Any = None, var_name_to_prev_var_name: Any = None) -> None:
    """Makes the initializers of variables read a checkpoint.

    Args:
      ckpt_to_initialize_from: a checkpoint, or a folder with some.
      vars_to_warm_start: a regular expression, or None, for trainable variables; a list of
        expressions for global variables; or a list of variables.
      var_name_to_vocab_info: empty: rows are not put into the order of another vocabulary.
      var_name_to_prev_var_name: by the names of variables those in the checkpoint, where they are
        others.

    Raises:
      NotImplementedError: there are vocabularies.
      ValueError: a variable is not in the checkpoint or does not fit; `vars_to_warm_start` is
        something else; a name in `var_name_to_prev_var_name` is no variable's.
    """
    if var_name_to_vocab_info:
        raise NotImplementedError("warm_start with vocabularies is not part of tensorkeep: rows "
                                  "keep their places.")
    tf.logging.info("Warm-starting from: %s", ckpt_to_initialize_from)
    groups = _by_name(_chosen(vars_to_warm_start))
    previous = dict(var_name_to_prev_var_name or {})
    pending: dict[str, Any] = {}
    for name, variables in (groups if vars_to_warm_start else {}).items():
        old_name = previous.get(name) or name
        if old_name in pending:  # one tensor for two variables
            tf.train.init_from_checkpoint(ckpt_to_initialize_from, pending)
            pending = {}
        pending[old_name] = variables if len(variables) > 1 else variables[0]
    if pending:
        tf.train.init_from_checkpoint(ckpt_to_initialize_from, pending)
    tf.logging.info("Warm-started %d variables.", len(groups) if vars_to_warm_start else 0)
    unused = {name for name in previous if name not in groups}
    if unused:
        raise ValueError("You provided the following variables in var_name_to_prev_var_name that "
                         f"were not used: {unused}.  Perhaps you misspelled them?  Here is the "
                         f"list of viable variable names: {groups.keys()}")


def _chosen(vars_to_warm_start: Any) -> list[Any]:
    if vars_to_warm_start is None or isinstance(vars_to_warm_start, str):
        tf.logging.info("Warm-starting variables only in TRAINABLE_VARIABLES.")
        return tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=vars_to_warm_start)
    if not isinstance(vars_to_warm_start, list):
        raise ValueError("`vars_to_warm_start must be a `list` or `str`.  Given type is "
                         f"{type(vars_to_warm_start)}")
    if all(isinstance(each, str) for each in vars_to_warm_start):
        return [variable for scope in vars_to_warm_start
                for variable in tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=scope)]
    if all(isinstance(each, tf.Variable) for each in vars_to_warm_start):
        return vars_to_warm_start
    raise ValueError("If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  "
                     f"Given types are {[type(each) for each in vars_to_warm_start]}")


def _by_name(variables: list[Any]) -> dict[str, list[Any]]:
    """Variables by their names in checkpoints; the parts of one have one name."""
    groups: dict[str, list[Any]] = {}
    for variable in variables:
        info = variable._get_save_slice_info()
        groups.setdefault(info.full_name if info else variable.op.name, []).append(variable)
    return groups
