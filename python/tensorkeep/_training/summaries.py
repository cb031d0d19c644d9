"""What hooks and a Supervisor's threads write to event files."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf


def add_scalar(writer: Any, tag: str, value: float, step: int | None) -> None:
    """Writes one number; does nothing where `writer` is None."""
    if writer is not None:
        writer.add_summary(
            tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)]), step)


def steps_per_second(steps: int, seconds: float) -> float:
    """The rate; infinite where the clock has not moved."""
    return steps / seconds if seconds > 0.0 else float("inf")
