"""Coordinator, by which threads stop together, and LooperThread, which runs until they do."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import Any, Callable, Iterable, Iterator

import tensorkeep as tf

__all__ = ["Coordinator", "LooperThread"]

# How often join() looks whether the threads have ended by themselves.
_POLL_SECS = 0.05


class Coordinator:
    """Tells a set of threads to stop, waits for them, and hands on what went wrong in one.

    Any thread may call `request_stop()`; each is expected to look at `should_stop()` often, or to
    sleep in `wait_for_stop()`. The first exception that is reported is raised by `join()`.

        coord = tf.train.Coordinator()
        threads = [threading.Thread(target=work, args=(coord,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        coord.join(threads)
    """

    def __init__(self, clean_stop_exception_types: Iterable[type] | None = None) -> None:
        """
        Args:
          clean_stop_exception_types: exception classes that stop the threads without being an
            error; `(tf.errors.OutOfRangeError,)` if None.
        """
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (tf.errors.OutOfRangeError,)
        self._clean_stop_exception_types = tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._error = None
        self._joined = False
        self._registered_threads = set()

    def request_stop(self, ex: Any = None) -> None:
        """Makes `should_stop()` True.

        Args:
          ex: None, an exception, or what `sys.exc_info()` returned. The first one reported is kept
            for `join()`, unless it is of a class that stops cleanly.

        Raises:
          The exception itself, if the coordinator was joined already and nobody else would see it.
        """
        error = _exception_of(ex)
        if isinstance(error, self._clean_stop_exception_types):
            error = None
        with self._lock:
            if self._joined and error is not None:
                raise error
            if self._stop_event.is_set():
                return
            if error is not None and self._error is None:
                tf.logging.info("Error reported to Coordinator: %s, %s", type(error), error,
                                exc_info=(type(error), error, error.__traceback__))
                self._error = error
            self._stop_event.set()

    def clear_stop(self) -> None:
        """Forgets the request to stop, the exception and the join: a new start."""
        with self._lock:
            self._joined = False
            self._error = None
            self._stop_event.clear()

    def should_stop(self) -> bool:
        """True once a stop was requested."""
        return self._stop_event.is_set()

    @contextlib.contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """A context whose exceptions end it quietly and go to `request_stop()`."""
        try:
            yield
        except BaseException:  # A thread that is killed by one must not leave the others running.
            self.request_stop(sys.exc_info())

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Sleeps until a stop is requested, `timeout` seconds at most; True if one was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Adds a `threading.Thread` to those that `join()` waits for."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(self, threads: Iterable[threading.Thread] | None = None,
             stop_grace_period_secs: float = 120, ignore_live_threads: bool = False) -> None:
        """Waits until the threads have ended, or a stop was requested and the grace period is over.

        Args:
          threads: `threading.Thread`s to wait for, besides the registered ones.
          stop_grace_period_secs: how long the threads may take to end after the request.
          ignore_live_threads: whether threads that outlive it are only logged.

        Raises:
          The exception that was reported to `request_stop()`.
          RuntimeError: threads are still alive after the grace period.
        """
        with self._lock:
            threads = list(self._registered_threads.union(threads or ()))
        while _alive(threads) and not self.wait_for_stop(_POLL_SECS):
            pass
        deadline = time.monotonic() + stop_grace_period_secs
        for thread in _alive(threads):
            if thread is not threading.current_thread():
                remaining = max(0.0, deadline - time.monotonic())
                thread.join(min(remaining, threading.TIMEOUT_MAX))
        stragglers = " ".join(thread.name for thread in _alive(threads))
        with self._lock:
            self._joined = True
            self._registered_threads = set()
        self.raise_requested_exception()
        if stragglers:
            message = f"Coordinator stopped with threads still running: {stragglers}"
            if not ignore_live_threads:
                raise RuntimeError(message)
            tf.logging.info("%s", message)

    @property
    def joined(self) -> bool:
        """True after `join()`."""
        return self._joined

    def raise_requested_exception(self) -> None:
        """Raises the exception that was reported to `request_stop()`, if one was."""
        error = self._error
        if error is not None:
            raise error


def _exception_of(ex: Any) -> BaseException | None:
    if not isinstance(ex, tuple):
        return ex
    if len(ex) == 3 and isinstance(ex[1], BaseException):
        return ex[1]
    return ValueError(f"ex must be an exception or what sys.exc_info() returns: {ex!r}")


def _alive(threads: list[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threads if thread.is_alive()]


class LooperThread(threading.Thread):
    """A daemon thread that calls something again and again until its coordinator stops.

    It calls `target`, or a subclass's `run_loop()`, back to back or on a timer. An exception is
    reported to the coordinator and ends the thread.
    """

    def __init__(self, coord: Coordinator, timer_interval_secs: float | None,
                 target: Callable | None = None, args: Iterable | None = None,
                 kwargs: dict[str, Any] | None = None) -> None:
        """
        Args:
          coord: the `Coordinator`; the thread registers with it.
          timer_interval_secs: seconds from one call's start to the next one's; None for no pause.
          target: what to call.
          args: its positional arguments.
          kwargs: its keyword arguments.

        Raises:
          ValueError: `coord` is no Coordinator, or there are arguments but no target.
        """
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        if target is None and (args or kwargs):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        super().__init__(daemon=True)
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._loop_call = (target, args or (), kwargs or {})
        coord.register_thread(self)

    @staticmethod
    def loop(coord: Coordinator, timer_interval_secs: float | None, target: Callable,
             args: Iterable | None = None, kwargs: dict[str, Any] | None = None) -> LooperThread:
        """Makes a LooperThread, starts it and returns it."""
        looper = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def run(self) -> None:
        """What the thread does; `start()` calls it."""
        with self._coord.stop_on_exception():
            self.start_loop()
            # Calls keep to a grid of time, however long each takes.
            next_time = time.time()
            while not self._stopped_before(next_time):
                next_time += self._timer_interval_secs or 0
                self.run_loop()
            self.stop_loop()

    def _stopped_before(self, next_time: float) -> bool:
        if self._timer_interval_secs is None:
            return self._coord.should_stop()
        return self._coord.wait_for_stop(next_time - time.time())

    def start_loop(self) -> None:
        """Called once when the thread starts; for subclasses."""

    def stop_loop(self) -> None:
        """Called once when the coordinator has stopped; for subclasses."""

    def run_loop(self) -> None:
        """One round: calls the target. For subclasses."""
        target, args, kwargs = self._loop_call
        if target is not None:
            target(*args, **kwargs)
