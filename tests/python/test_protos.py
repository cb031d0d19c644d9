"""Messages beside TensorFlow's: names, fields, enums and bytes."""
import copy
import importlib
import pickle

import pytest
from google.protobuf import any_pb2, json_format, text_format
from google.protobuf.message import DecodeError, Message

from tensorkeep._framework import protos

MESSAGES = sorted(
    (path, name) for path, names in protos.modules.items() for name in names
    if isinstance(getattr(protos, name), type))
ENUMS = sorted(
    (path, name) for path, names in protos.modules.items() for name in names
    if hasattr(getattr(protos, name), "Name"))
# Names that need not be UTF-8 are bytes here, and error codes numbers: the bytes are the same.
OTHER_TYPE = {
    "SavedSliceMeta.name", "SavedSlice.name", "QueueRunnerDef.queue_closed_exception_types",
}
# Of proto2 there, where fields remember whether they were set.
PROTO2 = "GraphDebugInfo"
MAY_LACK_FIELDS = {
    "ConfigProto.Experimental", "GPUOptions.Experimental", "RewriterConfig", "RunOptions",
    "ServerDef",
}


def tensorflow_module(path):
    return importlib.import_module("tensorflow." + path)


def local_name(descriptor):
    package = descriptor.file.package
    return descriptor.full_name[len(package) + 1:]


def check_message(ours, theirs):
    name = local_name(ours)
    lacking = set(theirs.fields_by_name) - set(ours.fields_by_name)
    assert not lacking or name in MAY_LACK_FIELDS or name.startswith("Saved"), (name, lacking)
    for field in ours.fields:
        expected = theirs.fields_by_name[field.name]
        assert field.number == expected.number
        assert is_repeated(field) == is_repeated(expected)
        if not name.startswith(PROTO2):
            assert field.has_presence == expected.has_presence
        if f"{name}.{field.name}" in OTHER_TYPE:
            continue
        assert field.type == expected.type
        for kind in ("message_type", "enum_type", "containing_oneof"):
            types = [getattr(f, kind) for f in (field, expected)]
            assert [t and t.name for t in types] == [types[0] and types[0].name] * 2
    for nested in ours.nested_types:
        if not nested.GetOptions().map_entry:
            check_message(nested, theirs.nested_types_by_name[nested.name])
    for enum in ours.enum_types:
        check_enum(enum, theirs.enum_types_by_name[enum.name])


def is_repeated(field):
    return field.is_repeated if hasattr(field, "is_repeated") else field.label == 3


def check_enum(ours, theirs):
    values = {value.name: value.number for value in ours.values}
    expected = {value.name: value.number for value in theirs.values}
    assert values.items() <= expected.items()
    assert len(expected) - len(values) <= 1  # error codes have one that nobody shall use


@pytest.mark.parametrize("path,name", MESSAGES)
def test_fields_of_messages(path, name):
    theirs = getattr(tensorflow_module(path), name, None)
    if theirs is None:  # has moved between TensorFlow's files
        assert name in ("RPCOptions",)
        return
    check_message(getattr(protos, name).DESCRIPTOR, theirs.DESCRIPTOR)


@pytest.mark.parametrize("path,name", ENUMS)
def test_values_of_enums(path, name):
    check_enum(getattr(protos, name).DESCRIPTOR, getattr(tensorflow_module(path), name).DESCRIPTOR)
    for value, number in getattr(protos, name).items():
        assert getattr(protos, value) == number


def test_enum_values_where_programs_look_for_them():
    assert (protos.DT_FLOAT, protos.DT_FLOAT_REF) == (1, 101)
    assert protos.DataType.Name(7) == "DT_STRING"
    assert (protos.SaverDef.V1, protos.SaverDef.V2) == (1, 2)
    assert protos.SaverDef.CheckpointFormatVersion.Value("V2") == 2
    assert protos.RunOptions.FULL_TRACE == 3
    assert protos.OptimizerOptions.L0 == -1
    assert protos.SessionLog.CHECKPOINT == 3
    assert "DT_FLOAT" in protos.modules["core.framework.types_pb2"]
    from tensorkeep._framework import types_pb2
    assert types_pb2.DT_HALF == 19 and "DT_HALF" in types_pb2.__all__


def a_graph():
    graph = protos.GraphDef()
    node = graph.node.add(name="w", op="VariableV2", device="/cpu:0")
    node.attr["dtype"].type = protos.DT_FLOAT
    node.attr["shape"].shape.dim.add(size=2)
    graph.versions.producer = 1087
    return graph


