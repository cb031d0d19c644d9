#!/usr/bin/env python3
"""Writes src/ops/op_table.inc: the interface of every operation of TensorFlow 1.15 and 2.21.

    make_op_table.py OPS_1_15.pbtxt              rewrites the table and its digests
    make_op_table.py OPS_1_15.pbtxt --check      says whether they are what would be written

OPS_1_15.pbtxt is 1.15's OpList as text; 2.21's comes from the tensorflow package that runs this.

One line an operation, both versions merged; `-` stands before what only 1.15 has, `+` before what
only 2.21 has, so that each version's OpDef can be rebuilt exactly (descriptions left out):

    Name(inputs) -> (outputs); attributes; flags

    argument   name: TYPE                 TYPE is a type (`float`), an attribute (`T`), `Ref(TYPE)`,
                                          `N*TYPE` (N of them), `Tin...` (a list(type) attribute)
               name: TYPE <FULL>          FULL is its experimental_full_type, `$a` a TFT_VAR
    attribute  name: KIND = DEFAULT >= MINIMUM in {ALLOWED, ...}     the last three optional;
                                          `in @set` names one of the sets on top of the table
    flag       stateful, commutative, aggregate, uninitialized_ok, distributed,
               deprecated VERSION "WHY"
"""

import argparse
import difflib
import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from google.protobuf import text_format
from tensorflow.core.framework import full_type_pb2, op_def_pb2, types_pb2
from tensorflow.python.client import pywrap_tf_session

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/ops/op_table.inc"
DIGESTS = ROOT / "tests/data/ops/op_digests.txt"

FLAGS = {
    "is_stateful": "stateful",
    "is_commutative": "commutative",
    "is_aggregate": "aggregate",
    "allows_uninitialized_input": "uninitialized_ok",
    "is_distributed_communication": "distributed",
}

# Sets of allowed types that many operations share, named after one that has them.
NAMED_SETS = {
    "number": ("ApplyAdam", "T"),
    "real": ("Greater", "T"),
}


def dtype_name(number):
    name = types_pb2.DataType.Name(number)
    assert not name.endswith("_REF"), name
    return name[len("DT_"):].lower()


def only_fields(message, *known):
    """Asserts that the notation below leaves nothing of the message out."""
    unknown = {field.name for field, _ in message.ListFields()} - set(known)
    assert not unknown, f"no notation for {unknown} of {message}"


def quoted(data):
    text = data.decode("ascii") if isinstance(data, bytes) else data
    return json.dumps(text)


def shape_text(shape):
    only_fields(shape, "dim", "unknown_rank")
    if shape.unknown_rank:
        return "?"
    assert not any(dim.name for dim in shape.dim)
    return "[" + ", ".join("?" if dim.size == -1 else str(dim.size) for dim in shape.dim) + "]"


def tensor_text(tensor):
    only_fields(tensor, "dtype", "tensor_shape", "int_val")
    values = "".join(f", {v}" for v in tensor.int_val)
    return f"tensor({dtype_name(tensor.dtype)}, {shape_text(tensor.tensor_shape)}{values})"


# kind of attribute -> (the field of AttrValue and of its list, how a value is written)
KINDS = {
    "string": ("s", quoted),
    "int": ("i", str),
    "float": ("f", lambda f: str(np.float32(f))),
    "bool": ("b", lambda b: "true" if b else "false"),
    "type": ("type", dtype_name),
    "shape": ("shape", shape_text),
    "tensor": ("tensor", tensor_text),
}


def value_text(kind, value):
    if kind.startswith("list("):
        assert value.WhichOneof("value") == "list"
        kind = kind[len("list("):-1]
        if not value.list.ListFields():
            return "[]"
        field, text = KINDS[kind]
        only_fields(value.list, field)
        return "[" + ", ".join(map(text, getattr(value.list, field))) + "]"
    field, text = KINDS[kind]
    assert value.WhichOneof("value") == field, value
    return text(getattr(value, field))


def allowed_values(attr):
    kind = attr.type.removeprefix("list(").removesuffix(")")
    field, text = KINDS[kind]
    only_fields(attr.allowed_values, "list")
    only_fields(attr.allowed_values.list, field)
    return [text(v) for v in getattr(attr.allowed_values.list, field)]


def full_type_text(full):
    only_fields(full, "type_id", "args", "s")
    name = full_type_pb2.FullTypeId.Name(full.type_id).removeprefix("TFT_")
    if full.HasField("s"):
        assert name == "VAR" and not full.args
        return "$" + full.s
    return name + ("(" + ", ".join(map(full_type_text, full.args)) + ")" if full.args else "")


def argument_text(arg):
    only_fields(arg, "name", "type", "type_attr", "number_attr", "type_list_attr", "is_ref",
                "experimental_full_type")
    if arg.type_list_attr:
        assert not (arg.type or arg.type_attr or arg.number_attr or arg.is_ref)
        return f"{arg.name}: {arg.type_list_attr}..."
    assert bool(arg.type) != bool(arg.type_attr)
    text = arg.type_attr or dtype_name(arg.type)
    if arg.is_ref:
        text = f"Ref({text})"
    if arg.number_attr:
        text = f"{arg.number_attr}*{text}"
    return f"{arg.name}: {text}"


