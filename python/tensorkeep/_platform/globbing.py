"""Paths by patterns, as TensorFlow's file systems match them: `*` matches hidden files, too."""

from __future__ import annotations

import fnmatch
import os
import re


def matching(pattern: str) -> list[str]:
    """The paths that match; a path without patterns is its own match where it exists."""
    if not _is_pattern(pattern):
        return [pattern] if os.path.lexists(pattern) else []
    root = "/" if pattern.startswith("/") else ""
    parts = [part for part in pattern.split("/") if part]
    if not root and _is_pattern(parts[0]):
        root = "./"  # as TensorFlow names what lies in the current folder
    found = [root]
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        found = [path for folder in found for path in _step(folder, part, last)]
    return sorted(found)


def _is_pattern(part: str) -> bool:
    return any(character in part for character in "*?[")


def _step(folder: str, part: str, last: bool) -> list[str]:
    """The entries of a folder that a part of the pattern matches; folders only, before the last."""
    if not _is_pattern(part):
        names = [part] if os.path.lexists(folder + part) else []
    else:
        matches = re.compile(fnmatch.translate(part.replace("[^", "[!"))).match
        try:
            names = [name for name in os.listdir(folder or ".") if matches(name)]
        except OSError:
            names = []
    if last:
        return [folder + name for name in names]
    return [f"{folder}{name}/" for name in names if os.path.isdir(folder + name)]
