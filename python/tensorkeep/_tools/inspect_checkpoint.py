"""What a checkpoint holds, printed."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any

import numpy as np
import tensorkeep as tf
from tensorkeep._tools.graph_files import option

__all__ = ["main", "parse_numpy_printoption", "print_tensors_in_checkpoint_file"]


def print_tensors_in_checkpoint_file(file_name: str, tensor_name: str, all_tensors: bool,
                                     all_tensor_names: bool = False,
                                     count_exclude_pattern: str = "") -> None:
    """Prints names, types, shapes and values of a checkpoint's tensors, and how many numbers.

    Errors are printed, too.

    Args:
      file_name: the checkpoint's prefix, or one of its files.
      tensor_name: the tensor whose values to print; all names and shapes if empty.
      all_tensors: whether to print all values.
      all_tensor_names: whether to print all names.
      count_exclude_pattern: a regular expression for names that do not count.
    """
    try:
        reader = tf.train.NewCheckpointReader(file_name)
        if all_tensors or all_tensor_names:
            for name in sorted(reader.get_variable_to_shape_map()):
                _print_tensor(reader, name, values=all_tensors)
        elif not tensor_name:
            print(tf.compat.as_str_any(reader.debug_string()))
        elif reader.has_tensor(tensor_name):
            _print_tensor(reader, tensor_name, values=True)
        else:
            print(f"Tensor {tensor_name} not found in checkpoint")
            return
        print(f"# Total number of params: {_count(reader, count_exclude_pattern)}")
    except Exception as error:
        print(error)


def _print_tensor(reader: Any, name: str, values: bool) -> None:
    dtype = reader.get_variable_to_dtype_map()[name]
    print(f"tensor: {name} ({dtype.name}) {reader.get_variable_to_shape_map()[name]}")
    if values:
        print(reader.get_tensor(name))


def _count(reader: Any, exclude: str) -> int:
    sizes = {name: int(np.prod(shape))
             for name, shape in reader.get_variable_to_shape_map().items()}
    left_out = [name for name in sizes if exclude and re.search(exclude, name)]
    if exclude:
        print(f"# Excluding {len(left_out)} tensors ({sum(sizes[name] for name in left_out)} "
              f"params) that match {exclude} when counting.")
    return sum(size for name, size in sizes.items() if name not in left_out)


def parse_numpy_printoption(kv_str: str) -> None:
    """Sets one of numpy's print options by a text such as "threshold=1000".

    Raises:
      argparse.ArgumentTypeError: there is no such option, or it has no such value.
    """
    name, equals, text = kv_str.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"'{kv_str}' is not in the form k=v.")
    options = np.get_printoptions()
    if name not in options:
        raise argparse.ArgumentTypeError(f"'{name}' is not a valid printoption.")
    kind = type(options[name])
    if options[name] is None:
        raise argparse.ArgumentTypeError(
            f"Setting '{name}' from the command line is not supported.")
    try:
        value = {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise argparse.ArgumentTypeError(f"'{text}' is no value for '{name}'.") from None
    np.set_printoptions(**{name: value})


def main(arguments: list[str]) -> None:
    """The command; `arguments` are those after its name."""
    parser = argparse.ArgumentParser(description=__doc__)
    option(parser, "file_name", "prefix of the checkpoint, or one of its files")
    option(parser, "tensor_name", "the tensor to print")
    option(parser, "count_exclude_pattern", "regular expression for names that do not count")
    option(parser, "all_tensors", "whether to print all values", False)
    option(parser, "all_tensor_names", "whether to print all names", False)
    parser.add_argument("--printoptions", nargs="*", type=parse_numpy_printoption,
                        help="for numpy.set_printoptions, as name=value")
    flags = parser.parse_args(arguments)
    if not flags.file_name:
        parser.print_usage()
        sys.exit(1)
    print_tensors_in_checkpoint_file(flags.file_name, flags.tensor_name, flags.all_tensors,
                                     flags.all_tensor_names, flags.count_exclude_pattern)


if __name__ == "__main__":
    main(sys.argv[1:])
