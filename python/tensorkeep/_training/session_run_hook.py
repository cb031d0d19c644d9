"""SessionRunHook: what a monitored session calls around every run, and what it hands over."""

from __future__ import annotations

import collections
from typing import Any

__all__ = ["SessionRunArgs", "SessionRunContext", "SessionRunHook", "SessionRunValues"]


class SessionRunHook:
    """Extends a MonitoredSession; a subclass overrides what it needs.

    The order: `begin()` once, while the graph can still be changed; `after_create_session()` for
    each new session (there are several if one is lost); `before_run()` and `after_run()` around
    each run; `end()` once if nothing failed. Several hooks are called in the order of their list.
    """

    def begin(self) -> None:
        """Called once before the graph is finalized: the place to add operations."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Called when a session is ready.

        Args:
          session: the new `Session`; its graph is finalized.
          coord: the `Coordinator` for threads that the hook starts.
        """

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Called before each run.

        Args:
          run_context: a `SessionRunContext`.

        Returns:
          None, or a `SessionRunArgs` of what to fetch and feed besides.
        """
        return None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Called after each run that did not fail.

        Args:
          run_context: the `SessionRunContext` that `before_run()` had.
          run_values: a `SessionRunValues` of what this hook asked for.
        """

    def end(self, session: Any) -> None:
        """Called once at the end, unless an exception ends the session."""


class SessionRunArgs(
        collections.namedtuple("SessionRunArgs", ["fetches", "feed_dict", "options"],
                               defaults=(None, None))):
    """What a hook adds to a run: fetches in any nest, feeds, RunOptions."""

    __slots__ = ()


class SessionRunValues(
        collections.namedtuple("SessionRunValues", ["results", "options", "run_metadata"])):
    """What a run gave: the values of the hook's fetches in their nest (None if it had none), and
    the RunOptions and RunMetadata of the run.
    """

    __slots__ = ()


class SessionRunContext:
    """One run, as its hooks see it."""

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        """`SessionRunArgs` of what the program itself asked for."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The `Session` under the hooks: running it calls none of them."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook has called `request_stop()`."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Makes the monitored session's `should_stop()` True after this run."""
        self._stop_requested = True
