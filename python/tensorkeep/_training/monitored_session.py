"""MonitoredSession and its kin: sessions with hooks that restore, save, stop and recover."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._training import wrapped_sessions
from tensorkeep._training.checkpoint_saver_hook import CheckpointSaverHook
from tensorkeep._training.coordinator import Coordinator
from tensorkeep._training.queue_runner import refuse_queue_runners
from tensorkeep._training.scaffold import Scaffold
from tensorkeep._training.session_creators import (ChiefSessionCreator, SessionCreator,
                                                   WorkerSessionCreator)
from tensorkeep._training.summary_hooks import StepCounterHook, SummarySaverHook

__all__ = ["MonitoredSession", "MonitoredTrainingSession", "SingularMonitoredSession"]

USE_DEFAULT = object()


def MonitoredTrainingSession(master: str = "", is_chief: bool = True,
                             checkpoint_dir: str | None = None, scaffold: Scaffold | None = None,
                             hooks: Sequence[Any] | None = None,
                             chief_only_hooks: Sequence[Any] | None = None,
                             save_checkpoint_secs: Any = USE_DEFAULT,
                             save_summaries_steps: Any = USE_DEFAULT,
                             save_summaries_secs: Any = USE_DEFAULT, config: Any = None,
                             stop_grace_period_secs: float = 120,
                             log_step_count_steps: int | None = 100, max_wait_secs: float = 7200,
                             save_checkpoint_steps: Any = USE_DEFAULT,
                             summary_dir: str | None = None,
                             save_graph_def: bool = True) -> MonitoredSession:
    """A MonitoredSession with the hooks of a training program.

    Restores the latest checkpoint of `checkpoint_dir` or initialises; saves there at the start, in
    between and at the end; writes summaries and the rate of steps.

        with tf.train.MonitoredTrainingSession(checkpoint_dir="/tmp/run", hooks=hooks) as sess:
            while not sess.should_stop():
                sess.run(train_op)

    Args:
      master: "", for there are no servers.
      is_chief: False waits until the model is initialised by others, and saves nothing.
      checkpoint_dir: the folder; None for no checkpoints.
      scaffold: a `Scaffold`.
      hooks: `SessionRunHook`s.
      chief_only_hooks: more of them, called first, for the chief.
      save_checkpoint_secs: seconds between checkpoints; 600 unless steps are given.
      save_summaries_steps: steps between summaries; 100 unless seconds are given.
      save_summaries_secs: seconds between summaries.
      config: the session's ConfigProto.
      stop_grace_period_secs: how long threads may take to end.
      log_step_count_steps: steps between figures of steps per second.
      max_wait_secs: how long one that is not the chief waits.
      save_checkpoint_steps: steps between checkpoints.
      summary_dir: the folder of event files; `checkpoint_dir` by default.
      save_graph_def: whether to write `graph.pbtxt` and the checkpoints' `.meta`.

    Returns:
      A `MonitoredSession`.
    """
    save_summaries_steps, save_summaries_secs = _steps_or_secs(
        save_summaries_steps, save_summaries_secs, (100, None))
    save_checkpoint_steps, save_checkpoint_secs = _steps_or_secs(
        save_checkpoint_steps, save_checkpoint_secs, (None, 600))
    scaffold = scaffold or Scaffold()
    if not is_chief:
        creator = WorkerSessionCreator(scaffold=scaffold, master=master, config=config,
                                       max_wait_secs=max_wait_secs)
        return MonitoredSession(session_creator=creator, hooks=hooks,
                                stop_grace_period_secs=stop_grace_period_secs)
    all_hooks = list(chief_only_hooks or [])
    summary_dir = summary_dir or checkpoint_dir
    if summary_dir and _positive(log_step_count_steps):
        all_hooks.append(StepCounterHook(output_dir=summary_dir,
                                         every_n_steps=log_step_count_steps))
    if summary_dir and (_positive(save_summaries_steps) or _positive(save_summaries_secs)):
        all_hooks.append(SummarySaverHook(scaffold=scaffold, save_steps=save_summaries_steps,
                                          save_secs=save_summaries_secs, output_dir=summary_dir))
    if checkpoint_dir and (_positive(save_checkpoint_secs) or _positive(save_checkpoint_steps)):
        all_hooks.append(CheckpointSaverHook(
            checkpoint_dir, save_steps=save_checkpoint_steps, save_secs=save_checkpoint_secs,
            scaffold=scaffold, save_graph_def=save_graph_def))
    all_hooks.extend(hooks or [])
    creator = ChiefSessionCreator(scaffold=scaffold, checkpoint_dir=checkpoint_dir, master=master,
                                  config=config)
    return MonitoredSession(session_creator=creator, hooks=all_hooks,
                            stop_grace_period_secs=stop_grace_period_secs)


def _steps_or_secs(steps: Any, secs: Any, default: tuple) -> tuple:
    """What was given of two arguments; the default if neither was."""
    if steps is USE_DEFAULT and secs is USE_DEFAULT:
        return default
    return (None if steps is USE_DEFAULT else steps, None if secs is USE_DEFAULT else secs)


def _positive(number: float | None) -> bool:
    return number is not None and number > 0


class _MonitoredSession:
    """What MonitoredSession and SingularMonitoredSession have in common."""

    StepContext = wrapped_sessions.StepContext

    def __init__(self, session_creator: SessionCreator | None, hooks: Sequence[Any] | None,
                 should_recover: bool, stop_grace_period_secs: float) -> None:
        self._graph_was_finalized = tf.get_default_graph().finalized
        self._session_creator = session_creator or ChiefSessionCreator()
        self._hooks = hooks or []
        self._stop_grace_period_secs = stop_grace_period_secs
        self._tf_session = None
        for hook in self._hooks:
            hook.begin()
        if should_recover:
            self._sess = wrapped_sessions.RecoverableSession(self._make_session)
        else:
            self._sess = self._make_session()

    def _make_session(self) -> wrapped_sessions.WrappedSession:
        """A new session with its coordinator and hooks."""
        sess = self._session_creator.create_session()
        try:
            coord = Coordinator(clean_stop_exception_types=[])
            refuse_queue_runners(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS))
            for hook in self._hooks:
                hook.after_create_session(sess, coord)
        except BaseException:
            sess.close()
            raise
        self._tf_session = sess
        return wrapped_sessions.CoordinatedSession(
            wrapped_sessions.HookedSession(sess, self._hooks), coord, self._stop_grace_period_secs)

    @property
    def graph(self) -> Any:
        """The session's graph; None once it is closed."""
        return self._tf_session.graph if self._tf_session else None

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None,
            run_metadata: Any = None) -> Any:
        """As `Session.run()`, with the hooks around it.

        Raises:
          RuntimeError: a hook has requested a stop, or the session is closed.
        """
        return self._open_session().run(fetches, feed_dict=feed_dict, options=options,
                                        run_metadata=run_metadata)

    def run_step_fn(self, step_fn: Callable[[Any], Any]) -> Any:
        """Calls a function that may run the session with and without hooks.

        Args:
          step_fn: a function of one argument called `step_context` (a method: after `self`), which
            has `session`, `run_with_hooks(...)` and `request_stop()`.

        Returns:
          What it returned.

        Raises:
          ValueError: the function has other arguments.
          RuntimeError: the session is closed.
        """
        arguments = _positional_arguments(step_fn)
        if arguments not in (["step_context"], ["self", "step_context"]):
            raise ValueError(
                "`step_fn` may either have one `step_context` argument, or `self` and "
                f"`step_context` arguments if it's an instance method. Got {arguments} instead.")
        return self._open_session().run_step_fn(step_fn)

    def should_stop(self) -> bool:
        """Whether the loop around this session should end."""
        return self._sess is None or self._sess.should_stop()

    def close(self) -> None:
        """Calls the hooks' `end()`, stops the threads and closes the session.

        Raises:
          RuntimeError: it is closed already.
        """
        self._close(call_end=True)

    def __enter__(self) -> _MonitoredSession:
        return self

    def __exit__(self, exception_type: type | None, exception: Any, traceback: Any) -> bool:
        in_order = exception_type in (None, tf.errors.OutOfRangeError, StopIteration)
        self._close(call_end=in_order)
        return in_order

    def _open_session(self) -> wrapped_sessions.WrappedSession:
        if self._sess is None:
            raise RuntimeError("Session is already closed.")
        return self._sess

    def _close(self, call_end: bool) -> None:
        sess = self._open_session()
        try:
            if call_end:
                for hook in self._hooks:
                    hook.end(self._tf_session)
        finally:
            try:
                sess.close()
            finally:
                self._sess = self._tf_session = None
                if not self._graph_was_finalized:
                    tf.get_default_graph()._unsafe_unfinalize()


