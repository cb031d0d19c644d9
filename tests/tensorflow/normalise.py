"""What of a MetaGraphDef counts as the same graph, as text that can be compared and committed.

`describe(meta)` gives {what: {field: text}}: an entry per node (op, inputs, control inputs as a
set, device, attributes), one for the SaverDef, one per collection, one for the list of operations.
`normalise(meta)` first makes of a graph of TensorFlow 2.21 the one we write on purpose:

  * every AddV2 is an Add, and MatrixDiagV3 and the like are those of 1.x, without the constants that
    say which diagonal;
  * a saver's file name (save/Const) is a plain Const, without save/filename and its input;
  * DisableCopyOnRead, which 1.15 does not know, is gone: it only spares a copy;
  * attributes that TensorFlow 1.15 does not know are gone, since it would refuse them, and so is
    _has_manual_control_dependencies.

graph_text.cc says the same of our graphs, so that they can be compared where there is no TensorFlow.
"""

import functools
import pathlib
import re

import numpy as np
from tensorflow.core.framework import types_pb2, variable_pb2
from tensorflow.core.protobuf import control_flow_pb2, meta_graph_pb2, saver_pb2
from tensorflow.python.framework import tensor_util

ROOT = pathlib.Path(__file__).resolve().parents[2]

OF_DIAGONALS = {"MatrixDiagV3": 1, "MatrixDiagPartV3": 1, "MatrixSetDiagV3": 2}  # inputs that stay
VALUES_SHOWN = 16  # a constant of more elements is shown by its first three and a digest


@functools.cache
def attributes_of_1_15():
    """{operation: the attributes 1.15 knows}, from the committed table."""
    known = {}
    for line in (ROOT / "src/ops/op_table.inc").read_text().splitlines():
        match = re.match(r'R"op\(-?(\w+)\(', line)
        if match:
            known[match[1]] = set(re.findall(r"; -?(\w+): ", line))
    return known


def normalise(meta):
    """TensorFlow 2.21's graph after the intended changes."""
    result = meta_graph_pb2.MetaGraphDef()
    result.CopyFrom(meta)
    nodes = {node.name: node for node in result.graph_def.node}
    gone = set()
    for node in list(nodes.values()):
        if node.op == "AddV2":
            node.op = "Add"
        if node.op in OF_DIAGONALS:
            data = [name for name in node.input if name[0] != "^"]
            for name in data[OF_DIAGONALS[node.op]:]:
                gone.add(name)
                node.input.remove(name)
            node.op = node.op.removesuffix("V3")
            node.attr.pop("align", None)
        if node.op == "DisableCopyOnRead":
            gone.add(node.name)
        if node.op == "PlaceholderWithDefault" and node.name.endswith("/Const"):
            file_name = nodes[node.input[0]]
            value = nodes[file_name.input[0]]
            gone |= {file_name.name, value.name}
            node.op = "Const"
            del node.input[:]
            del node.attr["shape"]
            node.attr["value"].CopyFrom(value.attr["value"])
    kept = [node for node in result.graph_def.node if node.name not in gone]
    del result.graph_def.node[:]
    result.graph_def.node.extend(kept)
    for node in result.graph_def.node:
        node.attr.pop("_has_manual_control_dependencies", None)
        known = attributes_of_1_15().get(node.op)
        for name in list(node.attr):
            if known is not None and name not in known and not name.startswith("_"):
                del node.attr[name]
    ops = {node.op for node in result.graph_def.node}
    for op in list(result.meta_info_def.stripped_op_list.op):
        if op.name not in ops:
            result.meta_info_def.stripped_op_list.op.remove(op)
    listed = {op.name for op in result.meta_info_def.stripped_op_list.op}
    for name in ops - listed:
        result.meta_info_def.stripped_op_list.op.add(name=name)
    return result


def quoted(data):
    data = data.encode() if isinstance(data, str) else data
    return '"' + "".join(
        chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in data) + '"'


def dtype_text(number):
    return types_pb2.DataType.Name(number).removeprefix("DT_").lower()


def shape_text(shape):
    if shape.unknown_rank:
        return "?"
    return "[" + ", ".join("?" if dim.size < 0 else str(dim.size) for dim in shape.dim) + "]"


def fnv1a(data):
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return digest


def element_text(value):
    if isinstance(value, (bytes, str)):
        return quoted(value)
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (np.complexfloating,)):
        return f"({element_text(value.real)}, {element_text(value.imag)})"
    if isinstance(value, np.float64):
        return f"{value:.17g}"
    if isinstance(value, np.integer):
        return str(int(value))
    return f"{float(value):.9g}"


def tensor_text(tensor):
    array = tensor_util.MakeNdarray(tensor)
    head = dtype_text(tensor.dtype) + shape_text(tensor.tensor_shape)
    flat = [element_text(v) for v in array.ravel()]
    if len(flat) > 1 and len(set(flat)) == 1:
        return f"{head}{{{flat[0]} * {len(flat)}}}"
    if len(flat) <= VALUES_SHOWN:
        return f"{head}{{{', '.join(flat)}}}"
    return f"{head}{{{', '.join(flat[:3])}, ... {fnv1a(', '.join(flat).encode()):016x}}}"


def list_text(values):
    kinds = [(field.name, items) for field, items in values.ListFields()]
    if not kinds:
        return "[]"
    assert len(kinds) == 1
    kind, items = kinds[0]
    return "[" + ", ".join(SCALARS[kind](item) for item in items) + "]"


