"""Object-based checkpoints: trees of variables, saved by their paths, as TensorFlow 2 does it."""

from __future__ import annotations

from typing import Any, Callable

from tensorkeep import _core
from tensorkeep._client import session as sessions

CheckpointLoadStatus = _core.train.CheckpointLoadStatus


def _session(session: Any) -> Any:
    session = session if session is not None else sessions.get_default_session()
    if session is None:
        raise RuntimeError("No session is given, and there is no default session; checkpoints are "
                           "saved and restored in one.")
    return session


def run_restore_ops(status: Any, session: Any = None) -> None:
    """Assigns what the checkpoint has; everything or nothing."""
    status._run_restore_ops(_session(session))


def initialize_or_restore(status: Any, session: Any = None) -> None:
    """Assigns what the checkpoint has, and initialises the other variables."""
    status._initialize_or_restore(_session(session))


CheckpointLoadStatus.run_restore_ops = run_restore_ops
CheckpointLoadStatus.initialize_or_restore = initialize_or_restore


class Checkpoint(_core.train.CheckpointBase):
    """Saves and restores the variables in a tree of attributes.

    Args:
      **kwargs: variables, optimizers, Checkpoints, and lists and dicts of these. Attributes that are
        set later count, too; so does what lists and dicts hold when it is saved.

    Raises:
      ValueError: something that can not be tracked.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        for name in sorted(kwargs):
            setattr(self, name, kwargs[name])

    def __setattr__(self, name: str, value: Any) -> None:
        self._track(name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._untrack(name)

    def _retrack_containers(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, (list, dict)):
                self._track(name, value)

    def save(self, file_prefix: str, session: Any = None) -> str:
        """Counts the save and writes `file_prefix`-<count>, which the folder's state file names.

        Returns:
          The checkpoint's prefix.
        """
        self._retrack_containers()
        return self._save(_session(session), file_prefix)

    def write(self, file_prefix: str, session: Any = None) -> str:
        """Writes `file_prefix`, and nothing else."""
        self._retrack_containers()
        return self._write(_session(session), file_prefix)

    def restore(self, save_path: str | None) -> Any:
        """Looks into a checkpoint; the status that is returned assigns the values.

        Raises:
          NotFoundError: there is no such checkpoint.
          DataLossError: it is damaged.
        """
        self._retrack_containers()
        return self._restore(save_path)

    def read(self, save_path: str | None) -> Any:
        """As restore, for what `write` wrote: without the save counter."""
        self._retrack_containers()
        return self._read(save_path)


class CheckpointManager(_core.train.CheckpointManagerBase):
    """Keeps the newest checkpoints of a folder.

    Args:
      checkpoint: a Checkpoint.
      directory: the folder.
      max_to_keep: how many are kept; None keeps all.
      keep_checkpoint_every_n_hours: keeps one for good whenever so much time has passed.
      checkpoint_name: what checkpoints' names begin with.
      step_counter, checkpoint_interval: save only when the counter has moved on so far.
      init_fn: called by restore_or_initialize in an empty folder.
    """

    def __init__(self, checkpoint: Checkpoint, directory: str, max_to_keep: int | None,
                 keep_checkpoint_every_n_hours: float | None = None, checkpoint_name: str = "ckpt",
                 step_counter: Any = None, checkpoint_interval: int | None = None,
                 init_fn: Callable[[], Any] | None = None) -> None:
        super().__init__(checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours,
                         checkpoint_name, step_counter, checkpoint_interval, init_fn)
        self._checkpoint = checkpoint

    @property
    def checkpoint(self) -> Checkpoint:
        """The Checkpoint it saves."""
        return self._checkpoint

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None,
             session: Any = None) -> str | None:
        """Saves, and removes what is too much.

        Returns:
          The checkpoint's prefix; None if the interval has not passed.
        """
        del options
        self._checkpoint._retrack_containers()
        return self._save(_session(session), checkpoint_number, check_interval)

    def restore_or_initialize(self, session: Any = None) -> str | None:
        """Restores the newest checkpoint; without one calls init_fn.

        Returns:
          The prefix that was restored; None if there is none.
        """
        self._checkpoint._retrack_containers()
        return self._restore_or_initialize(_session(session))
