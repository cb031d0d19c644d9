"""start_queue_runners, which many programs call whether they have queues or not."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf

__all__ = ["start_queue_runners"]


def refuse_queue_runners(queue_runners: Sequence[Any]) -> list:
    """Returns [] for no queue runners.

    Raises:
      UnimplementedError: there are some.
    """
    if queue_runners:
        raise tf.errors.UnimplementedError(
            None, None, f"The graph has {len(queue_runners)} queue runners: queues are out of "
            "scope here. Read with Python threads and feed numpy arrays.")
    return []


def start_queue_runners(sess: Any = None, coord: Any = None, daemon: bool = True,
                        start: bool = True, collection: str | None = None) -> list:
    """Returns [], the threads of no queue runners.

    Args:
      sess: the session; the default session if None.
      coord: a Coordinator; not used.
      daemon: not used.
      start: not used.
      collection: where the queue runners are; `GraphKeys.QUEUE_RUNNERS` if None.

    Raises:
      ValueError: there is no session.
      TypeError: `sess` is no session.
      UnimplementedError: the graph has queue runners.
    """
    sess = sess or tf.get_default_session()
    if sess is None:
        raise ValueError(
            "Cannot start queue runners: No default session is registered. Use `with "
            "sess.as_default()` or pass an explicit session to tf.start_queue_runners(sess=sess)")
    if not hasattr(sess, "graph"):
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {type(sess)}")
    return refuse_queue_runners(
        tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS if collection is None else collection))
