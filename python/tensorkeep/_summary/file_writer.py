"""FileWriter: what programs hand their summaries and graphs to."""

from __future__ import annotations

import threading
import time
import warnings
from typing import Any

import tensorkeep as tf
from tensorkeep._framework import protos
from tensorkeep._summary.event_file import EventFileWriter


class FileWriter:
    """Writes summaries, graphs and logs of sessions to an event file, which TensorBoard shows.

    The file is made with the first event. In a `with` statement it is closed at the end.
    """

    def __init__(self, logdir: Any, graph: Any = None, max_queue: int = 10,
                 flush_secs: float = 120, graph_def: Any = None,
                 filename_suffix: str | None = None, session: Any = None) -> None:
        """
        Args:
          logdir: the file's folder; it is made if it is missing.
          graph: a `Graph` to be added at once, with its MetaGraph.
          max_queue: events that may wait before they are written; 0: any number.
          flush_secs: seconds that they may wait, when the next one comes.
          graph_def: deprecated: a `GraphDef` instead of `graph`.
          filename_suffix: the end of the file's name.
          session: no matter: every writer writes a file of its own.

        Raises:
          ValueError: both `graph` and `graph_def`.
          TypeError: they are nothing of that.
          tf.errors.OpError: the folder cannot be made.
        """
        self.event_writer = EventFileWriter(logdir, max_queue, flush_secs, filename_suffix)
        self._closed = False
        self._run_tags: set[str] = set()
        self._seen_tags: set[str] = set()
        if graph is not None or graph_def is not None:
            message, graph = _graph_def_of(graph, graph_def)
            self._add_event(protos.Event(graph_def=message.SerializeToString()), None)
            self.add_meta_graph(tf.train.export_meta_graph(graph_def=message, graph=graph))

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def get_logdir(self) -> str:
        """The file's folder."""
        return self.event_writer.get_logdir()

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Adds a summary. Of each tag, only the first value keeps its metadata.

        Args:
          summary: a `Summary`, ours or TensorFlow's, or its bytes, as sessions give them.
          global_step: a number.

        Raises:
          TypeError: `summary` is nothing of that.
          google.protobuf.message.DecodeError: these bytes are no `Summary`.
        """
        event = protos.Event()
        event.summary.SetInParent()
        event.summary.MergeFromString(protos.serialized(summary, protos.Summary))
        for value in event.summary.value:
            if value.tag in self._seen_tags:
                value.ClearField("metadata")
            self._seen_tags.add(value.tag)
        self._add_event(event, global_step)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Adds a `SessionLog`: that a session starts or stops, or a checkpoint was written."""
        self._add_event(
            protos.Event(session_log=protos.as_message(session_log, protos.SessionLog)),
            global_step)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Adds a graph, with the shapes of its tensors.

        Args:
          graph: a `Graph`.
          global_step: a number.
          graph_def: deprecated: a `GraphDef` instead.

        Raises:
          ValueError: both.
          TypeError: they are nothing of that.
        """
        message, _ = _graph_def_of(graph, graph_def)
        self._add_event(protos.Event(graph_def=message.SerializeToString()), global_step)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Adds a `MetaGraphDef`, ours or TensorFlow's. Raises TypeError for anything else."""
        message = _checked(meta_graph_def, protos.MetaGraphDef,
                           f"meta_graph_def must be type MetaGraphDef, saw type: "
                           f"{type(meta_graph_def)}")
        self._add_event(protos.Event(meta_graph_def=message.SerializeToString()), global_step)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Adds the `RunMetadata` of one run under a tag of its own.

        Raises:
          ValueError: the tag has been used.
        """
        if tag in self._run_tags:
            raise ValueError("The provided tag was already used for this event type")
        event = protos.Event()
        event.tagged_run_metadata.tag = tag
        event.tagged_run_metadata.run_metadata = protos.serialized(run_metadata)
        self._run_tags.add(tag)
        self._add_event(event, global_step)

    def add_event(self, event: Any) -> None:
        """Adds an `Event` as it is. Raises TypeError if it is none."""
        self._warn_if_closed()
        self.event_writer.add_event(event)

    def flush(self) -> None:
        """Writes what waits."""
        self._warn_if_closed()
        self.event_writer.flush()

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self.event_writer.close()
        self._closed = True

    def reopen(self) -> None:
        """Lets more events be added after `close`; they go to another file of the same folder."""
        self.event_writer.reopen()
        self._closed = False

    def _add_event(self, event: Any, step: Any) -> None:
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.add_event(event)

    def _warn_if_closed(self) -> None:
        if self._closed:
            warnings.warn("Attempting to use a closed FileWriter. The operation will be a noop "
                          "unless the FileWriter is explicitly reopened.")


class FileWriterCache:
    """One `FileWriter` for each folder."""

    _cache: dict[str, FileWriter] = {}
    _lock = threading.RLock()

    @staticmethod
    def get(logdir: str) -> FileWriter:
        """The folder's writer; a new one begins with the default graph."""
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._cache:
                FileWriterCache._cache[logdir] = FileWriter(logdir, graph=tf.get_default_graph())
            return FileWriterCache._cache[logdir]

    @staticmethod
    def clear() -> None:
        """Closes and forgets all of them."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._cache.values():
                writer.close()
            FileWriterCache._cache.clear()


def _checked(value: Any, kind: Any, otherwise: str) -> Any:
    """`value` as a message of our class `kind`. Raises TypeError with the text `otherwise`."""
    try:
        return protos.as_message(value, kind)
    except TypeError:
        raise TypeError(otherwise) from None


def _graph_def_of(graph: Any, graph_def: Any) -> tuple[Any, Any]:
    """The GraphDef that is meant, and the graph it is of, if that is known."""
    if graph is not None and graph_def is not None:
        raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
    given = graph if graph is not None else graph_def
    if isinstance(given, tf.Graph):
        if given is graph_def:
            tf.logging.warning("When passing a `Graph` object, please use the `graph` named "
                               "argument instead of `graph_def`.")
        return given.as_graph_def(add_shapes=True), given
    message = _checked(given, protos.GraphDef, "The passed graph must be an instance of `Graph` or "
                       "the deprecated `GraphDef`")
    tf.logging.warning("Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` "
                       "object instead, such as `sess.graph`.")
    return message, None