def merge(old, new, key=lambda item: item, both=lambda a, b: a, one=lambda item, mark: item):
    """The two lists as one; `both` writes what they share, `one` what only one has (marked)."""
    keys = [[key(item) for item in items] for items in (old, new)]
    merged = []
    matcher = difflib.SequenceMatcher(None, *keys, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            merged += [both(a, b) for a, b in zip(old[a0:a1], new[b0:b1])]
        else:
            merged += ["-" + one(item, "-") for item in old[a0:a1]]
            merged += ["+" + one(item, "+") for item in new[b0:b1]]
    return merged


def merge_arguments(old, new):
    def full(arg):
        return [f"<{full_type_text(arg.experimental_full_type)}>"] \
            if arg.HasField("experimental_full_type") else []

    return ", ".join(
        merge(old, new, key=argument_text,
              both=lambda a, b: " ".join([argument_text(a)] + merge(full(a), full(b))),
              one=lambda a, mark: " ".join([argument_text(a)] + full(a))))


def merge_attributes(old, new, sets, only):
    """`only` is the mark of what these are the attributes of: an operation of one version."""

    def parts(attr):
        only_fields(attr, "name", "type", "default_value", "has_minimum", "minimum",
                    "allowed_values")
        assert attr.has_minimum or not attr.minimum
        assert attr.type.removeprefix("list(").removesuffix(")") in (*KINDS, "func"), attr
        default = [f"= {value_text(attr.type, attr.default_value)}"] \
            if attr.HasField("default_value") else []
        minimum = [f">= {attr.minimum}"] if attr.has_minimum else []
        return default, minimum

    def allowed(a, b, only):
        have = [attr.HasField("allowed_values") for attr in (a, b)]
        if not any(have):
            return []
        values = [allowed_values(attr) if h else [] for attr, h in zip((a, b), have)]
        mark = "" if all(have) else "-" if have[0] else "+"
        text = ", ".join(values[not have[0]] if mark else merge(*values))
        name = sets.get((only or mark, text))
        return [f"{mark}in " + (f"@{name}" if name else "{" + text + "}")]

    def both(a, b, only=only):
        pieces = [f"{a.name}: {a.type}"]
        for x, y in zip(parts(a), parts(b)):
            pieces += merge(x, y)
        return " ".join(pieces + allowed(a, b, only))

    return merge(old, new, key=lambda attr: (attr.name, attr.type), both=both,
                 one=lambda attr, mark: both(attr, attr, mark))


def flags(op):
    texts = [text for field, text in FLAGS.items() if getattr(op, field)]
    if op.HasField("deprecation"):
        texts.append(f"deprecated {op.deprecation.version} {quoted(op.deprecation.explanation)}")
    return texts


def line(old, new, sets):
    mark = "" if old and new else "-" if old else "+"
    old, new = old or new, new or old
    for op in (old, new):
        only_fields(op, "name", "input_arg", "output_arg", "attr", "deprecation", *FLAGS)
        clash = {attr.name for attr in op.attr} & {
            dtype_name(n) for n in types_pb2.DataType.values() if n < 100}
        assert not clash, f"{op.name}: attributes named as types: {clash}"
    head = (f"{mark}{old.name}({merge_arguments(old.input_arg, new.input_arg)}) -> "
            f"({merge_arguments(old.output_arg, new.output_arg)})")
    return "; ".join([head, *merge_attributes(old.attr, new.attr, sets, mark),
                      *merge(flags(old), flags(new))])


def named_sets(old, new):
    """{(mark, the set's text where only that version is meant): its name}, and the sets' lines."""
    sets, lines = {}, []
    for name, (op, attr_name) in NAMED_SETS.items():
        values = [allowed_values(next(a for a in ops[op].attr if a.name == attr_name))
                  for ops in (old, new)]
        for mark, version in (("", merge(*values)), ("-", values[0]), ("+", values[1])):
            sets[mark, ", ".join(version)] = name
        lines.append(f"@{name} = {', '.join(merge(*values))}")
    return sets, lines


def strip_descriptions(op):
    for message in (op, *op.input_arg, *op.output_arg, *op.attr):
        message.ClearField("description")
    op.ClearField("summary")
    return op


def read_definitions(path):
    old, new = op_def_pb2.OpList(), op_def_pb2.OpList()
    text_format.Parse(pathlib.Path(path).read_text(), old)
    new.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    return [{op.name: strip_descriptions(op) for op in ops.op} for ops in (old, new)]


def table_text(old, new):
    sets, set_lines = named_sets(old, new)
    lines = [
        "// The interface of every operation of TensorFlow 1.15 and 2.21 (definitions Apache-2.0, The",
        "// TensorFlow Authors). Written by tools/make_op_table.py, which explains the notation.",
    ]
    lines += [f'R"op({text})op",' for text in set_lines]
    lines += [f'R"op({line(old.get(name), new.get(name), sets)})op",' for name in sorted({*old, *new})]
    return "\n".join(lines) + "\n"


def fnv1a(data):
    """64-bit FNV-1a; short enough to stand in the C++ test too."""
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return digest


def digests_text(old, new):
    lines = ["# name, then of 1.15's and of 2.21's OpDef (- where there is none) the FNV-1a 64 of its",
             "# serialisation. Written by tools/make_op_table.py."]
    for name in sorted({*old, *new}):
        columns = [f"{fnv1a(ops[name].SerializeToString(deterministic=True)):016x}"
                   if name in ops else "-" for ops in (old, new)]
        lines.append(" ".join([name, *columns]))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops_1_15", help="1.15's OpList as text")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()
    definitions = read_definitions(arguments.ops_1_15)
    stale = []
    for path, text in ((TABLE, table_text(*definitions)), (DIGESTS, digests_text(*definitions))):
        if arguments.check:
            if path.read_text() != text:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if stale:
        sys.exit("not what tools/make_op_table.py writes: " + ", ".join(stale))


if __name__ == "__main__":
    main()
