"""A function for every operation, made when it is asked for: tf.raw_ops, and the gen_*_ops modules.

`raw_ops.MatMul(a=x, b=y)` takes arguments by name only, `gen_math_ops.mat_mul(x, y)` by place, too.
"""

from __future__ import annotations

import collections
import functools
import inspect
import keyword
from typing import Any, Callable

from tensorkeep._ops import raw

# Arguments that TensorFlow's functions call otherwise than the operations do.
_RENAMED = {
    **dict.fromkeys(("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum"),
                    {"reduction_indices": "axis"}),
    **dict.fromkeys(("Split", "SplitV"), {"split_dim": "axis"}),
    "ExpandDims": {"dim": "axis"},
    "Select": {"t": "x", "e": "y"},
    "Squeeze": {"squeeze_dims": "axis"},
    "Where": {"input": "condition"},
}


def snake_case(op_type: str) -> str:
    """The name of an operation's function: MatMul is mat_mul, Conv2D conv2d."""
    words = []
    for index, letter in enumerate(op_type):
        before, after = op_type[max(index - 1, 0)], op_type[index + 1:index + 2]
        if letter.isupper() and index and (before.islower() or after.islower()):
            words.append("_")
        words.append(letter.lower())
    return "".join(words)


@functools.lru_cache(maxsize=None)
def _types_by_snake_case() -> dict[str, str]:
    from tensorkeep import _core
    return {snake_case(op_type): op_type for op_type in _core.op_types()}


def names(by_place: bool) -> list[str]:
    """Every operation's function."""
    from tensorkeep import _core
    found = _types_by_snake_case() if by_place else _core.op_types()
    return sorted(name for name in found if name.isidentifier()
                  and not name.startswith("_") and not keyword.iskeyword(name))


@functools.lru_cache(maxsize=None)
def function(name: str, by_place: bool) -> Callable[..., Any]:
    """The function by this name. Raises AttributeError if there is no such operation."""
    from tensorkeep import _core
    op_type = _types_by_snake_case().get(name) if by_place else name
    op_def = _core.find_op_def(op_type) if op_type else None
    if op_def is None:
        raise AttributeError(f"there is no operation for {name!r}")
    inputs = [_argument(op_type, argument.name) for argument in op_def.input_arg]
    attrs = {_argument(op_type, attr.name): attr.name for attr in _free_attrs(op_def)}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if by_place else inspect.Parameter.KEYWORD_ONLY
    required = [_argument(op_type, attr.name) for attr in _free_attrs(op_def)
                if not attr.HasField("default_value")]
    optional = [each for each in attrs if each not in required]
    signature = inspect.Signature(
        [inspect.Parameter(each, kind) for each in (*inputs, *required)]
        + [inspect.Parameter(each, kind, default=None) for each in (*optional, "name")])

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        operation = raw.operation(
            op_type, [given[each] for each in inputs], given.get("name"),
            **{attr: given[each] for each, attr in attrs.items() if given.get(each) is not None})
        return _result(operation, op_def)

    call.__name__ = call.__qualname__ = name
    call.__signature__ = signature
    call.__doc__ = f"Adds a {op_type} operation. Attributes that are None have their defaults."
    return call


def _argument(op_type: str, name: str) -> str:
    name = _RENAMED.get(op_type, {}).get(name, name)
    return name + "_" if keyword.iskeyword(name) else name


def _free_attrs(op_def: Any) -> list[Any]:
    """The attributes that do not follow from the inputs."""
    inferred = {attr for argument in op_def.input_arg
                for attr in (argument.type_attr, argument.number_attr, argument.type_list_attr)}
    return [attr for attr in op_def.attr if attr.name not in inferred]


def _result(operation: Any, op_def: Any) -> Any:
    """The operation if it has no outputs, the output if it has one, or else a named tuple."""
    if not op_def.output_arg:
        return operation
    outputs = iter(operation.outputs)
    values = []
    for argument in op_def.output_arg:
        if argument.number_attr:
            count = operation.get_attr(argument.number_attr)
        elif argument.type_list_attr:
            count = len(operation.get_attr(argument.type_list_attr))
        else:
            values.append(next(outputs))
            continue
        values.append([next(outputs) for _ in range(count)])
    if len(values) == 1:
        return values[0]
    fields = tuple(argument.name for argument in op_def.output_arg)
    return _tuple_of(operation.type, fields)(*values)


@functools.lru_cache(maxsize=None)
def _tuple_of(op_type: str, fields: tuple[str, ...]) -> Any:
    return collections.namedtuple(op_type, fields, rename=True)
