"""What a MonitoredSession is made of: sessions around sessions, recoverable, coordinated, hooked.

A run goes inwards through them to the `Session`; so does closing. A lost session (AbortedError,
UnavailableError) is replaced by the recoverable one, the outermost.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

import tensorkeep as tf
from tensorkeep._training.session_run_hook import (SessionRunArgs, SessionRunContext,
                                                   SessionRunValues)


def preemption_errors() -> tuple[type, type]:
    """The errors after which a new session may well succeed."""
    return tf.errors.AbortedError, tf.errors.UnavailableError


class StepContext:
    """What a function given to `run_step_fn()` is called with."""

    def __init__(self, session: Any, run_with_hooks_fn: Callable) -> None:
        self._session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    @property
    def session(self) -> Any:
        """The `Session` under the hooks: running it calls none of them."""
        return self._session

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """As `MonitoredSession.run()`, but a session that is lost restarts the whole function."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self) -> None:
        """Ends the loop around the monitored session, by an exception that its `with` takes."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class WrappedSession:
    """Passes everything on to the session within."""

    def __init__(self, sess: Any) -> None:
        self._sess = sess

    @property
    def graph(self) -> Any:
        """The graph of the session within."""
        return self._sess.graph

    @property
    def raw_session(self) -> Any:
        """The `Session` at the core."""
        return self._sess.raw_session

    def should_stop(self) -> bool:
        """Whether this session or one within wants the loop to end; a closed one does."""
        return self._sess is None or self._sess.should_stop()

    def close(self) -> None:
        """Closes what is within, whatever state a lost session is in."""
        if self._sess is None:
            return
        try:
            self._sess.close()
        except preemption_errors() as error:
            tf.logging.error("The session was lost while it was being closed: %s", error)
        finally:
            self._sess = None

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None,
            run_metadata: Any = None) -> Any:
        """As `Session.run()`."""
        return self._sess.run(fetches, feed_dict=feed_dict, options=options,
                              run_metadata=run_metadata)

    def run_step_fn(self, step_fn: Callable[[StepContext], Any]) -> Any:
        """Calls `step_fn` with a StepContext on this session."""
        return step_fn(StepContext(self.raw_session, self.run))


class RecoverableSession(WrappedSession):
    """Makes a new session where one is lost, and tries again."""

    def __init__(self, make_session: Callable[[], WrappedSession]) -> None:
        """
        Args:
          make_session: a function that returns a new session.
        """
        self._make_session = make_session
        super().__init__(None)
        self._ensure_session()

    def should_stop(self) -> bool:
        if self._sess is None:
            return True
        try:
            return self._sess.should_stop()
        except preemption_errors() as error:
            self._lose(error)
            self._ensure_session()
            return False
        except Exception:  # Whatever a thread reported, closing raises it.
            return True

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None,
            run_metadata: Any = None) -> Any:
        return self._until_not_lost(lambda sess: sess.run(
            fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata))

    def run_step_fn(self, step_fn: Callable[[StepContext], Any]) -> Any:
        return self._until_not_lost(lambda sess: sess.run_step_fn(step_fn))

    def _until_not_lost(self, call: Callable[[WrappedSession], Any]) -> Any:
        while True:
            try:
                self._ensure_session()
                return call(self._sess)
            except preemption_errors() as error:
                self._lose(error)

    def _ensure_session(self) -> None:
        while self._sess is None:
            try:
                self._sess = self._make_session()
            except preemption_errors() as error:
                tf.logging.info("The session was lost while it was being made; another is made. "
                                "Error: %s", error)

    def _lose(self, error: Exception) -> None:
        tf.logging.info("The session was lost; it is closed and a new one is made. Error: %s",
                        error)
        self.close()


class CoordinatedSession(WrappedSession):
    """Stops with a coordinator's threads, and hears of what goes wrong in them."""

    def __init__(self, sess: WrappedSession, coord: Any, stop_grace_period_secs: float) -> None:
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def should_stop(self) -> bool:
        self._coord.raise_requested_exception()
        return self._coord.should_stop() or super().should_stop()

    def close(self) -> None:
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._stop_grace_period_secs,
                             ignore_live_threads=True)
        finally:
            try:
                super().close()
            except Exception as error:  # It would hide what a thread reported.
                tf.logging.warning("Closing the session failed: %s", error)

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None,
            run_metadata: Any = None) -> Any:
        try:
            return super().run(fetches, feed_dict, options, run_metadata)
        except Exception:
            # Where a thread has lost the session, that is the cause, and the remedy is known.
            try:
                self._coord.raise_requested_exception()
            except preemption_errors():
                raise
            except Exception:
                pass
            raise


class HookedSession(WrappedSession):
    """Calls the hooks around every run of a `Session`."""

    def __init__(self, sess: Any, hooks: Sequence[Any]) -> None:
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    @property
    def raw_session(self) -> Any:
        return self._sess

    def should_stop(self) -> bool:
        return self._sess is None or self._should_stop

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None,
            run_metadata: Any = None) -> Any:
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self._sess)
        options = options or tf.RunOptions()
        run_metadata = run_metadata or tf.RunMetadata()
        requests = [hook.before_run(context) or SessionRunArgs(None) for hook in self._hooks]
        for request in requests:
            if request.options:
                _merge_options(options, request.options)
        asked = [i for i, request in enumerate(requests) if request.fetches is not None]
        outputs = self._sess.run(
            [fetches] + [requests[i].fetches for i in asked],
            feed_dict=_merge_feeds(feed_dict, [request.feed_dict for request in requests]),
            options=options, run_metadata=run_metadata)
        results = dict(zip(asked, outputs[1:]))
        for i, hook in enumerate(self._hooks):
            hook.after_run(context, SessionRunValues(results.get(i), options, run_metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return outputs[0]


def _merge_feeds(user_feeds: dict | None, feeds_of_hooks: Sequence[dict | None]) -> dict | None:
    """One feed_dict of all.

    Raises:
      RuntimeError: a tensor is fed twice.
    """
    merged = {}
    for feeds in feeds_of_hooks:
        _refuse_common(merged, feeds or {}, "Same tensor is fed by two hooks.")
        merged.update(feeds or {})
    if not merged:
        return user_feeds
    _refuse_common(user_feeds or {}, merged, "Same tensor is fed by a SessionRunHook and user.")
    merged.update(user_feeds or {})
    return merged


def _refuse_common(feeds: dict, others: dict, message: str) -> None:
    common = [tensor for tensor in feeds if tensor in others]
    if common:
        raise RuntimeError(f"{message} Conflict(s): {common}")


def _merge_options(options: Any, others: Any) -> None:
    """Adds RunOptions to others: the greater number, and all of a list."""
    for field, value in others.ListFields():
        if isinstance(value, (bool, int)):
            setattr(options, field.name, max(getattr(options, field.name), value))
        else:
            getattr(options, field.name).MergeFrom(value)