def test_the_same_bytes_as_tensorflow():
    from tensorflow.core.framework import graph_pb2
    theirs = graph_pb2.GraphDef.FromString(a_graph().SerializeToString())
    assert theirs.node[0].attr["dtype"].type == 1
    assert text_format.MessageToString(theirs) == text_format.MessageToString(a_graph())
    for value in (a_graph(), theirs, theirs.SerializeToString()):
        assert protos.GraphDef.FromString(protos.serialized(value)) == a_graph()
        assert protos.as_message(value, protos.GraphDef) == a_graph()
    ours = a_graph()
    assert protos.as_message(ours, protos.GraphDef) is ours


def test_what_is_no_such_message():
    from tensorflow.core.protobuf import meta_graph_pb2
    for value, text in ((None, "NoneType"), ("text", "str"),
                        (meta_graph_pb2.MetaGraphDef(), "MetaGraphDef"),
                        (protos.MetaGraphDef.MetaInfoDef(), "MetaGraphDef.MetaInfoDef")):
        with pytest.raises(TypeError, match=f"Expected a GraphDef.*, got {text}."):
            protos.as_message(value, protos.GraphDef)
    with pytest.raises(TypeError, match="protocol message"):
        protos.serialized(3)
    with pytest.raises(DecodeError):
        protos.as_message(b"\xff\xff", protos.GraphDef)


def test_nested_messages_are_told_apart_by_their_full_names():
    from tensorflow.core.protobuf import meta_graph_pb2
    theirs = meta_graph_pb2.MetaGraphDef.MetaInfoDef(tags=["serve"])
    assert protos.as_message(theirs, protos.MetaGraphDef.MetaInfoDef).tags == ["serve"]


@pytest.mark.parametrize("copied", [
    copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)),
    lambda m: text_format.Parse(text_format.MessageToString(m), type(m)()),
    lambda m: json_format.Parse(json_format.MessageToJson(m), type(m)()),
    lambda m: json_format.ParseDict(json_format.MessageToDict(m), type(m)()),
], ids=["copy", "deepcopy", "pickle", "text", "json", "dict"])
def test_copies(copied):
    info = protos.MetaGraphDef.MetaInfoDef(tags=["train"])
    for message in (a_graph(), info, protos.TensorShapeProto.Dim(size=3)):
        assert copied(message) == message
        assert type(copied(message)) is type(message)
    target = protos.GraphDef()
    target.CopyFrom(a_graph())
    assert target == a_graph()


def test_messages_inside_any():
    versions = protos.VersionDef(producer=24, bad_consumers=[1, 2])
    meta_graph = protos.MetaGraphDef()
    packed = any_pb2.Any()
    packed.Pack(versions)
    meta_graph.collection_def["versions"].any_list.value.append(packed)
    value = meta_graph.collection_def["versions"].any_list.value[0]
    unpacked = protos.VersionDef()
    assert value.Is(protos.VersionDef.DESCRIPTOR) and value.Unpack(unpacked)
    assert unpacked == versions
    text = json_format.MessageToJson(meta_graph)
    assert json_format.Parse(text, protos.MetaGraphDef()) == meta_graph


def test_every_class_is_where_pickle_looks():
    for _, name in MESSAGES:
        message_class = getattr(protos, name)
        assert (message_class.__module__, message_class.__qualname__) == (protos.__name__, name)
        assert issubclass(message_class, Message)


@pytest.mark.parametrize("name", [
    "GraphDef", "NodeDef", "AttrValue", "MetaGraphDef", "CollectionDef", "SaverDef",
    "CheckpointState", "TensorProto", "TensorShapeProto", "VariableDef", "SaveSliceInfoDef",
    "OpDef", "OpList", "FunctionDef", "SignatureDef", "TensorInfo", "AssetFileDef", "SavedModel",
    "TrackableObjectGraph", "VersionDef", "ConfigProto", "GPUOptions", "GraphOptions",
    "OptimizerOptions", "RewriterConfig", "RunOptions", "RunMetadata", "StepStats",
    "CostGraphDef", "Summary", "SummaryMetadata", "HistogramProto", "Event", "ClusterDef",
    "ServerDef", "DeviceAttributes", "Example", "SequenceExample", "Feature",
])
def test_messages_that_programs_construct(name):
    assert getattr(protos, name)() == getattr(protos, name)()


def test_configuration():
    from tensorflow.core.protobuf import config_pb2
    config = protos.ConfigProto(allow_soft_placement=True, device_count={"GPU": 0})
    config.gpu_options.allow_growth = True
    config.gpu_options.per_process_gpu_memory_fraction = 0.5
    config.graph_options.optimizer_options.global_jit_level = protos.OptimizerOptions.ON_1
    config.graph_options.rewrite_options.constant_folding = protos.RewriterConfig.OFF
    config.intra_op_parallelism_threads = 3
    theirs = config_pb2.ConfigProto.FromString(config.SerializeToString())
    assert text_format.MessageToString(theirs) == text_format.MessageToString(config)
