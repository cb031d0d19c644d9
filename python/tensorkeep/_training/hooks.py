"""Hooks that stop, wait, log, feed and look for NaN."""

from __future__ import annotations

import time
from typing import Any, Callable

import numpy as np

import tensorkeep as tf
from tensorkeep._training.session_run_hook import SessionRunArgs, SessionRunHook
from tensorkeep._training.timers import NeverTriggerTimer, SecondOrStepTimer
from tensorkeep._training.training_util import global_step_read_for

__all__ = [
    "FeedFnHook", "FinalOpsHook", "GlobalStepWaiterHook", "LoggingTensorHook",
    "NanLossDuringTrainingError", "NanTensorHook", "StopAtStepHook",
]


class StopAtStepHook(SessionRunHook):
    """Stops at a step, or after a number of steps."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        """
        Args:
          num_steps: how many steps to take from where the first session starts.
          last_step: the global step to stop at; exactly one of both is given.

        Raises:
          ValueError: neither or both were given.
        """
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self) -> None:
        self._global_step_tensor = global_step_read_for(self)

    def after_create_session(self, session: Any, coord: Any) -> None:
        if self._last_step is None:
            self._last_step = session.run(self._global_step_tensor) + self._num_steps

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        # What was fetched is the step before the run or after it, as the run's order had it.
        if (run_values.results + 1 >= self._last_step
                and run_context.session.run(self._global_step_tensor) >= self._last_step):
            run_context.request_stop()


class LoggingTensorHook(SessionRunHook):
    """Logs tensors every so many runs or seconds, or at the end: "loss = 0.5 (0.123 sec)"."""

    def __init__(self, tensors: Any, every_n_iter: int | None = None,
                 every_n_secs: float | None = None, at_end: bool = False,
                 formatter: Callable[[dict], str] | None = None) -> None:
        """
        Args:
          tensors: a dict from tags to tensors or their names, or a list of tensors or names, which
            are their own tags.
          every_n_iter: how many runs from one line to the next.
          every_n_secs: how many seconds; at most one of both is given.
          at_end: whether to log when the session ends.
          formatter: a function from a dict of tags and values to the line.

        Raises:
          ValueError: nothing says when to log, or two arguments do.
        """
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs "
                             "must be provided.")
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if isinstance(tensors, dict):
            self._tensors = dict(tensors)
            self._tag_order = sorted(tensors)
        else:
            self._tag_order = list(tensors)
            self._tensors = {tensor: tensor for tensor in self._tag_order}
        self._formatter = formatter or self._line
        self._log_at_end = at_end
        self._timer = (NeverTriggerTimer() if only_at_end else
                       SecondOrStepTimer(every_secs=every_n_secs, every_steps=every_n_iter))

    def begin(self) -> None:
        self._timer.reset()
        self._iter_count = 0
        self._current_tensors = {
            tag: _tensor_of(tensor) for tag, tensor in self._tensors.items()}

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        self._should_trigger = self._timer.should_trigger_for_step(self._iter_count)
        return SessionRunArgs(self._current_tensors) if self._should_trigger else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if self._should_trigger:
            self._log_tensors(run_values.results)
        self._iter_count += 1

    def end(self, session: Any) -> None:
        if self._log_at_end:
            self._log_tensors(session.run(self._current_tensors))

    def _log_tensors(self, tensor_values: dict) -> None:
        self._elapsed_secs, _ = self._timer.update_last_triggered_step(self._iter_count)
        with np.printoptions(suppress=True):
            tf.logging.info("%s", self._formatter(tensor_values))

    def _line(self, values: dict) -> str:
        line = ", ".join(f"{tag} = {values[tag]}" for tag in self._tag_order)
        if self._elapsed_secs is not None:
            line += f" ({self._elapsed_secs:.3f} sec)"
        return line


class NanLossDuringTrainingError(RuntimeError):
    """The loss was NaN."""

    def __str__(self) -> str:
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Fails or stops when a scalar, the loss, is NaN."""

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        """
        Args:
          loss_tensor: a floating-point scalar.
          fail_on_nan_loss: whether to raise NanLossDuringTrainingError, or else to stop.
        """
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if not np.isnan(run_values.results):
            return
        message = "Model diverged with loss = NaN."
        if self._fail_on_nan_loss:
            tf.logging.error(message)
            raise NanLossDuringTrainingError
        tf.logging.warning(message)
        run_context.request_stop()


class GlobalStepWaiterHook(SessionRunHook):
    """Holds the first run back until the global step, which others count, is far enough."""

    def __init__(self, wait_until_step: int) -> None:
        """
        Args:
          wait_until_step: the step to wait for.
        """
        self._wait_until_step = wait_until_step

    def begin(self) -> None:
        self._started = False
        self._global_step_tensor = global_step_read_for(self)

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        if self._started:
            return None
        if self._wait_until_step > 0:
            tf.logging.info("Waiting for global step %d before starting training.",
                            self._wait_until_step)
        logged_step = 0
        while self._wait_until_step > 0:
            step = run_context.session.run(self._global_step_tensor)
            if step >= self._wait_until_step:
                break
            if step - logged_step > 1000:
                tf.logging.info(
                    "Waiting for global step %d before starting training. Current step is %d.",
                    self._wait_until_step, step)
                logged_step = step
            time.sleep(0.5)
        self._started = True
        return None


class FinalOpsHook(SessionRunHook):
    """Runs something at the end and keeps what it gave."""

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        """
        Args:
          final_ops: fetches in any nest, or None.
          final_ops_feed_dict: feeds for them.
        """
        self._final_ops = final_ops
        self._final_ops_feed_dict = final_ops_feed_dict
        self._final_ops_values = None

    @property
    def final_ops_values(self) -> Any:
        """What the fetches gave, in their nest; None before the end."""
        return self._final_ops_values

    def end(self, session: Any) -> None:
        if self._final_ops is None:
            return
        try:
            self._final_ops_values = session.run(self._final_ops,
                                                 feed_dict=self._final_ops_feed_dict)
        except (tf.errors.OutOfRangeError, StopIteration):
            tf.logging.warning(
                "The operations of a FinalOpsHook came to the end of an input: what they compute "
                "should read variables only, not another batch.")
            raise


class FeedFnHook(SessionRunHook):
    """Feeds what a function returns to every run."""

    def __init__(self, feed_fn: Callable[[], dict]) -> None:
        """
        Args:
          feed_fn: a function without arguments that returns a feed_dict.
        """
        self.feed_fn = feed_fn

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


def _tensor_of(value: Any) -> Any:
    """The tensor that is meant: itself, or by "name:0", or by the name of its operation.

    Raises:
      KeyError: the default graph has none of this name.
      ValueError: it is of another graph, or the operation has several outputs.
    """
    graph = tf.get_default_graph()
    if not isinstance(value, str):
        if getattr(value, "graph", None) != graph:
            raise ValueError(f"Passed {value} should have graph attribute that is equal to "
                             f"current graph {graph}.")
        return value
    if ":" in value:
        return graph.as_graph_element(value)
    tensor = graph.as_graph_element(value + ":0")
    if len(tensor.op.outputs) > 1:
        raise ValueError(f"Name {value} is ambiguous, as this `Operation` has multiple outputs "
                         "(at least 2).")
    return tensor
