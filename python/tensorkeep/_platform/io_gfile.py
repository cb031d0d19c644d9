"""tf.io.gfile: the functions of `file_io` by their later names and arguments."""

from __future__ import annotations

from typing import Any, Callable, Iterator

from tensorkeep._platform import file_io
from tensorkeep._platform.file_io import GFile, join

__all__ = [
    "GFile", "copy", "exists", "get_registered_schemes", "glob", "isdir", "join", "listdir",
    "makedirs", "mkdir", "remove", "rename", "rmtree", "stat", "walk",
]


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file. Raises NotFoundError, and AlreadyExistsError unless `overwrite`."""
    file_io.copy(src, dst, overwrite)


def exists(path: Any) -> bool:
    """Whether there is a file or folder of that name."""
    return file_io.file_exists(path)


def get_registered_schemes() -> list[str]:
    """What paths may start with before "://": local files only."""
    return ["", "file"]


def glob(pattern: Any) -> list[str]:
    """The paths that match a pattern, or one of a list of patterns; sorted for each."""
    return file_io.get_matching_files(pattern)


def isdir(path: Any) -> bool:
    """Whether there is a folder of that name."""
    return file_io.is_directory(path)


def listdir(path: Any) -> list[str]:
    """The names in a folder, sorted. Raises NotFoundError if it is none."""
    return file_io.list_directory(path)


def makedirs(path: Any) -> None:
    """Makes a folder and all above it, as far as they are not there."""
    file_io.recursive_create_dir(path)


def mkdir(path: Any) -> None:
    """Makes a folder. Raises NotFoundError if the one above is not there."""
    file_io.create_dir(path)


def remove(path: Any) -> None:
    """Removes a file. Raises NotFoundError, FailedPreconditionError for a folder."""
    file_io.delete_file(path)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Renames a file or folder. Raises NotFoundError, and AlreadyExistsError unless `overwrite`."""
    file_io.rename(src, dst, overwrite)


def rmtree(path: Any) -> None:
    """Removes a folder and all in it. Raises NotFoundError."""
    file_io.delete_recursively(path)


def stat(path: Any) -> file_io.FileStatistics:
    """Length, time of the last change, whether it is a folder. Raises NotFoundError."""
    return file_io.stat(path)


def walk(top: Any, topdown: bool = True, onerror: Callable | None = None,
         ) -> Iterator[tuple[str, list[str], list[str]]]:
    """Every folder below `top`: its path, its folders' names, its files' names."""
    return file_io.walk(top, topdown)
