"""What makes the sessions of a MonitoredSession, the first one and those after a loss."""

from __future__ import annotations

import abc
from typing import Any

from tensorkeep._training.scaffold import Scaffold
from tensorkeep._training.session_manager import SessionManager

__all__ = ["ChiefSessionCreator", "SessionCreator", "WorkerSessionCreator"]


class SessionCreator(abc.ABC):
    """Makes the sessions of a MonitoredSession."""

    @abc.abstractmethod
    def create_session(self) -> Any:
        """Returns a new `Session` that is ready."""


class ChiefSessionCreator(SessionCreator):
    """Makes sessions that are restored, or else initialised."""

    def __init__(self, scaffold: Scaffold | None = None, master: str = "", config: Any = None,
                 checkpoint_dir: str | None = None,
                 checkpoint_filename_with_path: str | None = None) -> None:
        """
        Args:
          scaffold: a `Scaffold`.
          master: "", for there are no servers.
          config: the session's ConfigProto.
          checkpoint_dir: a folder whose latest checkpoint is restored.
          checkpoint_filename_with_path: a checkpoint to restore instead.
        """
        self._scaffold = scaffold or Scaffold()
        self._master = master
        self._config = config
        self._checkpoint_dir = checkpoint_dir
        self._checkpoint_filename_with_path = checkpoint_filename_with_path

    def create_session(self) -> Any:
        scaffold = self._scaffold.finalize()
        return _session_manager(scaffold).prepare_session(
            self._master, saver=scaffold.saver, checkpoint_dir=self._checkpoint_dir,
            checkpoint_filename_with_path=self._checkpoint_filename_with_path,
            config=self._config, init_op=scaffold.init_op,
            init_feed_dict=scaffold.init_feed_dict, init_fn=scaffold.init_fn)


class WorkerSessionCreator(SessionCreator):
    """Waits for a model that others initialise."""

    def __init__(self, scaffold: Scaffold | None = None, master: str = "", config: Any = None,
                 max_wait_secs: float = 30 * 60) -> None:
        """
        Args:
          scaffold: a `Scaffold`.
          master: "", for there are no servers.
          config: the session's ConfigProto.
          max_wait_secs: how long to wait.
        """
        self._scaffold = scaffold or Scaffold()
        self._master = master
        self._config = config
        self._max_wait_secs = max_wait_secs

    def create_session(self) -> Any:
        return _session_manager(self._scaffold.finalize()).wait_for_session(
            self._master, config=self._config, max_wait_secs=self._max_wait_secs)


def _session_manager(scaffold: Scaffold) -> SessionManager:
    return SessionManager(local_init_op=scaffold.local_init_op,
                          local_init_feed_dict=scaffold.local_init_feed_dict,
                          ready_op=scaffold.ready_op,
                          ready_for_local_init_op=scaffold.ready_for_local_init_op)
