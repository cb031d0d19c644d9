"""StepCounterHook and SummarySaverHook: hooks that write to event files."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._training.session_run_hook import SessionRunArgs, SessionRunHook
from tensorkeep._training.summaries import add_scalar, steps_per_second
from tensorkeep._training.timers import SecondOrStepTimer
from tensorkeep._training.training_util import global_step_read_for

__all__ = ["StepCounterHook", "SummarySaverHook"]


class StepCounterHook(SessionRunHook):
    """Logs and writes how many steps a second the global step moves by: "global_step/sec"."""

    def __init__(self, every_n_steps: int | None = 100, every_n_secs: float | None = None,
                 output_dir: str | None = None, summary_writer: Any = None) -> None:
        """
        Args:
          every_n_steps: steps between two figures.
          every_n_secs: seconds between two; exactly one of both is not None.
          output_dir: the event file's folder.
          summary_writer: a `FileWriter` instead; without both the rate is only logged.

        Raises:
          ValueError: not exactly one of steps and seconds.
        """
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_steps=every_n_steps, every_secs=every_n_secs)
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._last_global_step = None

    def begin(self) -> None:
        self._summary_writer = _writer(self._summary_writer, self._output_dir)
        self._global_step_tensor = global_step_read_for(self)
        self._summary_tag = tf.train.get_global_step().op.name + "/sec"

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        stale_step = run_values.results
        if self._timer.should_trigger_for_step(stale_step + 1):
            step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(step):
                seconds, steps = self._timer.update_last_triggered_step(step)
                if seconds is not None:
                    self._log_and_record(steps, seconds, step)
        if stale_step == self._last_global_step:
            tf.logging.log_first_n(
                tf.logging.WARN, "It seems that global step (tf.train.get_global_step) has not "
                "been increased: it was %s before this run and before the last. Pass "
                "global_step=tf.train.get_global_step() to the optimizer's minimize() or "
                "apply_gradients().", 5, stale_step)
        self._last_global_step = stale_step

    def _log_and_record(self, elapsed_steps: int, elapsed_time: float, global_step: int) -> None:
        rate = steps_per_second(elapsed_steps, elapsed_time)
        add_scalar(self._summary_writer, self._summary_tag, rate, global_step)
        tf.logging.info("%s: %g", self._summary_tag, rate)


class SummarySaverHook(SessionRunHook):
    """Writes summaries at the first run, and every so many steps or seconds."""

    def __init__(self, save_steps: int | None = None, save_secs: float | None = None,
                 output_dir: str | None = None, summary_writer: Any = None,
                 scaffold: Any = None, summary_op: Any = None) -> None:
        """
        Args:
          save_steps: steps between two.
          save_secs: seconds between two; exactly one of both is given.
          output_dir: the event file's folder.
          summary_writer: a `FileWriter` instead.
          scaffold: a `Scaffold` whose `summary_op` to run.
          summary_op: a string tensor, or a list of them; exactly one of both is given.

        Raises:
          ValueError: not exactly one of scaffold and summary_op, or of steps and seconds.
        """
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        self._summary_writer = _writer(self._summary_writer, self._output_dir)
        self._next_step = None
        self._global_step_tensor = global_step_read_for(self)

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        self._request_summary = (self._next_step is None
                     or self._timer.should_trigger_for_step(self._next_step))
        fetches = {"global_step": self._global_step_tensor}
        if self._request_summary:
            fetches["summaries"] = self._summary_ops()
        return SessionRunArgs(fetches)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        writer = self._summary_writer
        if not writer:
            return
        step = run_values.results["global_step"] + 1
        if self._request_summary:
            step = run_context.session.run(self._global_step_tensor)
            if self._next_step is None:
                writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), step)
            self._timer.update_last_triggered_step(step)
            for summary in run_values.results["summaries"]:
                writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any = None) -> None:
        if self._summary_writer:
            self._summary_writer.flush()

    def _summary_ops(self) -> list:
        op = self._summary_op if self._scaffold is None else self._scaffold.summary_op
        if op is None:
            return []
        return op if isinstance(op, list) else [op]


def _writer(writer: Any, output_dir: str | None) -> Any:
    """The writer that was given, or else the one that all writers to a folder share."""
    if writer is None and output_dir:
        return tf.summary.FileWriterCache.get(output_dir)
    return writer
