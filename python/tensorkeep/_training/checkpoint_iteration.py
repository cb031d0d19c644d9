"""Waiting for another program's checkpoints."""

from __future__ import annotations

import time
from typing import Any, Callable, Iterator

import tensorkeep as tf

__all__ = ["checkpoints_iterator", "wait_for_new_checkpoint"]


def wait_for_new_checkpoint(checkpoint_dir: str, last_checkpoint: str | None = None,
                            seconds_to_sleep: float = 1, timeout: float | None = None,
                            ) -> str | None:
    """Waits until a folder's latest checkpoint is another one.

    Args:
      checkpoint_dir: the folder.
      last_checkpoint: the one that is known, or None.
      seconds_to_sleep: how long to wait before the next look.
      timeout: how many seconds to wait at most; for ever if None.

    Returns:
      The checkpoint's prefix, or None after the timeout.
    """
    tf.logging.info("Waiting for new checkpoint at %s", checkpoint_dir)
    stop = None if timeout is None else time.time() + timeout
    while True:
        found = tf.train.latest_checkpoint(checkpoint_dir)
        if found is not None and found != last_checkpoint:
            tf.logging.info("Found new checkpoint at %s", found)
            return found
        if stop is not None and time.time() + seconds_to_sleep > stop:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(checkpoint_dir: str, min_interval_secs: float = 0,
                         timeout: float | None = None,
                         timeout_fn: Callable[[], Any] | None = None) -> Iterator[str]:
    """A folder's checkpoints, each when it is the latest; some may be passed over.

    Args:
      checkpoint_dir: the folder.
      min_interval_secs: the least number of seconds between two of them.
      timeout: how many seconds to wait for one; for ever if None.
      timeout_fn: what to ask after a timeout: whether to end. Without it the first timeout ends.

    Yields:
      Prefixes.
    """
    known = None
    while True:
        found = wait_for_new_checkpoint(checkpoint_dir, known, timeout=timeout)
        if found is None:
            if timeout_fn is None or timeout_fn():
                return
            continue
        known, start = found, time.time()
        yield found
        time.sleep(max(0, start + min_interval_secs - time.time()))
