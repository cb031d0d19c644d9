"""Sessions: what runs a graph, and the stack of default ones."""

from __future__ import annotations

import threading
from typing import Any, Callable, Sequence

from tensorkeep import _core

BaseSession = _core.BaseSession
SessionInterface = _core.BaseSession


class _DefaultSessions(threading.local):
    """This thread's sessions that `with` has made default."""

    def __init__(self) -> None:
        self.stack: list[BaseSession] = []


_defaults = _DefaultSessions()


def get_default_session() -> BaseSession | None:
    """The innermost session that was made default in this thread; None if there is none."""
    return _defaults.stack[-1] if _defaults.stack else None


def _session_for(session: Any, graph: Any, what: str) -> Any:
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"Cannot {what} using `eval()`/`run()`: No default session is registered. Use "
                "`with sess.as_default()` or pass an explicit session to `eval(session=sess)`")
        if session.graph is not graph:
            raise ValueError(
                "Cannot use the default session to evaluate: the element's graph is different from "
                "the session's graph. Pass an explicit session to `eval(session=sess)`.")
    elif session.graph is not graph:
        raise ValueError(
            "Cannot use the given session to evaluate: the element's graph is different from the "
            "session's graph.")
    return session


def evaluate(tensor: Any, feed_dict: Any, session: Any) -> Any:
    """`tensor.eval()`: its value in the session, or in the default one."""
    return _session_for(session, tensor.graph, "evaluate tensor").run(tensor, feed_dict)


def run_operation(operation: Any, feed_dict: Any, session: Any) -> None:
    """`operation.run()`."""
    _session_for(session, operation.graph, "execute operation").run(operation, feed_dict)


def load_variable(variable: Any, value: Any, session: Any) -> None:
    """`variable.load()`: assigns a value by the variable's own initializer, adding no node."""
    session = session or get_default_session()
    if session is None:
        raise ValueError(
            "Either session argument should be provided or default session should be established")
    session.run(variable.initializer, {variable.initializer.inputs[1]: value})


class _AsDefault:
    """Makes a session, and optionally its graph, default inside a `with`."""

    def __init__(self, session: BaseSession) -> None:
        self._session = session

    def __enter__(self) -> BaseSession:
        _defaults.stack.append(self._session)
        return self._session

    def __exit__(self, *exception: Any) -> None:
        _leave(self._session)


def _leave(session: BaseSession) -> None:
    for position in range(len(_defaults.stack) - 1, -1, -1):
        if _defaults.stack[position] is session:
            del _defaults.stack[position]
            return


class _GraphSession(BaseSession):
    """What sessions share: where the graph comes from, and the arguments kept for callers."""

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, _core.Graph):
            raise TypeError(f"Argument `graph` must be a tf.Graph, but got \"{type(graph).__name__}\"")
        if target is not None and not isinstance(target, (str, bytes)):
            raise TypeError(f"Argument `target` must be a string, but got "
                            f"\"{type(target).__name__}\"")
        if target not in ("", b"", None):
            raise _unimplemented(f"A session of another process, {target!r}, is not implemented.")
        if config is not None and not hasattr(config, "SerializeToString"):
            raise TypeError(f"Argument `config` must be a tf.ConfigProto, but got "
                            f"\"{type(config).__name__}\"")
        super().__init__(graph if graph is not None else _core.get_default_graph())
        self._config = config

    @property
    def graph_def(self) -> Any:
        """The graph as a GraphDef message."""
        return self.graph.as_graph_def()

    @property
    def sess_str(self) -> bytes:
        return b""

    def as_default(self) -> _AsDefault:
        """Makes this the default session inside a `with`, which does not close it."""
        return _AsDefault(self)

    def make_callable(self, fetches: Any, feed_list: Sequence[Any] | None = None,
                      accept_options: bool = False) -> Callable[..., Any]:
        """A function of the values of `feed_list` that runs the fetches."""
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError("Argument `feed_list` must be a list or tuple.")
        if feed_list is None:
            self._check_fetches(fetches)
        keys = tuple(feed_list or ())

        def call(*values: Any, **options: Any) -> Any:
            if len(values) != len(keys):
                raise TypeError(f"Callable takes {len(keys)} arguments, but got {len(values)}")
            return self.run(fetches, dict(zip(keys, values)), **options)

        return call

    def partial_run_setup(self, *arguments: Any, **options: Any) -> None:
        raise _unimplemented("Partial runs are not implemented.")

    partial_run = partial_run_setup

    def list_devices(self) -> list[Any]:
        """The one device there is, with TensorFlow's name of it."""
        return [_Device("/job:localhost/replica:0/task:0/device:CPU:0", "CPU", 256 << 20)]


class _Device:
    def __init__(self, name: str, device_type: str, memory_limit_bytes: int) -> None:
        self.name = name
        self.device_type = device_type
        self.memory_limit_bytes = memory_limit_bytes
        self.incarnation = 0

    def __repr__(self) -> str:
        return (f"_DeviceAttributes({self.name}, {self.device_type}, {self.memory_limit_bytes}, "
                f"{self.incarnation})")


def _unimplemented(message: str) -> Exception:
    from tensorkeep._framework import errors  # pylint: disable=import-outside-toplevel

    return errors.UnimplementedError(None, None, message)


class Session(_GraphSession):
    """Runs a graph and owns the variables' values.

    Args:
      target: "" only: the session runs in this process.
      graph: the graph; the default one if None.
      config: a ConfigProto; accepted, nothing in it is needed.

    `run` may be called from many threads at once. In a `with`, session and graph are default, and
    the session is closed at the end.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._entered: list[Any] = []

    def __enter__(self) -> Session:
        as_default = self.graph.as_default()
        as_default.__enter__()
        self._entered.append(as_default)
        _defaults.stack.append(self)
        return self

    def __exit__(self, *exception: Any) -> None:
        _leave(self)
        self._entered.pop().__exit__(None, None, None)
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Raises UnimplementedError: there are no sessions of other processes."""
        raise _unimplemented("Session.reset, of a distributed session, is not implemented.")


class InteractiveSession(_GraphSession):
    """A session that is default from its construction to `close()`."""

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._as_default_graph = graph.as_default() if graph is not None else None
        if self._as_default_graph is not None:
            self._as_default_graph.__enter__()
        _defaults.stack.append(self)

    def close(self) -> None:
        super().close()
        _leave(self)
        if self._as_default_graph is not None:
            self._as_default_graph.__exit__(None, None, None)
            self._as_default_graph = None


def register_session_run_conversion_functions(*arguments: Any, **options: Any) -> None:
    """Raises UnimplementedError: `run` takes what it knows."""
    raise _unimplemented("Conversion functions of Session.run are not implemented.")