def _positional_arguments(function: Callable) -> list[str]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in inspect.signature(function).parameters.values()
            if parameter.kind in kinds]


class MonitoredSession(_MonitoredSession):
    """A session with hooks that is made anew, from the last checkpoint, when it is lost.

    Lost is one that failed with AbortedError or UnavailableError. It is no `Session`: savers and
    `with sess.as_default()` need the one that hooks are given.
    """

    def __init__(self, session_creator: SessionCreator | None = None,
                 hooks: Sequence[Any] | None = None, stop_grace_period_secs: float = 120) -> None:
        """
        Args:
          session_creator: a `SessionCreator`; a `ChiefSessionCreator` by default.
          hooks: `SessionRunHook`s, called in this order.
          stop_grace_period_secs: how long threads may take to end.
        """
        super().__init__(session_creator, hooks, True, stop_grace_period_secs)


class SingularMonitoredSession(_MonitoredSession):
    """A session with hooks that is not made anew, so that the program may use what is within."""

    def __init__(self, hooks: Sequence[Any] | None = None, scaffold: Scaffold | None = None,
                 master: str = "", config: Any = None, checkpoint_dir: str | None = None,
                 stop_grace_period_secs: float = 120,
                 checkpoint_filename_with_path: str | None = None) -> None:
        """
        Args:
          hooks: `SessionRunHook`s, called in this order.
          scaffold: a `Scaffold`.
          master: "", for there are no servers.
          config: the session's ConfigProto.
          checkpoint_dir: a folder whose latest checkpoint is restored.
          stop_grace_period_secs: how long threads may take to end.
          checkpoint_filename_with_path: a checkpoint to restore instead.
        """
        creator = ChiefSessionCreator(
            scaffold=scaffold, master=master, config=config, checkpoint_dir=checkpoint_dir,
            checkpoint_filename_with_path=checkpoint_filename_with_path)
        super().__init__(creator, hooks, False, stop_grace_period_secs)

    def raw_session(self):
        """The `Session` within; None once it is closed."""
        return self._tf_session
