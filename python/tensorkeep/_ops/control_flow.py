"""cond, case, while_loop and tuple: the nests around what the extension builds."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from tensorkeep import _core
from tensorkeep._framework import dtypes, nest


class _Branch:
    """A branch's function, which keeps the nest of what it returned."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self.structure: Any = None

    def __call__(self) -> list[Any] | None:
        self.structure = self._function()
        if self.structure is None:
            return None
        return nest.flatten(self.structure, expand_composites=True)


def _unpacked(structure: Any, outputs: list[Any], strict: bool) -> Any:
    packed = nest.pack_sequence_as(structure, outputs, expand_composites=True)
    if not strict and isinstance(packed, (list, tuple)) and len(packed) == 1:
        return packed[0]
    return packed


def _check_callable(function: Any, name: str) -> None:
    if not callable(function):
        raise TypeError(f"'{name}' must be callable.")


def _choose(build: Callable[..., list[Any]], pred: Any, true_fn: Any, false_fn: Any, strict: bool,
            name: str | None) -> Any:
    _check_callable(true_fn, "true_fn")
    _check_callable(false_fn, "false_fn")
    if_true, if_false = _Branch(true_fn), _Branch(false_fn)
    outputs = build(pred, if_true, if_false, name)
    structure = if_true.structure if if_true.structure is not None else if_false.structure
    if if_true.structure is not None and if_false.structure is not None:
        try:
            nest.assert_same_structure(if_true.structure, if_false.structure, check_types=False)
        except ValueError as error:
            raise ValueError(f"true_fn and false_fn return different structures. {error}") from error
    return _unpacked(structure, outputs, strict)


def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, strict: bool = False,
         name: str | None = None, fn1: Any = None, fn2: Any = None) -> Any:
    """What true_fn() returns where `pred`, a scalar, is true, and else what false_fn() returns.

    Raises:
      TypeError: `pred` is a bool of Python, or a branch is not callable.
      ValueError: the branches return nothing, or not the same nest of the same types.
    """
    return _choose(_core.cond_flat, pred, fn1 if true_fn is None else true_fn,
                   fn2 if false_fn is None else false_fn, strict, name)


def smart_cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """As cond, but builds one branch alone where the graph, or Python, determines `pred`."""
    known = smart_constant_value(pred)
    if known is not None:
        return true_fn() if known else false_fn()
    return cond(pred, true_fn, false_fn, name=name)


def smart_constant_value(pred: Any) -> bool | None:
    """`pred` as a bool, if it is one or the graph determines it; else None."""
    if isinstance(pred, (bool, int)):
        if pred not in (0, 1):
            raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Received: {pred}")
        return bool(pred)
    if isinstance(pred, _core.Tensor):
        value = _core.constant_value(pred)
        return None if value is None else bool(value)
    raise TypeError("`pred` must be a Tensor, or a Python bool, or 1 or 0. Received: "
                    f"{type(pred)}")


def case(pred_fn_pairs: Any, default: Any = None, exclusive: bool = False, strict: bool = False,
         name: str = "case") -> Any:
    """What the first function whose predicate holds returns, or else default().

    Args:
      pred_fn_pairs: a list of pairs of a boolean scalar and a function, or a dict of them.
    """
    if isinstance(pred_fn_pairs, dict):
        pairs = sorted(pred_fn_pairs.items(), key=lambda item: item[0].name)
        if not exclusive:
            pairs = list(pred_fn_pairs.items())
    elif isinstance(pred_fn_pairs, (list, tuple)):
        pairs = list(pred_fn_pairs)
    else:
        raise TypeError("'pred_fn_pairs' must be a list, tuple, or dict. Received: "
                        f"{type(pred_fn_pairs)}")
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in 'pred_fn_pairs' must be a 2-tuple.")
        if not isinstance(pair[0], _core.Tensor) or pair[0].dtype != dtypes.bool:
            raise TypeError(f"pred must be Tensor of type bool, received: {pair[0]}.")
        _check_callable(pair[1], "fn")
    branches = [(pred, _Branch(function)) for pred, function in pairs]
    last = None if default is None else _Branch(default)
    outputs = _core.case_flat(branches, last, exclusive, name)
    structures = [branch.structure for _, branch in branches] + ([last.structure] if last else [])
    return _unpacked(next(each for each in structures if each is not None), outputs, strict)


