"""tf.test: unit tests of programs with graphs."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest
from typing import Any
from unittest import mock

from tensorkeep._platform.benchmark import Benchmark, benchmark_config, benchmarks_or
from tensorkeep._platform.gradient_checker import compute_gradient, compute_gradient_error
from tensorkeep._platform.test_case import TestCase
from tensorkeep._platform.test_util import assert_equal_graph_def

__all__ = [
    "Benchmark", "StubOutForTesting", "TestCase", "assert_equal_graph_def", "benchmark_config",
    "compute_gradient", "compute_gradient_error", "get_temp_dir", "gpu_device_name",
    "is_built_with_cuda", "is_built_with_gpu_support", "is_built_with_rocm", "is_built_with_xla",
    "is_cpu_target_available", "is_gpu_available", "main", "mock", "test_src_dir_path",
]

_temp_dir: str | None = None


def main(argv: list[str] | None = None) -> None:
    """Runs the tests of the program, by absl's `absltest` where absl-py is installed.

    With the argument --benchmark_filter=REGULAR_EXPRESSION it runs benchmarks instead.
    """
    try:
        from absl.testing import absltest
    except ImportError:
        tests = unittest.main
    else:
        tests = absltest.main
    benchmarks_or(lambda: tests(argv=argv), argv)


def get_temp_dir() -> str:
    """A folder for the files of this process's tests."""
    global _temp_dir
    if _temp_dir is None:
        _temp_dir = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
    return _temp_dir


def test_src_dir_path(relative_path: str = "") -> str:
    """A path relative to the folder of the program."""
    program = getattr(sys.modules["__main__"], "__file__", None) or ""
    return os.path.join(os.path.dirname(os.path.abspath(program)), relative_path)


test_src_dir_path.__test__ = False  # it is none, though its name begins like one


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """False."""
    return False


def gpu_device_name() -> str:
    """Empty: there is none."""
    return ""


def is_built_with_cuda() -> bool:
    """False."""
    return False


def is_built_with_gpu_support() -> bool:
    """False."""
    return False


def is_built_with_rocm() -> bool:
    """False."""
    return False


def is_built_with_xla() -> bool:
    """False."""
    return False


def is_cpu_target_available(target: str) -> bool:
    """Whether it runs on processors of that kind."""
    import platform
    return {"x86_64": "x86_64", "aarch64": "aarch64"}.get(target) == platform.machine()


class StubOutForTesting:
    """Replaces attributes for a while: `Set`, and `CleanUp` or the end of a `with` to undo it."""

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any]] = []

    def Set(self, parent: Any, child_name: str, new_child: Any) -> None:
        """Replaces `parent.child_name`."""
        self._replaced.append((parent, child_name, getattr(parent, child_name)))
        setattr(parent, child_name, new_child)

    SmartSet = Set

    def UnsetAll(self) -> None:
        """Puts everything back, the last first."""
        while self._replaced:
            setattr(*self._replaced.pop())

    SmartUnsetAll = CleanUp = UnsetAll

    def __enter__(self) -> StubOutForTesting:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.UnsetAll()
