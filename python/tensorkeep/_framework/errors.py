"""The errors that operations and files give: an exception class for each of the status codes."""
from __future__ import annotations

import traceback
import warnings

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class InaccessibleTensorError(ValueError):
    """A tensor was used outside of the function or graph that made it."""


class OperatorNotAllowedInGraphError(TypeError):
    """A tensor was used as a Python bool, or iterated over."""


class OpError(Exception):
    """What all errors of this module are.

    Args:
      node_def: the NodeDef of the operation that failed, or None.
      op: the Operation that failed, or None.
      message: the text.
      error_code: one of this module's codes.
      *args: may be one dict of details.

    Attributes:
      tensor: the name of the tensor in a checkpoint that the error is about, or None.
      file: the name of the file that the error is about, or None.
    """

    tensor = None
    file = None

    def __init__(self, node_def, op, message, error_code, *args):
        super().__init__()
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self._experimental_payloads = args[0] if args else {}

    @property
    def node_def(self):
        """The NodeDef of the operation that failed; None if it was none."""
        return self._node_def

    @property
    def op(self):
        """The operation that failed; None if it was none, or is not in the graph."""
        return self._op

    @property
    def message(self):
        """What went wrong."""
        return self._message

    @property
    def error_code(self):
        """The number of the error's class, as in error_codes.proto."""
        return self._error_code

    @property
    def experimental_payloads(self):
        """What was given besides the message; an empty dict without."""
        return self._experimental_payloads

    def __str__(self):
        """The message, and where the operation was made if that is known."""
        parts = [self.message]
        op = self._op
        introduction = "\n\nOriginal stack trace for {!r}:\n"
        while op is not None:
            frames = getattr(op, "traceback", None)
            if frames:
                parts.append(introduction.format(op.name))
                parts.extend(traceback.format_list(frames))
            op = getattr(op, "_original_op", None)
            introduction = "\n...which was originally created as op {!r}, defined at:\n"
        return "".join(parts)

    def __repr__(self):
        return f"{type(self).__name__}({self.message!r})"

    def __reduce__(self):
        # Without the operation: it belongs to a graph, which stays in its process.
        return _without_init, (type(self),), {**self.__dict__, "_op": None}


def _without_init(error_type):
    return error_type.__new__(error_type)


class _CodedError(OpError):
    """An error whose class tells its code."""

    def __init__(self, node_def, op, message, *args):
        super().__init__(node_def, op, message, self._code, *args)


class CancelledError(_CodedError):
    """The operation was cancelled, say by closing its queue."""

    _code = CANCELLED


class UnknownError(_CodedError):
    """An error without a code of its own."""

    _code = UNKNOWN


class InvalidArgumentError(_CodedError):
    """An operation or a function got an argument that it cannot take."""

    _code = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """The time ran out."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """There is no such file, tensor or other thing."""

    _code = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """What was to be made is there already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The process may not do that, say with a file."""

    _code = PERMISSION_DENIED


class UnauthenticatedError(_CodedError):
    """The caller did not prove who it is."""

    _code = UNAUTHENTICATED


class ResourceExhaustedError(_CodedError):
    """Memory, disk space or another resource is used up."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """Something has to be done before, such as initializing a variable."""

    _code = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """The operation was given up for another that ran at the same time."""

    _code = ABORTED


class OutOfRangeError(_CodedError):
    """There is no more input, or an index is outside of its range."""

    _code = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The operation, or what is asked of it, does not exist here."""

    _code = UNIMPLEMENTED


class InternalError(_CodedError):
    """The library broke a rule of its own."""

    _code = INTERNAL


class UnavailableError(_CodedError):
    """A service is not there at present."""

    _code = UNAVAILABLE


class DataLossError(_CodedError):
    """A file is damaged, cut short, or of another format."""

    _code = DATA_LOSS


_TYPE_BY_CODE = {error_type._code: error_type for error_type in _CodedError.__subclasses__()}


def exception_type_from_error_code(error_code):
    """The class of errors with a code.

    Raises:
      KeyError: no class has this code.
    """
    return _TYPE_BY_CODE[error_code]


def error_code_from_exception_type(cls):
    """The code of a class of errors; UNKNOWN, with a warning, for a class that has none."""
    if isinstance(cls, type) and cls in _TYPE_BY_CODE.values():
        return cls._code
    warnings.warn("Unknown class exception")
    return UNKNOWN


def _is_public(name, value):
    if name.startswith("_"):
        return False
    return name.isupper() or (isinstance(value, type) and issubclass(value, Exception))


__all__ = [name for name, value in globals().items() if _is_public(name, value)]
__all__ += ["exception_type_from_error_code", "error_code_from_exception_type"]