def while_loop(cond: Any, body: Any, loop_vars: Any, shape_invariants: Any = None,
               parallel_iterations: int = 10, back_prop: bool = True, swap_memory: bool = False,
               name: str | None = None, maximum_iterations: Any = None,
               return_same_structure: bool = False) -> Any:
    """The variables' values when cond(*loop_vars) no longer holds, each time replaced by body(*loop_vars).

    Args:
      loop_vars: a list or tuple of values, or nests of them.
      shape_invariants: a nest alike, of what of each shape stays the same.

    Raises:
      TypeError: `cond` or `body` is not callable.
      ValueError: no variables; another number or types after an iteration; a shape that changes.
    """
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    if loop_vars is None or (nest.is_nested(loop_vars) and not loop_vars):
        raise ValueError("'loop_vars' must be provided.")
    if not isinstance(loop_vars, (list, tuple)):
        loop_vars = [loop_vars]
    returned: Any = loop_vars  # by the body, in the end

    def packed(structure: Any, values: Sequence[Any], is_inside: bool = True) -> Any:
        """Values as the program has them: in nests, arrays of tensors around their flows."""
        leaves = [old._with_flow(new, is_inside) if hasattr(old, "_with_flow") else new
                  for old, new in zip(nest.flatten(structure, expand_composites=True), values)]
        return nest.pack_sequence_as(structure, leaves, expand_composites=True)

    def flows(structure: Any) -> list[Any]:
        return [value.flow if hasattr(value, "_with_flow") else value
                for value in nest.flatten(structure, expand_composites=True)]

    def flat_cond(values: list[Any]) -> list[Any]:
        return [cond(*packed(loop_vars, values))]

    def flat_body(values: list[Any]) -> list[Any]:
        nonlocal returned
        returned = body(*packed(loop_vars, values))
        if not nest.is_nested(returned):
            returned = [returned]
        nest.assert_same_structure(list(loop_vars), list(returned), check_types=False)
        return flows(returned)

    invariants = None
    if shape_invariants is not None:
        invariants = _flat_shapes(loop_vars, shape_invariants)
    outputs = _core.while_loop_flat(flat_cond, flat_body, flows(loop_vars), invariants,
                                    parallel_iterations, back_prop, swap_memory, name,
                                    maximum_iterations)
    result = packed(returned, outputs, is_inside=False)
    if not return_same_structure and len(outputs) == 1:
        return result[0]
    return result


def _flat_shapes(loop_vars: Any, shapes: Any) -> list[Any]:
    """The shapes, one for each leaf of `loop_vars`; a shape may itself be a list."""
    from tensorkeep._framework import tensor_shape  # pylint: disable=import-outside-toplevel

    if not nest.is_nested(loop_vars):
        return [tensor_shape.as_shape(shapes)]
    if isinstance(loop_vars, dict):
        pairs = [(loop_vars[key], shapes[key]) for key in sorted(loop_vars)]
    else:
        pairs = list(zip(loop_vars, shapes))
        if len(loop_vars) != len(shapes):
            raise ValueError("The two structures don't have the same number of elements: loop_vars "
                             "and shape_invariants.")
    return [shape for variable, invariant in pairs for shape in _flat_shapes(variable, invariant)]


def tuple_(tensors: Sequence[Any], name: str | None = None,
           control_inputs: Any = None) -> list[Any]:
    """The same tensors, each available only when all of them are; None and operations pass."""
    return _core.tuple_flat(list(tensors), name, control_inputs)
