"""What a restore would do, told before it is done."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, NamedTuple

from tensorkeep import _core

RESTORED = "restored"
RESHAPED = "restored, reshaped"
MISSING = "missing"
WRONG_SHAPE = "wrong shape"
WRONG_TYPE = "wrong type"
AMBIGUOUS = "two tensors of this name"

# The tensor in which object-based checkpoints describe themselves.
_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


class Wanted(NamedTuple):
    """One tensor that a restore reads: by which name, and what it is assigned to."""

    tensor: str
    variable: str
    dtype: Any
    shape: list[int | None] | None  # of the whole tensor; None if any will do
    slice_spec: str = ""
    reshape: bool = False


class PlanRow(NamedTuple):
    """A line of a plan. `stored_dtype` and `stored_shape` are None where nothing is stored."""

    tensor: str
    variable: str
    dtype: Any
    shape: list[int | None] | None
    stored_dtype: Any
    stored_shape: list[int] | None
    slice: str
    status: str


class RestorePlan:
    """What a restore would do with every variable; nothing is read or assigned.

    `rows` has a PlanRow for each tensor that would be read, `left_over` the names of stored tensors
    that nobody asked for, and `ok` is True if the restore would go through. `str(plan)` is a table,
    and a notebook shows one.
    """

    def __init__(self, prefix: str, rows: list[PlanRow], left_over: list[str]) -> None:
        self.prefix = prefix
        self.rows = rows
        self.left_over = left_over

    @property
    def ok(self) -> bool:
        return all(row.status in (RESTORED, RESHAPED) for row in self.rows)

    def _summary(self) -> str:
        from tensorkeep._client import tables  # pylint: disable=import-outside-toplevel

        bad = sum(row.status not in (RESTORED, RESHAPED) for row in self.rows)
        verdict = f"{bad} would not fit, nothing would be assigned" if bad else "all would fit"
        return (f"Restoring {tables.plural(len(self.rows), 'tensor')} from {self.prefix}: "
                f"{verdict}; {len(self.left_over)} left over")

    def _cells(self) -> list[tuple[str, ...]]:
        from tensorkeep._client import tables  # pylint: disable=import-outside-toplevel

        cells = []
        for row in self.rows:
            wanted = f"{tables.dtype_text(row.dtype)} {tables.shape_text(row.shape)}"
            stored = "" if row.stored_dtype is None else (
                f"{tables.dtype_text(row.stored_dtype)} {tables.shape_text(row.stored_shape)}")
            cells.append((row.variable, row.tensor, row.slice, wanted, stored, row.status))
        return cells + [("", name, "", "", "", "left over") for name in self.left_over]

    def __str__(self) -> str:
        rows = [tuple(map(_printable, row)) for row in self._cells()]
        used = [column for column in range(len(_COLUMNS)) if any(row[column] for row in rows)]
        rows.insert(0, tuple(name.upper() for name in _COLUMNS))
        widths = {column: max(len(row[column]) for row in rows) for column in used}
        lines = ("  ".join(row[column].ljust(widths[column]) for column in used).rstrip()
                 for row in rows)
        return "\n".join([_printable(self._summary()), *lines])

    def __repr__(self) -> str:
        return f"<RestorePlan: {_printable(self._summary())}>"

    def _repr_html_(self) -> str:
        from tensorkeep._client import tables  # pylint: disable=import-outside-toplevel

        return tables.table(self._summary(), _COLUMNS, self._cells())


_COLUMNS = ("variable", "tensor", "slice", "wanted", "stored", "status")


def _printable(text: str) -> str:
    """On one line, and nothing that a terminal would obey."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _dims(shape: Any) -> list[int | None] | None:
    return None if shape.dims is None else shape.as_list()


def _whole(slice_spec: str) -> list[int | None]:
    """The shape of the tensor that a slice is of: "6 2 0,2:0,2" gives [6, 2]."""
    return [int(size) for size in slice_spec.split()[:-1]]


def _without_output(name: str) -> str:
    return name[:-2] if name.endswith(":0") else name


