"""Files beside the program's own source files."""

from __future__ import annotations

import os
import sys

__all__ = [
    "get_data_files_path", "get_path_to_datafile", "get_root_dir_with_all_resources",
    "load_resource", "readahead_file_path",
]


def _folder_of_caller(depth: int) -> str:
    return os.path.dirname(os.path.abspath(sys._getframe(depth + 1).f_code.co_filename))


def get_data_files_path() -> str:
    """The folder of the file that calls this."""
    return _folder_of_caller(1)


def get_path_to_datafile(path: str) -> str:
    """`path`, which is relative to the file that calls this."""
    return os.path.join(_folder_of_caller(1), path)


def get_root_dir_with_all_resources() -> str:
    """The folder of the file that calls this."""
    return _folder_of_caller(1)


def load_resource(path: str) -> bytes:
    """The content of a file whose path is relative to the file that calls this."""
    with open(os.path.join(_folder_of_caller(1), path), "rb") as file:
        return file.read()


def readahead_file_path(path: str, readahead: str = "128M") -> str:
    """The path as it is."""
    return path
