"""A progress bar for saves and restores that take long, drawn by tqdm where it is installed.

It appears after a second, on a terminal or in a notebook only; TENSORKEEP_PROGRESS=0 turns it off.
A save's shows the bytes that are in its temporary files. Of a restore only the time is known.
"""

from __future__ import annotations

import glob
import os
import sys
import threading
from typing import Any, Callable

DELAY_SECONDS = 1.0
_STEP_SECONDS = 0.1


def _is_seen() -> bool:
    if os.environ.get("TENSORKEEP_PROGRESS") == "0":
        return False
    if "ipykernel" in sys.modules:
        return True
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


def bytes_written(path: str) -> int:
    """The bytes in the temporary files of a save to `path`, with a step's number or without."""
    pattern = glob.escape(path)
    total = 0
    for name in [*glob.glob(f"{pattern}*.tempstate*"), *glob.glob(f"{pattern}*_temp/part*")]:
        try:
            total += os.stat(name).st_size
        except OSError:  # it has just got its name
            pass
    return total


class _Bar:
    """A thread that draws; `stop` ends it."""

    def __init__(self, verb: str, path: str, count: Callable[[], int] | None) -> None:
        self._title = f"{verb} {os.path.basename(path.rstrip('/'))}"
        self._count = count
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="tensorkeep-progress", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _draw(self) -> None:
        if self._done.wait(DELAY_SECONDS):
            return
        try:
            from tqdm.auto import tqdm  # pylint: disable=import-outside-toplevel
        except ImportError:
            return
        if self._count is None:
            bar = tqdm(desc=self._title, bar_format="{desc}: {elapsed}", leave=False)
        else:
            bar = tqdm(desc=self._title, unit="B", unit_scale=True, leave=False)
        with bar:
            while not self._done.wait(_STEP_SECONDS):
                if self._count is not None:
                    bar.n = max(bar.n, self._count())  # less when a file has got its name
                bar.refresh()


def start(verb: str, raw_path: bytes) -> Any:
    """Watches a save ("Saving") or a restore ("Restoring"); an object to `stop`, or None."""
    if not _is_seen():
        return None
    path = os.fsdecode(raw_path)
    return _Bar(verb, path, (lambda: bytes_written(path)) if verb == "Saving" else None)
