"""Event files: `Event` messages in TFRecord frames, which TensorBoard reads while they grow."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
import weakref
from typing import Any

import tensorkeep as tf
from tensorkeep._framework import protos

_VERSION = "brain.Event:2"
_WRITER = "tensorflow.core.util.events_writer"


class EventFileWriter:
    """Appends events to a file of its own. May be used from several threads.

    The file is made with the first event. Its name says when, in seconds, and on which machine;
    what is there already is never overwritten.
    """

    def __init__(self, logdir: Any, max_queue: int = 10, flush_secs: float = 120,
                 filename_suffix: str | None = None) -> None:
        """
        Args:
          logdir: the folder; it is made if it is missing.
          max_queue: events that may wait before they are given to the system; 0: any number.
          flush_secs: seconds that they may wait, when the next one comes.
          filename_suffix: the end of the file's name.

        Raises:
          tf.errors.OpError: the folder cannot be made.
        """
        self._logdir = os.fspath(logdir)
        tf.gfile.MakeDirs(self._logdir)
        self._max_queue = max_queue
        self._flush_secs = flush_secs
        self._suffix = filename_suffix or ""
        self._lock = threading.Lock()
        self._file: Any = None
        self._closed = False
        self._waiting = 0
        self._next_flush = 0.0

    def get_logdir(self) -> str:
        """The folder's path."""
        return self._logdir

    def add_event(self, event: Any) -> None:
        """Appends an event; nothing if this is closed.

        Args:
          event: an `Event`, ours or TensorFlow's.

        Raises:
          TypeError: it is no `Event`.
          tf.errors.OpError: the file cannot be written.
        """
        record = protos.serialized(event, protos.Event)
        with self._lock:
            if self._closed:
                return
            if self._file is None:
                self._open()
            self._file.write(record)
            self._waiting += 1
            if 0 < self._max_queue <= self._waiting or time.monotonic() > self._next_flush:
                self._flush()

    def flush(self) -> None:
        """Gives what waits to the system, so that every reader sees it."""
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Flushes and closes the file."""
        with self._lock:
            self._closed = True
            if self._file is not None:
                self._file.close()
                self._file = None

    def reopen(self) -> None:
        """Lets more events be added after `close`, to another file."""
        with self._lock:
            self._closed = False

    def _open(self) -> None:
        seconds = int(time.time())
        self._file = _new_file(
            self._logdir, f"events.out.tfevents.{seconds:010d}.{socket.gethostname()}",
            self._suffix)
        weakref.finalize(self, self._file.close)  # at the latest when the interpreter ends
        version = protos.Event(wall_time=seconds, file_version=_VERSION)
        version.source_metadata.writer = _WRITER
        self._file.write(version.SerializeToString())
        self._next_flush = 0.0  # the first event is for all to see

    def _flush(self) -> None:
        if self._file is not None:
            self._file.flush()
        self._waiting = 0
        self._next_flush = time.monotonic() + self._flush_secs


def _new_file(folder: str, name: str, suffix: str) -> Any:
    """A file of this name, with a number in it if that name is taken."""
    from tensorkeep import _core

    for number in itertools.count():
        path = os.path.join(folder, name + (f".{number}" if number else "") + suffix)
        try:
            return _core.RecordWriter(path)
        except tf.errors.AlreadyExistsError:
            continue
    raise AssertionError  # there is no last number


class SummaryIterator:
    """The events of a file. Where it ends there may be more later: `next` asks anew."""

    def __init__(self, path: Any) -> None:
        from tensorkeep import _core

        self._path = os.fspath(path)
        self._reader = _core.RecordReader(self._path)

    def __iter__(self) -> SummaryIterator:
        return self

    def __next__(self) -> Any:
        record = self._reader.next()
        if record is None:
            raise StopIteration
        return protos.Event.FromString(record)


def summary_iterator(path: Any) -> SummaryIterator:
    """The events in an event file, one after another.

    Args:
      path: of the file.

    Returns:
      An iterator of `Event` messages. It may be used again at its end, if the file is growing.

    Raises:
      tf.errors.NotFoundError: there is no such file.
      tf.errors.DataLossError: a record is damaged or not whole; raised when it is reached.
    """
    return SummaryIterator(path)
