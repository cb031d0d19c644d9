"""Files as tf.gfile and `python.lib.io.file_io` have them.

Paths are text or path objects. What the file system refuses is an error of `tf.errors`.
"""

from __future__ import annotations

import os
import zlib
from typing import Any, Iterator, NamedTuple

from tensorkeep._platform.compat import as_bytes, as_str_any, path_to_str

__all__ = [
    "FileIO", "FileStatistics", "GFile", "atomic_write_string_to_file", "copy", "create_dir",
    "delete_file", "delete_recursively", "file_crc32", "file_exists", "filecmp",
    "get_matching_files", "has_atomic_move", "is_directory", "join", "list_directory",
    "read_file_to_string", "recursive_create_dir", "rename", "stat", "walk",
    "write_string_to_file",
]


def _gfile() -> Any:
    from tensorkeep import _core
    return _core.gfile


def _text(path: Any) -> str:
    return as_bytes(path_to_str(path)).decode("utf-8", "surrogateescape")


class FileIO:
    """A file, opened when it is first read or written.

    What is written reaches the file in one step, at `flush`, `close` or the end of a `with`; a
    `with` that an exception ends leaves the file as it was.

    Args:
      name: the path.
      mode: "r", "w", "a", "r+", "w+" or "a+"; with a "b" reading gives bytes instead of text.

    Raises:
      InvalidArgumentError: another mode.
    """

    def __init__(self, name: Any, mode: str) -> None:
        self._name = name
        self._mode = mode
        self._file = None
        self._plain = mode.replace("b", "")
        if self._plain not in ("r", "w", "a", "r+", "w+", "a+"):
            from tensorkeep import errors
            raise errors.InvalidArgumentError(
                None, None, f"mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+': {mode!r}")
        # What a file that is only written got since the last flush; None before the first write.
        self._pieces: list[bytes] | None = None

    @property
    def name(self) -> Any:
        """The path it was opened with."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode it was opened with."""
        return self._mode

    def _opened(self) -> Any:
        if self._file is None:
            self._file = _gfile().GFile(_text(self._name), f"{self._plain}b")
        return self._file

    def _only_writes(self) -> bool:
        return self._plain in ("w", "a")

    def _readable(self) -> Any:
        if self._only_writes():
            from tensorkeep import errors
            raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
        return self._opened()

    def _decoded(self, content: bytes) -> Any:
        return content if "b" in self._mode else content.decode("utf-8")

    def size(self) -> int:
        """The file's size in bytes. Raises NotFoundError."""
        return stat(self._name).length

    def write(self, file_content: Any) -> None:
        """Appends text or bytes at the present place. Raises PermissionDeniedError, TypeError."""
        content = as_bytes(file_content)
        if self._only_writes():
            if self._pieces is None:
                self._check_folder()
                self._pieces = []
            self._pieces.append(content)
        elif self._plain == "r":
            from tensorkeep import errors
            raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
        else:
            self._opened().write(content)

    def _check_folder(self) -> None:
        """Raises NotFoundError where there is no folder to write the file into."""
        folder, slash, _ = _text(self._name).rpartition("/")
        if slash and folder and not is_directory(folder):
            from tensorkeep import errors
            raise errors.NotFoundError(
                None, None, f"{_text(self._name)}; No such file or directory")

    def read(self, n: int = -1) -> Any:
        """At most `n` bytes, or all that is left: text, or bytes in a mode with "b"."""
        return self._decoded(self._readable().read(n))

    def readline(self) -> Any:
        """The next line with its newline; empty at the end."""
        return self._decoded(self._readable().readline())

    def readlines(self) -> list:
        """The lines that are left, with their newlines."""
        return list(self)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Moves to a place: from the start, the present place or the end, for whence 0, 1 or 2."""
        if offset is None:
            if position is None:
                raise TypeError("seek(): offset argument required")
            offset = position
        file = self._readable()
        if whence not in (0, 1, 2):
            from tensorkeep import errors
            raise errors.InvalidArgumentError(
                None, None, f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.")
        start = (lambda: 0, file.tell, file.size)[whence]()
        file.seek(start + offset)

    def tell(self) -> int:
        """The present place in bytes from the start."""
        if not self._only_writes():
            return self._opened().tell()
        before = self.size() if self._plain == "a" and file_exists(self._name) else 0
        return before + sum(map(len, self._pieces or ()))

    def seekable(self) -> bool:
        """True."""
        return True

    def flush(self) -> None:
        """Makes what was written the file's content."""
        if self._file is not None and self._plain != "r":
            self._file.flush()
        if self._pieces is not None:
            file = _gfile().GFile(_text(self._name), self._plain)
            file.write(b"".join(self._pieces))
            file.close()
            self._plain, self._pieces = "a", None  # what comes now is added

    def close(self) -> None:
        """Flushes. Reading again starts at the beginning."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> FileIO:
        return self

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        if kind is not None:
            self._pieces = None
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_pieces", None) is not None:
            self.close()

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        """The next line. Raises StopIteration at the end."""
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__


class GFile(FileIO):
    """A file as `FileIO`, for reading unless said otherwise."""

    def __init__(self, name: Any, mode: str = "r") -> None:
        super().__init__(name, mode)


class FileStatistics(NamedTuple):
    """What `stat` tells."""

    length: int
    mtime_nsec: int
    is_directory: bool


def file_exists(filename: Any) -> bool:
    """Whether there is a file or folder of that name."""
    return _gfile().Exists(_text(filename))


def is_directory(dirname: Any) -> bool:
    """Whether there is a folder of that name."""
    return _gfile().IsDirectory(_text(dirname))


def list_directory(dirname: Any) -> list[str]:
    """The names in a folder, sorted. Raises NotFoundError if it is none."""
    return _gfile().ListDirectory(_text(dirname))


def create_dir(dirname: Any) -> None:
    """Makes a folder, unless it is there. Raises NotFoundError if the one above is not there."""
    if not is_directory(dirname):
        _gfile().MkDir(_text(dirname))


def recursive_create_dir(dirname: Any) -> None:
    """Makes a folder and all above it, as far as they are not there."""
    _gfile().MakeDirs(_text(dirname))


def delete_file(filename: Any) -> None:
    """Removes a file. Raises NotFoundError, FailedPreconditionError for a folder."""
    _gfile().Remove(_text(filename))


def delete_recursively(dirname: Any) -> None:
    """Removes a folder and all in it. Raises NotFoundError."""
    _gfile().DeleteRecursively(_text(dirname))


def rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Renames a file or folder. Raises NotFoundError, and AlreadyExistsError unless `overwrite`."""
    _gfile().Rename(_text(oldname), _text(newname), overwrite)


def copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copies a file. Raises NotFoundError, and AlreadyExistsError unless `overwrite`."""
    _gfile().Copy(_text(oldpath), _text(newpath), overwrite)


def stat(filename: Any) -> FileStatistics:
    """Length in bytes, time of the last change in nanoseconds, whether it is a folder.

    Raises:
      NotFoundError: there is nothing of that name.
    """
    try:
        found = os.stat(path_to_str(filename))
    except OSError as error:
        from tensorkeep import errors
        raise errors.NotFoundError(
            None, None, f"{as_str_any(filename)}; {error.strerror}") from None
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(path_to_str(filename)))


def walk(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """Every folder below `top`: its path, its folders' names, its files' names.

    Args:
      top: where to start; nothing comes if it is no folder.
      in_order: whether a folder comes before those in it, or after.
    """
    top = as_str_any(path_to_str(top))
    if not is_directory(top):
        return
    names = list_directory(top)
    folders = [name for name in names if is_directory(os.path.join(top, name))]
    here = (top, folders, [name for name in names if name not in folders])
    if in_order:
        yield here
    for folder in folders:
        yield from walk(os.path.join(top, folder), in_order)
    if not in_order:
        yield here


def get_matching_files(filename: Any) -> list[str]:
    """The paths that match a pattern, or one of a list of patterns; sorted for each.

    In a pattern `*` stands for any characters but slashes, `?` for one, `[ab]` and `[!ab]` for one
    of a set or none of it.
    """
    from tensorkeep._platform import globbing
    patterns = filename if isinstance(filename, (list, tuple)) else [filename]
    return [path for pattern in patterns for path in globbing.matching(_text(pattern))]


def read_file_to_string(filename: Any, binary_mode: bool = False) -> Any:
    """A file's content, as text or as bytes. Raises NotFoundError."""
    return FileIO(filename, "rb" if binary_mode else "r").read()


def write_string_to_file(filename: Any, file_content: Any) -> None:
    """Makes text or bytes the content of a file, in one step."""
    with FileIO(filename, "w") as file:
        file.write(file_content)


def atomic_write_string_to_file(filename: Any, contents: Any, overwrite: bool = True) -> None:
    """The same. Raises AlreadyExistsError if the file is there and not to be overwritten."""
    if not overwrite and file_exists(filename):
        from tensorkeep import errors
        raise errors.AlreadyExistsError(None, None, f"file already exists: {as_str_any(filename)}")
    write_string_to_file(filename, contents)


def has_atomic_move(path: Any) -> bool:
    """Whether files are renamed in one step there: always."""
    return True


def filecmp(filename_a: Any, filename_b: Any) -> bool:
    """Whether two files have the same content."""
    return (stat(filename_a).length == stat(filename_b).length
            and read_file_to_string(filename_a, True) == read_file_to_string(filename_b, True))


def file_crc32(filename: Any, block_size: int = 1 << 20) -> str:
    """The CRC-32 of a file's content, as hexadecimal text."""
    return f"0x{zlib.crc32(read_file_to_string(filename, binary_mode=True)):08x}"


def join(path: Any, *paths: Any) -> str:
    """Parts of a path joined with slashes, as `os.path.join` does it."""
    return os.path.join(path_to_str(path), *map(path_to_str, paths))
