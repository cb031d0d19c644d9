"""When a hook is due: every so many steps or seconds."""

from __future__ import annotations

import time

__all__ = ["SecondOrStepTimer"]


class SecondOrStepTimer:
    """Triggers at first, and again when so many seconds or steps have passed."""

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        """
        Args:
          every_secs: seconds between two triggers.
          every_steps: steps between two; exactly one of both is given.

        Raises:
          ValueError: neither or both were given.
        """
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs = every_secs
        self._every_steps = every_steps
        self.reset()

    def reset(self) -> None:
        """Forgets when it triggered last, so that it does at once."""
        self._last_triggered_step = None
        self._last_triggered_time = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is due at this step; never twice at one."""
        last = self._last_triggered_step
        if last is None:
            return True
        if step == last:
            return False
        if self._every_steps is not None:
            return step >= last + self._every_steps
        return time.time() >= self._last_triggered_time + self._every_secs

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Notes that it has triggered; returns the seconds and steps since the time before.

        Both are None the first time.
        """
        now = time.time()
        elapsed = (None, None)
        if self._last_triggered_time is not None:
            elapsed = (now - self._last_triggered_time, step - self._last_triggered_step)
        self._last_triggered_step, self._last_triggered_time = step, now
        return elapsed

    def last_triggered_step(self) -> int | None:
        """The step of the last trigger, or None."""
        return self._last_triggered_step


class NeverTriggerTimer:
    """The timer of what happens at the end only."""

    def reset(self) -> None:
        """Nothing to forget."""

    def should_trigger_for_step(self, step: int) -> bool:
        """False."""
        return False

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """(None, None)."""
        return None, None

    def last_triggered_step(self) -> int | None:
        """None."""
        return None
