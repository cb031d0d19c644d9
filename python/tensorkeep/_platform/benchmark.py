"""Benchmarks: classes whose methods `benchmark...` time something and report it."""

from __future__ import annotations

import inspect
import numbers
import os
import re
import statistics
import sys
import time
from typing import Any, Callable

import tensorkeep as tf

__all__ = ["Benchmark", "benchmark_config"]

_REPORT_PREFIX = "TEST_REPORT_FILE_PREFIX"  # of the files that reports are written to
_FILTER = re.compile(r"--?benchmark_filter=(.*)")
_known: list[type] = []


def benchmark_config() -> Any:
    """A ConfigProto for benchmarks, in which the graph is not changed before it is run."""
    from tensorkeep._framework import protos
    config = protos.ConfigProto()
    config.graph_options.rewrite_options.dependency_optimization = protos.RewriterConfig.OFF
    return config


class Benchmark:
    """What benchmarks derive from. `tf.test.main` runs them when the program is called with
    --benchmark_filter=REGULAR_EXPRESSION, or "all".
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _known.append(cls)

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether it is this very class."""
        return cls is Benchmark

    def _get_name(self, overwrite_name: str | None = None) -> str:
        """The class's name with that of the benchmark that is running, the outermost one."""
        name = overwrite_name
        for frame in reversed(inspect.stack()):
            if name is None and isinstance(frame.frame.f_locals.get("self"), Benchmark):
                name = frame.function
        return f"{type(self).__name__}.{name}"

    def report_benchmark(self, iters: int | None = None, cpu_time: float | None = None,
                         wall_time: float | None = None, throughput: float | None = None,
                         extras: dict[str, Any] | None = None, name: str | None = None,
                         metrics: list[dict[str, Any]] | None = None) -> None:
        """Prints a result; or writes it, a BenchmarkEntries message, to a file whose name is
        TEST_REPORT_FILE_PREFIX of the environment with the benchmark's name.

        Args:
          iters: how often it ran.
          cpu_time: seconds of the processor.
          wall_time: seconds.
          throughput: megabytes a second.
          extras: numbers and texts by name.
          name: of the benchmark; by default the name of the method.
          metrics: dicts with "name", "value", and perhaps "min_value" and "max_value".

        Raises:
          OSError: the file is there already.
          TypeError: `extras` is no dict, `metrics` no list of such dicts.
        """
        _report(self._get_name(name), extras, metrics, iters=iters, cpu_time=cpu_time,
                wall_time=wall_time, throughput=throughput)

    def run_op_benchmark(self, sess: Any, op_or_tensor: Any, feed_dict: Any = None,
                         burn_iters: int = 2, min_iters: int = 10, store_trace: bool = False,
                         store_memory_usage: bool = True, name: str | None = None,
                         extras: dict[str, Any] | None = None, mbs: float = 0) -> dict[str, Any]:
        """Times runs of an operation or tensor, and reports their median.

        Args:
          sess: the session.
          op_or_tensor: what to run.
          feed_dict: what to feed.
          burn_iters: runs before the first that counts.
          min_iters: runs that count.
          store_trace: not used; there are no traces.
          store_memory_usage: not used.
          name: as for `report_benchmark`.
          extras: as for `report_benchmark`.
          mbs: megabytes that a run goes through.

        Returns:
          A dict of what was reported, with "wall_time_mean" and "wall_time_stdev" in "extras".
        """
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict=feed_dict)
        seconds = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(op_or_tensor, feed_dict=feed_dict)
            seconds.append(time.perf_counter() - start)
        median = statistics.median(seconds)
        values = {"iters": min_iters, "wall_time": median,
                  "extras": extras if extras is not None else {}, "name": name,
                  "throughput": mbs / median}
        self.report_benchmark(**values)
        values["extras"].update(
            wall_time_mean=statistics.fmean(seconds),
            wall_time_stdev=statistics.stdev(seconds) if len(seconds) > 1 else -1)
        return values

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors in the default session."""
        return tf.get_default_session().run(tensors)


def _report(name: str, extras: Any, metrics: Any, **numbers_of_it: Any) -> None:
    from tensorkeep._framework import protos
    entries = protos.BenchmarkEntries()
    entry = entries.entry.add(name=name)
    for field, value in numbers_of_it.items():
        if value is not None:
            setattr(entry, field, value)
    if extras is not None and not isinstance(extras, dict):
        raise TypeError("extras must be a dict")
    for key, value in (extras or {}).items():
        if isinstance(value, numbers.Number):
            entry.extras[key].double_value = value
        else:
            entry.extras[key].string_value = str(value)
    if metrics is not None and not isinstance(metrics, list):
        raise TypeError("metrics must be a list")
    for metric in metrics or ():
        for field in ("name", "value"):
            if field not in metric:
                raise TypeError(f"metric must has a '{field}' field")
        added = entry.metrics.add(name=metric["name"], value=metric["value"])
        for field in ("min_value", "max_value"):
            if field in metric:
                getattr(added, field).value = metric[field]
    prefix = os.environ.get(_REPORT_PREFIX)
    if prefix is None:
        print(entries)
        return
    path = prefix + name.replace("/", "__")
    if tf.gfile.Exists(path):
        raise IOError(f"File already exists: {path}")
    with tf.gfile.GFile(path, "wb") as file:
        file.write(entries.SerializeToString())


def run_benchmarks(pattern: str) -> None:
    """Runs the benchmarks whose names, MODULE.CLASS.METHOD, match.

    Raises:
      ValueError: there are none.
    """
    found = False
    for kind in _known:
        instance = None
        for method in dir(kind):
            name = f"{kind.__module__}.{kind.__name__}.{method}"
            if not method.startswith("benchmark") or not callable(getattr(kind, method)):
                continue
            if pattern == "all" or re.search(pattern, name):
                found = True
                instance = instance or kind()
                getattr(instance, method)()
    if not found:
        raise ValueError(f"No benchmarks matched the pattern: '{pattern}'")


def benchmarks_or(tests: Callable[[], None], argv: list[str] | None = None) -> None:
    """Runs the benchmarks that the arguments ask for, or else `tests`."""
    for argument in sys.argv if argv is None else argv:
        match = _FILTER.fullmatch(argument)
        if match:
            return run_benchmarks(match[1])
    return tests()