def _wanted_by_variable(name: str, variable: Any) -> Iterator[Wanted]:
    if isinstance(variable, (list, tuple)) or hasattr(variable, "_get_variable_list"):
        for part in getattr(variable, "_get_variable_list", lambda: variable)():
            yield from _wanted_by_variable(name, part)
    elif isinstance(variable, _core.lookup.MutableHashTable):
        for part, dtype in (("keys", variable.key_dtype), ("values", variable.value_dtype)):
            yield Wanted(f"{name or variable.name}-{part}", variable.name, dtype, None)
    elif hasattr(variable, "specs"):
        for spec in variable.specs:
            shape = (_whole(spec.slice_spec) if spec.slice_spec else
                     _dims(spec.tensor.shape) if hasattr(spec.tensor, "shape") else None)
            yield Wanted(spec.name, variable.name, spec.dtype.base_dtype, shape, spec.slice_spec)
    elif isinstance(variable, _core.Variable):
        part = variable._get_save_slice_info()
        own = _without_output(variable.name)
        if part is None:
            yield Wanted(name or own, own, variable.dtype.base_dtype, _dims(variable.shape))
        else:
            yield Wanted(name or part.full_name, own, variable.dtype.base_dtype,
                         list(part.full_shape), part.spec)
    else:
        raise TypeError(f"restore_plan takes a Saver, or variables as a Saver takes them, not "
                        f"{variable!r}")


def _wanted_by_variables(var_list: Any) -> Iterator[Wanted]:
    if var_list is None:
        var_list = _core.get_default_graph().get_collection("variables")
        for saveable in _core.get_default_graph().get_collection("saveable_objects"):
            yield from _wanted_by_saveable(saveable)
    if isinstance(var_list, dict):
        for name, variable in var_list.items():
            yield from _wanted_by_variable(name, variable)
    else:
        for variable in var_list:
            yield from _wanted_by_variable("", variable)


def _wanted_by_saveable(saveable: Any) -> Iterator[Wanted]:
    """What is in the graph's collection: a program's own objects, and tables by their name."""
    if isinstance(saveable, _core.CollectionObject):
        table = _core.get_default_graph().get_operation_by_name(saveable.name)
        for part in ("keys", "values"):
            dtype = table.get_attr(f"{part[:-1]}_dtype")
            yield Wanted(f"{saveable.name}-{part}", saveable.name, dtype, None)
    else:
        yield from _wanted_by_variable("", saveable)


def _behind(saver: Any, graph: Any) -> list[Any]:
    """Every operation that a saver's restore operation needs."""
    name = saver.as_saver_def().restore_op_name
    waiting = [graph.get_operation_by_name(name)]
    found = {waiting[0].name: waiting[0]}
    while waiting:
        operation = waiting.pop()
        for needed in [*(each.op for each in operation.inputs), *operation.control_inputs]:
            if needed.name not in found:
                found[needed.name] = needed
                waiting.append(needed)
    return sorted(found.values(), key=lambda operation: operation._id)


def _assigned(operations: Iterable[Any]) -> dict[str, tuple[Any, bool]]:
    """What is done with each tensor read, by its name: the assignment, and whether by a Reshape."""
    found = {}
    for operation in operations:
        if operation.type in ("LookupTableImportV2", "LookupTableImport"):
            found.update((value.name, (operation, False)) for value in operation.inputs[1:])
        if operation.type in ("Assign", "AssignVariableOp"):
            value, reshape = operation.inputs[1], False
            while value.op.type in ("Identity", "Reshape"):
                reshape = reshape or value.op.type == "Reshape"
                value = value.op.inputs[0]
            found[value.name] = (operation, reshape)
    return found


def _target(assignment: Any, reshape: bool) -> tuple[str, list[int | None] | None]:
    """A variable's name and the shape it wants, from the operation that assigns to it."""
    variable = assignment.inputs[0]
    if assignment.type.startswith("LookupTable"):
        return variable.op.name, None
    if variable.op.type == "VarHandleOp":
        shape = variable.op.get_attr("shape")
        dims = None if shape.unknown_rank else [each.size for each in shape.dim]
        return variable.op.name, dims
    if assignment.type == "Assign" and not (reshape or assignment.get_attr("validate_shape")):
        return variable.op.name, None
    return variable.op.name, _dims(variable.shape)


