"""CheckpointSaverHook: saves at the start, every so many steps or seconds, and at the end."""

from __future__ import annotations

import os
from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._training.session_run_hook import SessionRunArgs, SessionRunHook
from tensorkeep._training.timers import SecondOrStepTimer
from tensorkeep._training.training_util import global_step_read_for

__all__ = ["CheckpointSaverHook", "CheckpointSaverListener"]

# A run may move the step by any number, so that every step counts as one that may be due.
_MOST_STEPS_PER_RUN = 1000000


class CheckpointSaverListener:
    """Is told of a CheckpointSaverHook's saves; a subclass overrides what it needs."""

    def begin(self) -> None:
        """Called once while the graph can still be changed."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Called before a checkpoint is written."""

    def after_save(self, session: Any, global_step_value: int) -> bool | None:
        """Called when it is written; a true result asks for training to stop."""

    def end(self, session: Any, global_step_value: int) -> None:
        """Called at the end, after the last checkpoint."""


class CheckpointSaverHook(SessionRunHook):
    """Saves checkpoints `model.ckpt-STEP`, with `graph.pbtxt` and the graph's event beside them."""

    def __init__(self, checkpoint_dir: str, save_secs: float | None = None,
                 save_steps: int | None = None, saver: Any = None,
                 checkpoint_basename: str = "model.ckpt", scaffold: Any = None,
                 listeners: Sequence[CheckpointSaverListener] | None = None,
                 save_graph_def: bool = True) -> None:
        """
        Args:
          checkpoint_dir: the folder, made if need be.
          save_secs: seconds between two checkpoints.
          save_steps: steps between two; exactly one of both is given.
          saver: a `Saver`.
          checkpoint_basename: the name before "-STEP".
          scaffold: a `Scaffold` whose saver to use; without both, the graph's only saver in the
            collection SAVERS.
          listeners: `CheckpointSaverListener`s.
          save_graph_def: whether to write `graph.pbtxt` and the checkpoints' `.meta`.

        Raises:
          ValueError: both saver and scaffold, or not exactly one of steps and seconds.
        """
        tf.logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._scaffold = scaffold
        self._checkpoint_dir = checkpoint_dir
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = listeners or []
        self._save_graph_def = save_graph_def

    def begin(self) -> None:
        self._summary_writer = tf.summary.FileWriterCache.get(self._checkpoint_dir)
        self._global_step_tensor = global_step_read_for(self)
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        step = session.run(self._global_step_tensor)
        graph = tf.get_default_graph()
        graph_def = graph.as_graph_def(add_shapes=True)
        if self._save_graph_def:
            tf.train.write_graph(graph_def, self._checkpoint_dir, "graph.pbtxt")
        saver = self._get_saver()
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(tf.train.export_meta_graph(
            graph_def=graph_def, saver_def=saver.saver_def if saver else None))
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if not self._timer.should_trigger_for_step(run_values.results + _MOST_STEPS_PER_RUN):
            return
        step = run_context.session.run(self._global_step_tensor)
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        step = session.run(self._global_step_tensor)
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session: Any, step: int) -> bool:
        """Saves; True if a listener wants training to stop."""
        tf.logging.info("Calling checkpoint listeners before saving checkpoint %d...", step)
        for listener in self._listeners:
            listener.before_save(session, step)
        tf.logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        self._get_saver().save(session, self._save_path, global_step=step,
                               write_meta_graph=self._save_graph_def)
        self._summary_writer.add_session_log(
            tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=self._save_path), step)
        tf.logging.info("Calling checkpoint listeners after saving checkpoint %d...", step)
        stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                tf.logging.info(
                    "A CheckpointSaverListener requested that training be stopped. listener: %s",
                    listener)
                stop = True
        return stop

    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        key = tf.GraphKeys.SAVERS
        savers = tf.get_collection(key)
        if not savers:
            raise RuntimeError(f"No items in collection {key}. Please add a saver to the "
                               "collection or provide a saver or scaffold.")
        if len(savers) > 1:
            raise RuntimeError(f"More than one item in collection {key}. Please indicate which "
                               "one to use by passing it to the constructor.")
        self._saver = savers[0]
        return self._saver