SCALARS = {
    "s": quoted,
    "i": str,
    "f": lambda f: element_text(np.float32(f)),
    "b": element_text,
    "type": dtype_text,
    "shape": shape_text,
    "tensor": tensor_text,
    "func": lambda f: f.name,
    "list": list_text,
}


def attribute_text(name, value):
    kind = value.WhichOneof("value")
    if name == "shared_name":  # a static table's is random
        return re.sub(r"hash_table_[-0-9a-f]{36}", "hash_table_UUID", quoted(value.s))
    if name == "_class":  # a set of names
        return "[" + ", ".join(sorted(map(quoted, value.list.s))) + "]"
    return SCALARS[kind](getattr(value, kind))


def input_text(name):
    return name.removesuffix(":0")


def describe_node(node):
    fields = {
        "op": node.op,
        "inputs": ", ".join(input_text(i) for i in node.input if i[0] != "^"),
        "control": ", ".join(sorted({i for i in node.input if i[0] == "^"})),
        "device": node.device,
    }
    for name, value in node.attr.items():
        fields[name] = attribute_text(name, value)
    return fields


def message_text(message):
    fields = []
    for field, value in message.ListFields():
        if field.message_type:
            value = message_text(value)
        elif isinstance(value, (str, bytes)):
            value = quoted(value)
        elif isinstance(value, bool):
            value = element_text(value)
        elif isinstance(value, float):
            value = element_text(np.float32(value))
        elif not isinstance(value, int):
            value = "[" + ", ".join(map(str, value)) + "]"
        fields.append(f"{field.name}={value}")
    return "(" + ", ".join(fields) + ")"


def values_text(values):
    """Its sets come in any order."""
    return "{}; {}".format(
        ", ".join(sorted(values.values)),
        ", ".join(f"{k} -> {v}" for k, v in sorted(values.external_values.items())))


def nested_text(contexts):
    return "".join("; " + (cond_context_text(c.cond_ctxt) if c.HasField("cond_ctxt")
                           else while_context_text(c.while_ctxt)) for c in contexts)


def cond_context_text(context):
    return "({}, {}, {}, {}; {}{})".format(
        context.context_name, context.pred_name, context.pivot_name, context.branch,
        values_text(context.values_def), nested_text(context.nested_contexts))


def while_context_text(context):
    return "({}, {}, {}, {}; {}, {}, {}, {}; {}; {}; {}{})".format(
        context.context_name, context.parallel_iterations, element_text(context.back_prop),
        element_text(context.swap_memory), context.pivot_name, context.pivot_for_pred_name,
        context.pivot_for_body_name, context.maximum_iterations_name,
        ", ".join(context.loop_enter_names), ", ".join(context.loop_exit_names),
        values_text(context.values_def), nested_text(context.nested_contexts))


def collection_items(name, collection):
    kind = collection.WhichOneof("kind")
    values = getattr(collection, kind).value
    if kind == "bytes_list" and name.endswith("variables"):
        return [message_text(variable_pb2.VariableDef.FromString(v)) for v in values]
    if kind == "bytes_list" and name == "savers":
        return [message_text(saver_pb2.SaverDef.FromString(v)) for v in values]
    if kind == "bytes_list" and name == "cond_context":
        return [cond_context_text(control_flow_pb2.CondContextDef.FromString(v)) for v in values]
    if kind == "bytes_list" and name == "while_context":
        return [while_context_text(control_flow_pb2.WhileContextDef.FromString(v)) for v in values]
    if kind in ("bytes_list", "node_list"):
        return [quoted(v) for v in values]
    if kind == "float_list":
        return [element_text(np.float32(v)) for v in values]
    return [str(v) for v in values]


def describe(meta):
    described = {node.name: describe_node(node) for node in meta.graph_def.node}
    described["#ops"] = {"names": ", ".join(sorted(
        op.name for op in meta.meta_info_def.stripped_op_list.op))}
    if meta.HasField("saver_def"):
        described["#saver"] = {"def": message_text(meta.saver_def)}
    for name, collection in meta.collection_def.items():
        described["#collection " + name] = {
            str(i): text for i, text in enumerate(collection_items(name, collection))}
    return described


def lines(described):
    """The committed form: a line for each node and whatever else there is, sorted."""
    result = []
    for what, fields in sorted(described.items()):
        fields = dict(fields)
        if what.startswith("#"):
            result.append(" ".join([what, *fields.values()]))
            continue
        arguments = ", ".join(filter(None, (fields.pop("inputs"), fields.pop("control"))))
        head = f"{what} = {fields.pop('op')}({arguments})"
        device = fields.pop("device")
        result.append(" ".join([head, *(["@" + device] if device else []),
                                *(f"{name}={text}" for name, text in sorted(fields.items()))]))
    return result


def differences(want, got):
    """Between two descriptions, a line each: what, the field, what was wanted, what was got."""
    found = []
    for what in sorted({*want, *got}):
        if what not in got:
            found.append(f"{what}: missing ({want[what].get('op', 'not a node')})")
        elif what not in want:
            found.append(f"{what}: extra ({got[what].get('op', 'not a node')})")
        else:
            a, b = want[what], got[what]
            for field in sorted({*a, *b}):
                if field == "_output_shapes" and not (field in a and field in b):
                    continue
                if a.get(field) != b.get(field):
                    found.append(f"{what}: {field}: want {a.get(field)} got {b.get(field)}")
    return found
