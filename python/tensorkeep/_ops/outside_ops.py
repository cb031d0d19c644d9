"""What leaves a graph and comes in: tensors as bytes, files, lines of text, the time."""

from __future__ import annotations

import collections
import logging
import os
import pprint
import random
import sys
from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = ["parse_tensor", "print_v2", "serialize_tensor", "timestamp", "write_file"]


def serialize_tensor(tensor: Any, name: str | None = None) -> Any:
    """A tensor as the bytes of a TensorProto: a string scalar."""
    return raw.output("SerializeTensor", [tensor], name)


def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Any:
    """The tensor whose TensorProto a string scalar holds.

    Args:
      serialized: the bytes.
      out_type: the tensor's type. Running it raises InvalidArgumentError for another one, and for
        what is no such message.
      name: of the operation.
    """
    return raw.output("ParseTensor", [serialized], name, out_type=tf.as_dtype(out_type))


def write_file(filename: Any, contents: Any, name: str | None = None) -> Any:
    """An operation that writes a string scalar to a file, in one atomic step; its folder is made if
    it is missing."""
    return raw.operation("WriteFile", [filename, contents], name)


def timestamp(name: str | None = None) -> Any:
    """The seconds since 1970 when it is run: a float64 scalar."""
    return raw.output("Timestamp", [], name)


_LOG_LEVELS = {logging.INFO: "log(info)", logging.WARNING: "log(warning)",
               logging.ERROR: "log(error)"}


def _stream_name(stream: Any) -> str:
    if isinstance(stream, str) and stream.startswith("file://"):
        return stream
    for known, name in ((sys.stdout, "stdout"), (sys.stderr, "stderr")):
        if stream is known:
            return name
    for names, name in ((("info",), "log(info)"), (("warn", "warning"), "log(warning)"),
                        (("error",), "log(error)")):
        if any(stream == getattr(module, each)
               for each in names for module in (tf.logging, logging)):
            return name
    if isinstance(stream, int) and stream in _LOG_LEVELS:
        return _LOG_LEVELS[stream]
    raise ValueError(
        f"Unsupported output stream, logging level, or file.{stream}. Supported streams are "
        "sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs "
        "to be in the form of 'file://<filepath>'.")


def _placeholder_for(text: str) -> str:
    """A mark for tensors that the text does not hold."""
    mark = "{}"
    numbers = random.Random(5)  # the same mark in every graph
    while mark in text:
        mark += str(numbers.randint(0, 9))
    return mark


def _sorted(value: Any) -> Any:
    if isinstance(value, collections.OrderedDict):
        return collections.OrderedDict(sorted(value.items()))
    return value


def _template(value: Any, mark: str, tensors: list[Any]) -> str:
    """How a value is shown, with marks for its tensors, which are collected."""
    shown = []
    for each in tf.nest.flatten(value):
        if tf.is_tensor(each):
            tensors.append(each)
            shown.append(mark)
        else:
            shown.append(each)
    if isinstance(value, str):
        return value
    return pprint.pformat(tf.nest.pack_sequence_as(value, shown))


def print_v2(*inputs: Any, output_stream: Any = None, summarize: int = 3, sep: str = " ",
             end: str = os.linesep, name: str | None = None) -> Any:
    """An operation that shows values whenever it runs.

    Args:
      *inputs: tensors, nests of them, and whatever Python shows.
      output_stream: sys.stdout or sys.stderr, which is the default; "file://PATH", to which it is
        appended; tf.logging.info, warning or error, or a level of logging, for a line of standard
        error.
      summarize: how many elements at the beginning and end of each dimension; all for -1.
      sep: what stands between the inputs.
      end: what stands behind the last.
      name: of the operation.

    Raises:
      ValueError: for another stream.
    """
    stream = _stream_name(sys.stderr if output_stream is None else output_stream)
    first = inputs[0] if len(inputs) == 1 else None
    if tf.is_tensor(first) and first.shape.ndims == 0 and first.dtype == tf.string:
        text = first
    else:
        values = [_sorted(each) for each in inputs]
        plain = tf.nest.map_structure(lambda each: "" if tf.is_tensor(each) else each, values)
        mark = _placeholder_for(" ".join(pprint.pformat(each) for each in plain))
        tensors: list[Any] = []
        template = sep.join(_template(each, mark, tensors) for each in inputs)
        template = template.replace(f"'{mark}'", mark)
        text = raw.output("StringFormat", [tensors], f"{name}_format" if name else None,
                          template=template, placeholder=mark, summarize=summarize)
    return raw.operation("PrintV2", [text], name, output_stream=stream, end=end)
