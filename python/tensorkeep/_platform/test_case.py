"""tf.test.TestCase."""

from __future__ import annotations

import contextlib
import itertools
import math
import random
import re
import shutil
import tempfile
import threading
import unittest
from typing import Any, Callable, Iterator

import numpy as np
import tensorkeep as tf
from tensorkeep._platform.array_assertions import ArrayAssertions

try:
    from absl.testing.absltest import TestCase as _Base
except ImportError:
    _Base = unittest.TestCase

_SEED = 87654321  # of numpy, of Python and of the graph, at the start of every test


class TestCase(ArrayAssertions, _Base):
    """A unit test with a fresh default graph, fixed seeds, sessions and assertions on tensors."""

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._cached_session = None
        self._cached_for: tuple | None = None
        self._threads: list[_CheckedThread] = []
        self._temp_dir: str | None = None

    def setUp(self) -> None:
        super().setUp()
        self._close_cached_session()
        random.seed(_SEED)
        np.random.seed(_SEED)
        tf.reset_default_graph()
        tf.set_random_seed(_SEED)
        if self._testMethodName == "test_session":
            self.skipTest("Not a test.")

    def tearDown(self) -> None:
        for thread in self._threads:
            thread.check_termination()
        self._close_cached_session()
        super().tearDown()

    def _close_cached_session(self) -> None:
        if self._cached_session is not None:
            self._cached_session.close()
        self._cached_session = self._cached_for = None

    def get_temp_dir(self) -> str:
        """A folder of this test alone, the same at every call, removed when the test is over."""
        if self._temp_dir is None:
            self._temp_dir = tempfile.mkdtemp(prefix=f"{self._testMethodName}_")
            self.addCleanup(shutil.rmtree, self._temp_dir, ignore_errors=True)
        return self._temp_dir

    @contextlib.contextmanager
    def session(self, graph: Any = None, config: Any = None, use_gpu: bool = True,
                force_gpu: bool = False) -> Iterator[Any]:
        """A new session on `graph` or the default graph; both are the default inside the `with`.

        The other arguments are TensorFlow's; devices are left as they are.
        """
        del use_gpu, force_gpu
        with tf.Session(graph=graph, config=config) as session:
            with session.graph.as_default():
                yield session

    @contextlib.contextmanager
    def cached_session(self, graph: Any = None, config: Any = None, use_gpu: bool = True,
                       force_gpu: bool = False) -> Iterator[Any]:
        """The same session every time in one test, closed at the test's end.

        Raises:
          ValueError: the first `with` of this test had another graph or other arguments.
        """
        wanted = (graph, config, force_gpu)
        if self._cached_session is None:
            self._cached_session = tf.Session(graph=graph, config=config)
            self._cached_for = wanted
        else:
            for what, now, before in zip(("graph", "config", "force_gpu value"), wanted,
                                         self._cached_for):
                if now is not before:
                    raise ValueError(
                        f"The {what} used to get the cached session is different than the one "
                        "that was used to create the session. Maybe create a new session with "
                        "self.session()")
        with self._cached_session.graph.as_default(), self._cached_session.as_default():
            yield self._cached_session

    @contextlib.contextmanager
    def test_session(self, graph: Any = None, config: Any = None, use_gpu: bool = True,
                     force_gpu: bool = False) -> Iterator[Any]:
        """`cached_session` without a graph, `session` with one."""
        kind = self.cached_session if graph is None else self.session
        with kind(graph, config, use_gpu, force_gpu) as session:
            yield session

    def evaluate(self, tensors: Any) -> Any:
        """Runs a nest of tensors in the default session, or else in the test's cached one."""
        session = tf.get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.cached_session() as session:
            return session.run(tensors)

    def checkedThread(self, target: Callable, args: Any = None, kwargs: Any = None) -> Any:
        """A thread, to be started and joined, whose exceptions are failures of this test."""
        thread = _CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type: Any,
                                       expected_err_re_or_predicate: Any) -> Iterator[None]:
        """Asserts an exception whose text or operation's name matches.

        Args:
          exception_type: the exception's class.
          expected_err_re_or_predicate: a regular expression that is searched for, or a function
            of the exception.
        """
        try:
            yield
        except Exception as error:
            if not isinstance(error, exception_type):
                matches = False
            elif callable(expected_err_re_or_predicate):
                matches = expected_err_re_or_predicate(error)
            else:
                text = str(error)
                if isinstance(error, tf.errors.OpError):
                    op = error.op
                    text = f"{error.message}\nCaused by op: {op.name}" if op else error.message
                matches = re.search(expected_err_re_or_predicate, text)
            if not matches:
                raise AssertionError(f"Exception of type {type(error)}: {error}") from error
        else:
            self.fail(f"{exception_type} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """The same for any error of `tf.errors`."""
        return self.assertRaisesWithPredicateMatch(tf.errors.OpError, expected_err_re_or_predicate)

    def assertStartsWith(self, actual: Any, expected_start: Any, msg: str | None = None) -> None:
        """Asserts how a text begins."""
        if not actual.startswith(expected_start):
            self.fail(f"{actual!r} does not start with {expected_start!r} {msg or ''}")

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: str | None = None) -> None:
        """Asserts that two devices' names mean the same."""
        from tensorkeep.python.framework import device
        self.assertEqual(device.canonical_name(device1), device.canonical_name(device2), msg)

    def assertProtoEquals(self, expected_message_maybe_ascii: Any, validate_message: Any,
                          msg: str | None = None, relative_tolerance: float | None = None) -> None:
        """Asserts that a message is equal to another, or to one in text format."""
        from google.protobuf import text_format
        expected = expected_message_maybe_ascii
        if isinstance(expected, (str, bytes)):
            expected = text_format.Parse(expected, type(validate_message)())
        left, right = map(text_format.MessageToString, (expected, validate_message))
        if expected != validate_message and not _texts_close(left, right, relative_tolerance):
            self.assertMultiLineEqual(left, right, msg)

    def assertProtoEqualsVersion(self, expected: str, actual: Any, producer: int | None = None,
                                 min_consumer: int = 0, msg: str | None = None) -> None:
        """`assertProtoEquals` for a GraphDef's text without its versions."""
        producer = tf.GRAPH_DEF_VERSION if producer is None else producer
        versions = f"versions {{ producer: {producer} min_consumer: {min_consumer} }}"
        self.assertProtoEquals(f"{versions}\n{expected}", actual, msg)


def _texts_close(left: str, right: str, relative_tolerance: float | None) -> bool:
    """Whether two messages' texts differ in numbers only, and in these by no more than allowed."""
    pairs = list(itertools.zip_longest(left.splitlines(), right.splitlines(), fillvalue=""))
    return relative_tolerance is not None and all(
        a == b or _lines_close(a, b, relative_tolerance) for a, b in pairs)


def _lines_close(left: str, right: str, relative_tolerance: float) -> bool:
    (field, _, number), (other_field, _, other_number) = left.partition(":"), right.partition(":")
    try:
        return field == other_field and math.isclose(
            float(number), float(other_number), rel_tol=relative_tolerance)
    except ValueError:
        return False


class _CheckedThread:
    """A thread that keeps what its function raised."""

    def __init__(self, test: TestCase, target: Callable, args: Any, kwargs: Any) -> None:
        self._test = test
        self._error: BaseException | None = None
        self._joined = False
        self._thread = threading.Thread(target=self._run, args=(target, args, kwargs))

    def _run(self, target: Callable, args: Any, kwargs: Any) -> None:
        try:
            target(*args, **kwargs)
        except Exception as error:  # reported by join
            self._error = error

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Waits for its end. Fails the test if the function raised something."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._test.fail(f"Error in checkedThread: {self._error}")

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def check_termination(self) -> None:
        """Fails the test unless the thread was joined."""
        if not self._joined:
            self._test.fail("A checked thread was not joined.")
