"""Scaffold: the operations by which a monitored session initialises, checks, summarises, saves."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf

__all__ = ["Scaffold"]

_PARTS = ("init_op", "init_feed_dict", "ready_op", "ready_for_local_init_op", "local_init_op",
          "local_init_feed_dict", "summary_op", "saver")


class Scaffold:
    """What a model's session needs besides the model; what is not given is made by `finalize()`.

    Attributes:
      init_op: initialises the model where no checkpoint is restored.
      init_feed_dict: feeds for it.
      init_fn: a function of the session, called after `init_op`, or None.
      ready_op: a string tensor of what is not initialised.
      ready_for_local_init_op: the same of what `local_init_op` needs.
      local_init_op: initialises local variables and tables in every new session.
      local_init_feed_dict: feeds for it.
      summary_op: the merged summaries, or None.
      saver: the `Saver`.
    """

    def __init__(self, init_op: Any = None, init_feed_dict: Any = None,
                 init_fn: Callable[[Scaffold, Any], Any] | None = None, ready_op: Any = None,
                 ready_for_local_init_op: Any = None, local_init_op: Any = None,
                 summary_op: Any = None, saver: Any = None,
                 copy_from_scaffold: Scaffold | None = None,
                 local_init_feed_dict: Any = None) -> None:
        """
        Args:
          init_op, init_feed_dict, ready_op, ready_for_local_init_op, local_init_op, summary_op,
            saver, local_init_feed_dict: the attributes; None leaves the choice to `finalize()`.
          init_fn: a function of the scaffold and the session.
          copy_from_scaffold: a Scaffold that has what the other arguments do not give.

        Raises:
          TypeError: `copy_from_scaffold` is no Scaffold.
        """
        self.init_op = init_op
        self.init_feed_dict = init_feed_dict
        self.ready_op = ready_op
        self.ready_for_local_init_op = ready_for_local_init_op
        self.local_init_op = local_init_op
        self.local_init_feed_dict = local_init_feed_dict
        self.summary_op = summary_op
        self.saver = saver
        if copy_from_scaffold is not None:
            if not isinstance(copy_from_scaffold, Scaffold):
                raise TypeError("copy_from_scaffold is not a Scaffold instance.")
            for part in _PARTS:
                if getattr(self, part) is None:
                    setattr(self, part, getattr(copy_from_scaffold, part))
            init_fn = init_fn if init_fn is not None else copy_from_scaffold._user_init_fn
        self._user_init_fn = init_fn
        self.init_fn = (lambda sess: init_fn(self, sess)) if init_fn else None

    def finalize(self) -> Scaffold:
        """Makes what is missing, or takes it from the graph's collections; finalizes the graph.

        Returns:
          The scaffold.

        Raises:
          RuntimeError: a collection has several to choose from.
        """
        keys = tf.GraphKeys
        for part, key, make in (
                ("init_op", keys.INIT_OP, _make_init_op),
                ("ready_op", keys.READY_OP, _make_ready_op),
                ("ready_for_local_init_op", keys.READY_FOR_LOCAL_INIT_OP,
                 _make_ready_for_local_init_op),
                ("local_init_op", keys.LOCAL_INIT_OP, Scaffold.default_local_init_op),
                ("summary_op", keys.SUMMARY_OP, tf.summary.merge_all),
                ("saver", keys.SAVERS, _make_saver)):
            if getattr(self, part) is None:
                setattr(self, part, Scaffold.get_or_default(part, key, make))
        if isinstance(self.saver, tf.train.Checkpoint):
            raise tf.errors.UnimplementedError(
                None, None, "A Scaffold cannot save by a Checkpoint; give it a Saver.")
        self.saver.build()
        tf.get_default_graph().finalize()
        tf.logging.info("Graph was finalized.")
        return self

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str,
                       default_constructor: Callable[[], Any]) -> Any:
        """The collection's only item, or a new one that is put there.

        Args:
          arg_name: the Scaffold's argument, for the error.
          collection_key: the collection.
          default_constructor: makes one, or returns None.

        Raises:
          RuntimeError: the collection has several.
        """
        items = tf.get_collection(collection_key)
        if len(items) > 1:
            raise RuntimeError(
                f'More than one item in the collection "{collection_key}". Please indicate which '
                "one to use by passing it to the tf.Scaffold constructor as:  "
                f"tf.Scaffold({arg_name}=item to use)")
        if items:
            return items[0]
        made = default_constructor()
        if made is not None:
            tf.add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Any:
        """An operation that initialises local variables, tables and local resources."""
        return tf.group(tf.local_variables_initializer(), tf.tables_initializer(),
                        _initialize(tf.get_collection(tf.GraphKeys.LOCAL_RESOURCES)))


def _make_init_op() -> Any:
    return tf.group(tf.global_variables_initializer(),
                    _initialize(tf.get_collection(tf.GraphKeys.RESOURCES)),
                    *tf.get_collection("saved_model_initializers"))


def _make_ready_op() -> Any:
    names = tf.report_uninitialized_variables()
    resources = (tf.get_collection(tf.GraphKeys.RESOURCES)
                 + tf.get_collection(tf.GraphKeys.LOCAL_RESOURCES))
    return tf.concat([names, _report_uninitialized(resources)], 0)


def _make_ready_for_local_init_op() -> Any:
    names = tf.report_uninitialized_variables(tf.global_variables())
    return tf.concat(
        [names, _report_uninitialized(tf.get_collection(tf.GraphKeys.RESOURCES))], 0)


def _make_saver() -> Any:
    return tf.train.Saver(sharded=True, allow_empty=True)


def _initialize(resources: Sequence[Any]) -> Any:
    if not resources:
        return tf.no_op(name="init")
    return tf.group(*[resource.create for resource in resources], name="init")


def _report_uninitialized(resources: Sequence[Any]) -> Any:
    """A string tensor of the names of resources without a value."""
    with tf.name_scope("report_uninitialized_resources"), tf.device("/cpu:0"):
        if not resources:
            return tf.constant([], dtype=tf.string)
        missing = tf.logical_not(tf.stack([resource.is_initialized for resource in resources]))
        names = tf.constant([resource.handle.name for resource in resources])
        return tf.boolean_mask(names, missing)
