"""A loop that trains until a supervisor stops it."""

from __future__ import annotations

from typing import Any, Callable

from tensorkeep._framework import errors

__all__ = ["basic_train_loop"]


def basic_train_loop(supervisor: Any, train_step_fn: Callable[..., Any], args: Any = None,
                     kwargs: Any = None, master: str = "") -> None:
    """Calls a function in a supervisor's session until the supervisor should stop.

    Args:
      supervisor: a `tf.train.Supervisor`.
      train_step_fn: called with the session, `args` and `kwargs`.
      args: a list.
      kwargs: a dict.
      master: as for `Supervisor.managed_session`.

    After an AbortedError it starts again in a new session.
    """
    while True:
        try:
            with supervisor.managed_session(master) as sess:
                while not supervisor.should_stop():
                    train_step_fn(sess, *(args or ()), **(kwargs or {}))
            return
        except errors.AbortedError:
            continue