def _wanted_by_saver(saver: Any, graph: Any) -> Iterator[Wanted]:
    from tensorkeep._framework import tensor_util  # pylint: disable=import-outside-toplevel

    operations = _behind(saver, graph)
    assigned = _assigned(operations)
    for read in operations:
        if read.type not in ("RestoreV2", "RestoreSlice", "Restore"):
            continue
        constants = [tensor_util.constant_value(each) for each in read.inputs[1:]]
        if any(each is None for each in constants):
            continue  # names that only running the graph tells
        names = [each.decode("utf-8", "replace") for each in constants[0].reshape(-1)]
        slices = ([each.decode() for each in constants[1].reshape(-1)] if len(constants) > 1
                  else [""] * len(names))
        for tensor, name, spec in zip(read.outputs, names, slices):
            assignment, reshape = assigned.get(tensor.name, (None, False))
            variable, shape = _target(assignment, reshape) if assignment is not None else ("", None)
            if spec:
                shape = _whole(spec)
            yield Wanted(name, variable, tensor.dtype.base_dtype, shape, spec, reshape)


def _size(shape: list[int | None] | None) -> int | None:
    size = 1
    for dim in shape or ():
        size = None if size is None or dim is None or dim < 0 else size * dim
    return size


def _agree(wanted: list[int | None] | None, stored: list[int]) -> bool:
    return wanted is None or (len(wanted) == len(stored) and all(
        size is None or size < 0 or size == other for size, other in zip(wanted, stored)))


def _status(wanted: Wanted, stored: list[dict[str, Any]]) -> str:
    if not stored:
        return MISSING
    if len(stored) > 1:
        return AMBIGUOUS
    if stored[0]["dtype"] != wanted.dtype:
        return WRONG_TYPE
    if _agree(wanted.shape, stored[0]["shape"]):
        return RESTORED
    if wanted.reshape and not wanted.slice_spec and wanted.shape is not None:
        if _size(wanted.shape) == _size(stored[0]["shape"]):
            return RESHAPED
    return WRONG_SHAPE


def restore_plan(saver_or_var_list: Any = None, save_path: Any = None,
                 graph: Any = None) -> RestorePlan:
    """What restoring a checkpoint would do with each variable, without doing it.

    Args:
      saver_or_var_list: a Saver, whose nodes in the graph tell what it would restore; or what a
        Saver takes as `var_list`: variables, or a dict from names in the checkpoint to variables.
        None stands for all of the default graph.
      save_path: a prefix, any file of a checkpoint, a folder, or a CheckpointReader.
      graph: the Saver's graph; the default one if None.

    Returns:
      A RestorePlan.

    Raises:
      NotFoundError, DataLossError: there is no checkpoint there, or it is damaged.
      TypeError: the first argument holds something that is not saved.
    """
    reader = save_path
    if not isinstance(reader, _core.train.CheckpointReader):
        reader = _core.train.NewCheckpointReader(save_path)
    if isinstance(saver_or_var_list, _core.train.Saver):
        wanted = list(_wanted_by_saver(saver_or_var_list, graph or _core.get_default_graph()))
    else:
        wanted = list(_wanted_by_variables(saver_or_var_list))
    by_name: dict[str, list[dict[str, Any]]] = {}
    by_full_name: dict[str, list[dict[str, Any]]] = {}
    for info in reader.tensors():
        by_name[info["name"]] = [info]
        if info["full_name"]:
            by_full_name.setdefault(info["full_name"], []).append(info)
    rows, used = [], set()
    for each in wanted:
        stored = by_name.get(each.tensor) or by_full_name.get(each.tensor, [])
        used.update(info["name"] for info in stored)
        one = stored[0] if len(stored) == 1 else {"dtype": None, "shape": None}
        part = each.slice_spec.split()[-1] if each.slice_spec else ""
        rows.append(PlanRow(each.tensor, each.variable, each.dtype, each.shape, one["dtype"],
                            one["shape"], part, _status(each, stored)))
    left_over = [name for name in by_name if name not in used and name != _OBJECT_GRAPH]
    return RestorePlan(reader.prefix, rows, left_over)
