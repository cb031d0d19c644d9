"""python.tools, beside TensorFlow's: the same graphs in give the same graphs out."""
import contextlib
import io
import subprocess
import sys

import numpy as np
import pytest
from google.protobuf import text_format

tensorflow = pytest.importorskip("tensorflow.compat.v1")
from tensorflow.python.tools import freeze_graph as their_freeze_graph  # noqa: E402
from tensorflow.python.tools import inspect_checkpoint as their_inspect_checkpoint  # noqa: E402
from tensorflow.python.tools import optimize_for_inference_lib as their_optimize  # noqa: E402
from tensorflow.python.tools import strip_unused_lib as their_strip  # noqa: E402

import tensorkeep as tf  # noqa: E402
from tensorkeep.python.framework import meta_graph  # noqa: E402
from tensorkeep.python.tools import freeze_graph  # noqa: E402
from tensorkeep.python.tools import inspect_checkpoint  # noqa: E402
from tensorkeep.python.tools import optimize_for_inference_lib as optimize  # noqa: E402
from tensorkeep.python.tools import strip_unused_lib as strip  # noqa: E402

FLOAT = tf.float32.as_datatype_enum


@pytest.fixture(autouse=True)
def graph():
    with tensorflow.Graph().as_default(), tf.Graph().as_default():
        yield


def ours(graph_def):
    """TensorFlow's GraphDef as ours."""
    return tf.GraphDef.FromString(graph_def.SerializeToString())


def nodes(graph_def):
    """What is compared of two graphs: the nodes in their order."""
    return [tf.NodeDef.FromString(node.SerializeToString()) for node in graph_def.node]


def same(left, right):
    return nodes(left) == nodes(right)


def run(graph_def, fetch, feeds, module=tf):
    with module.Graph().as_default(), module.Session() as sess:
        module.import_graph_def(graph_def, name="")
        return sess.run(fetch, feeds)


def model(kind="FusedBatchNormV3", bias="BiasAdd", depthwise=False, gamma=True, add="Add"):
    """A convolution, perhaps a bias, a batch normalisation of some kind, and something behind it."""
    tf1 = tensorflow
    random = np.random.RandomState(1)

    def constant(name, *shape):
        return tf1.constant(random.rand(*shape).astype(np.float32) + 0.5, name=name)

    with tf1.Graph().as_default() as graph:
        x = tf1.placeholder(tf1.float32, [1, 8, 8, 3], name="x")
        weights = constant("w", 3, 3, 3, 2 if depthwise else 4)
        convolution = tf1.nn.depthwise_conv2d_native if depthwise else tf1.nn.conv2d
        y = convolution(x, weights, strides=[1, 1, 1, 1], padding="SAME", name="conv")
        channels = 6 if depthwise else 4
        if bias == "BiasAdd":
            y = tf1.nn.bias_add(y, constant("b", channels))
        elif bias:
            y = getattr(tf1.raw_ops, bias)(x=constant("b", channels), y=y)
        mean, variance, beta, scale = (
            constant(name, channels) for name in ("mean", "variance", "beta", "gamma"))
        if kind == "decomposed":
            addition = getattr(tf1.raw_ops, add)
            with tf1.name_scope("bn"):
                factor = tf1.rsqrt(addition(x=variance, y=tf1.constant(1e-3, name="epsilon")))
                factor = factor * scale if gamma else factor
                y = addition(x=y * factor, y=beta - mean * factor)
        else:
            y = tf1.nn.fused_batch_norm(y, scale, beta, mean, variance, is_training=False,
                                        name="bn")[0]
        tf1.add(tf1.identity(tf1.nn.relu(y)), 1.0, name="out")
    graph_def = graph.as_graph_def()
    for node in graph_def.node:
        if node.name == "bn" and kind == "FusedBatchNorm":
            node.op = kind
            del node.attr["U"]
        elif node.name == "bn" and kind == "BatchNormWithGlobalNormalization":
            x, scale, beta, mean, variance = node.input
            node.CopyFrom(type(node)(name="bn", op=kind, input=[x, mean, variance, beta, scale]))
            node.attr["T"].type = FLOAT
            node.attr["variance_epsilon"].f = 1e-3
            node.attr["scale_after_normalization"].b = gamma
    return graph_def


MODELS = [
    {}, {"bias": None}, {"bias": "Add"}, {"bias": "AddV2"}, {"depthwise": True},
    {"depthwise": True, "bias": None}, {"kind": "FusedBatchNorm"},
    {"kind": "BatchNormWithGlobalNormalization"},
    {"kind": "BatchNormWithGlobalNormalization", "gamma": False},
    {"kind": "decomposed"}, {"kind": "decomposed", "gamma": False},
    {"kind": "decomposed", "bias": None, "depthwise": True},
]


@pytest.mark.parametrize("options", MODELS, ids=str)
@pytest.mark.parametrize("toco_compatible", [False, True])
def test_optimize_for_inference(options, toco_compatible):
    arguments = (["x"], ["out"], FLOAT, toco_compatible)
    theirs = their_optimize.optimize_for_inference(model(**options), *arguments)
    result = optimize.optimize_for_inference(ours(model(**options)), *arguments)
    assert same(result, theirs)
    assert {node.op for node in result.node} <= {
        "Placeholder", "Const", "Relu", "AddV2", "Conv2D", "DepthwiseConv2dNative", "BiasAdd"}


def test_folding_keeps_what_is_computed():
    feeds = {"x:0": np.random.RandomState(2).rand(1, 8, 8, 3).astype(np.float32)}
    for options in MODELS:
        if options.get("kind") == "BatchNormWithGlobalNormalization":
            continue  # TensorFlow runs that in graphs of old versions only
        before = run(model(**options), "out:0", feeds, tensorflow)
        after = optimize.optimize_for_inference(ours(model(**options)), ["x"], ["out"], FLOAT)
        np.testing.assert_allclose(run(after, "out:0", feeds), before, rtol=1e-5, atol=1e-5)


def test_sums_of_the_second_version_are_batch_norms_too():
    result = optimize.optimize_for_inference(
        ours(model(kind="decomposed", add="AddV2")), ["x"], ["out"], FLOAT)
    assert [node.name for node in result.node if node.op == "BiasAdd"] == ["bn/AddV2_1"]


def test_what_others_use_is_not_folded_away():
    graph_def = ours(model())
    graph_def.node.add(name="other", op="Identity", input=["conv"]).attr["T"].type = FLOAT
    assert same(optimize.fold_batch_norms(graph_def), graph_def)
    graph_def = ours(model(kind="decomposed"))
    graph_def.node.add(name="other", op="Identity", input=["bn/Rsqrt"]).attr["T"].type = FLOAT
    assert same(optimize.fuse_decomposed_batch_norm(graph_def), graph_def)


def test_control_edges_to_what_is_folded_stay():
    graph_def = ours(model())
    graph_def.node.add(name="after", op="NoOp", input=["^bn", "^conv"])
    result = optimize.fold_batch_norms(graph_def)
    assert next(list(node.input) for node in result.node if node.name == "after") == [
        "^bn", "^conv"]


def test_shared_weights_stay_for_the_others():
    graph_def = ours(model())
    graph_def.node.add(name="other", op="Identity", input=["w"]).attr["T"].type = FLOAT
    result = optimize.fold_batch_norms(graph_def)
    optimize.ensure_graph_is_valid(result)
    assert "bn" in {node.name for node in result.node if node.op == "BiasAdd"}


def test_fuse_resize_and_conv_and_placeholders():
    tf1 = tensorflow
    with tf1.Graph().as_default() as graph:
        x = tf1.placeholder(tf1.float32, [1, 4, 4, 3], name="x")

        def convolve(value, name):
            weights = np.ones([3, 3, 3, 2], np.float32)
            return tf1.nn.conv2d(value, weights, strides=[1, 1, 1, 1], padding="VALID", name=name)

        margin = [[0, 0], [1, 1], [1, 1], [0, 0]]
        resized = tf1.image.resize_bilinear(x, [8, 8], align_corners=True)
        first = convolve(tf1.pad(resized, margin, "REFLECT"), "first")
        second = convolve(tf1.image.resize_bilinear(x, [8, 8]), "second")
        padded = tf1.pad(x, margin, "SYMMETRIC")
        third = convolve(padded, "third")
        phase = tf1.placeholder(tf1.bool, [], name="keras_learning_phase")
        mine = tf1.placeholder_with_default(False, [], name="my_phase")
        tf1.group(first, second, third, tf1.identity(padded), tf1.logical_or(phase, mine), name="out")
    graph_def = graph.as_graph_def()
    assert same(optimize.fuse_resize_and_conv(ours(graph_def), ["out", "first"]),
                their_optimize.fuse_resize_and_conv(graph_def, ["out", "first"]))
    for names in (None, ["my_phase=True"], ["my_phase=False"]):
        assert same(optimize.convert_placeholder_to_const(ours(graph_def), names),
                    their_optimize.convert_placeholder_to_const(graph_def, names))
    for arguments in ((["ResizeBilinear"], ["second"], FLOAT), (["MirrorPad", "second"], ["out"], [1, 2])):
        assert same(strip.strip_unused(ours(graph_def), *arguments),
                    their_strip.strip_unused(graph_def, *arguments))


def test_graphs_that_are_not_valid():
    graph_def = tf.GraphDef()
    graph_def.node.add(name="a", op="NoOp")
    graph_def.node.add(name="b", op="NoOp", input=["^c"])
    with pytest.raises(ValueError, match="Input for b not found: \\^c"):
        optimize.ensure_graph_is_valid(graph_def)
    graph_def.node[1].name = "a"
    with pytest.raises(ValueError, match="Duplicate node names detected for a"):
        optimize.optimize_for_inference(graph_def, [], ["a"], FLOAT)
    for names, error in ((["a:0"], ValueError), (["q"], KeyError)):
        with pytest.raises(error):
            strip.strip_unused(graph_def, names, ["a"], FLOAT)


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A folder with a graph in both forms, a checkpoint, a SaverDef and a SavedModel."""
    tf1 = tensorflow
    monkeypatch.chdir(tmp_path)
    with tf1.Graph().as_default() as graph, tf1.Session() as sess:
        v = tf1.get_variable("v", initializer=np.float32([[1, 2, 3], [4, 5, 6]]), use_resource=False)
        w = tf1.get_variable("w", initializer=np.float32([7, 8, 9]), use_resource=False)
        tf1.get_variable("unused", initializer=[1], use_resource=False)
        x = tf1.placeholder(tf1.float32, [None, 2], name="x")
        with tf1.device("/device:CPU:0"):
            y = tf1.identity(tf1.matmul(x, v) + w, name="y")
        sess.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver()
        saver.save(sess, "model")
        tf1.train.write_graph(graph, ".", "graph.pbtxt")
        tf1.train.write_graph(graph, ".", "graph.pb", as_text=False)
        (tmp_path / "saver.pb").write_bytes(saver.as_saver_def().SerializeToString())
        tf1.saved_model.simple_save(sess, "saved_model", {"x": x}, {"y": y})
    return tmp_path


FREEZE = dict(input_graph="graph.pb", input_saver="", input_binary=True, input_checkpoint="model",
              output_node_names="y", restore_op_name="", filename_tensor_name="",
              output_graph="frozen.pb", clear_devices=True, initializer_nodes="")


@pytest.mark.parametrize("options", [
    {}, {"input_graph": "graph.pbtxt", "input_binary": False}, {"input_saver": "saver.pb"},
    {"input_graph": "", "input_meta_graph": "model.meta"}, {"clear_devices": False},
    {"variable_names_whitelist": "v"}, {"variable_names_denylist": "v"},
    {"input_graph": "", "input_checkpoint": None, "input_saved_model_dir": "saved_model"},
    {"initializer_nodes": "init"}, {"output_node_names": "y, MatMul"},
], ids=str)
def test_freeze_graph(saved, options):
    arguments = {**FREEZE, **options}
    theirs = their_freeze_graph.freeze_graph(**arguments)
    (saved / "frozen.pb").unlink()
    result = freeze_graph.freeze_graph(**arguments)
    assert same(result, theirs)
    assert tf.GraphDef.FromString((saved / "frozen.pb").read_bytes()) == result
    if "variable" not in str(options):
        assert run(result, "y:0", {"x:0": [[1, 1]]}).tolist() == [[12, 15, 18]]


@pytest.mark.parametrize("options, error, text", [
    ({"input_checkpoint": "none"}, ValueError, "Input checkpoint 'none' doesn't exist!"),
    ({"output_node_names": ""}, ValueError, "You need to supply the name of a node"),
    ({"input_graph": "none"}, IOError, "Input graph file 'none' does not exist!"),
    ({"input_saver": "none"}, IOError, "Input saver file 'none' does not exist!"),
    ({"output_node_names": "none"}, AssertionError, "none is not in graph"),
    ({"input_saved_model_dir": "saved_model", "saved_model_tags": "a,b"}, RuntimeError,
     "MetaGraphDef associated with tag-set a,b could not be found in the SavedModel"),
])
def test_freeze_graph_errors(saved, options, error, text):
    for tool in (their_freeze_graph, freeze_graph):
        with pytest.raises(error) as caught:
            tool.freeze_graph(**{**FREEZE, **options})
        assert str(caught.value).startswith(text)


@pytest.mark.parametrize("both", [False, True])
def test_resource_variables_are_frozen_from_a_graph_alone(tmp_path, monkeypatch, both):
    monkeypatch.chdir(tmp_path)
    with tf.Session() as sess:
        v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
        w = tf.get_variable("w", initializer=[3.0, 4.0], use_resource=not both)
        tf.add(v, w, name="y")
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, "model")
        tf.train.write_graph(sess.graph, ".", "graph.pb", as_text=False)
    result = freeze_graph.freeze_graph(**FREEZE)
    assert {node.op for node in result.node} >= {"Const", "Identity"}
    assert not any(node.op.startswith("Var") for node in result.node)
    assert run(result, "y:0", {}).tolist() == [4, 6]


def test_a_graph_is_frozen_once(saved):
    freeze_graph.freeze_graph(**FREEZE)
    with pytest.raises(ValueError, match="You cannot freeze a graph twice"):
        freeze_graph.freeze_graph(**{**FREEZE, "input_graph": "frozen.pb"})


def command(*arguments):
    return subprocess.run([sys.executable, "-m", *arguments], check=True, capture_output=True,
                          text=True).stdout


def test_the_commands(saved):
    out = command("tensorkeep", "-m", "tensorflow.python.tools.freeze_graph", "--input_graph=graph.pb",
                  "--input_binary", "--input_checkpoint=model", "--output_node_names=y",
                  "--output_graph=frozen.pb")
    assert out == ""
    assert same(tf.GraphDef.FromString((saved / "frozen.pb").read_bytes()),
                freeze_graph.freeze_graph(**FREEZE))
    out = command("tensorkeep.python.tools.inspect_checkpoint", "--file_name=model",
                  "--tensor_name=w", "--printoptions", "precision=3")
    assert out == "tensor: w (float32) [3]\n[7. 8. 9.]\n# Total number of params: 10\n"


@pytest.mark.parametrize("arguments", [
    ("model", "", False), ("model", "", True), ("model", "v", False), ("model", "none", False),
    ("model", "", False, True), ("model", "", True, True, "w|un"), ("none", "", True)], ids=str)
def test_inspect_checkpoint(saved, arguments):
    texts = []
    for tool in (their_inspect_checkpoint, inspect_checkpoint):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            tool.print_tensors_in_checkpoint_file(*arguments)
        texts.append(text.getvalue())
    # Of an error only the beginning is the same.
    assert texts[1].startswith(texts[0].strip()) if arguments[0] == "none" else texts[0] == texts[1]


def test_strip_unused_from_files(saved, capsys):
    arguments = ("graph.pb", True, "stripped.pb", False, "x", "MatMul", FLOAT)
    theirs = their_strip.strip_unused_from_files(*arguments), capsys.readouterr().out
    text = (saved / "stripped.pb").read_text()
    assert (strip.strip_unused_from_files(*arguments), capsys.readouterr().out) == theirs
    graphs = [text_format.Parse(each, tf.GraphDef())
              for each in ((saved / "stripped.pb").read_text(), text)]
    assert same(*graphs) and graphs[0].versions.producer == tensorflow.GRAPH_DEF_VERSION
    assert strip.strip_unused_from_files("none", *arguments[1:]) == -1
    assert capsys.readouterr().out == "Input graph file 'none' does not exist!\n"


def test_meta_graph_functions(saved):
    from tensorflow.python.framework import meta_graph as theirs
    read = meta_graph.read_meta_graph_file("model.meta")
    assert read == tf.MetaGraphDef.FromString((saved / "model.meta").read_bytes())
    with pytest.raises(IOError, match="File does not exist. Received: none."):
        meta_graph.read_meta_graph_file("none")
    (saved / "wrong").write_bytes(b"\xff\xff")
    with pytest.raises(IOError, match="Cannot parse file wrong"):
        meta_graph.read_meta_graph_file("wrong")
    assert meta_graph.ops_used_by_graph_def(read.graph_def) == set(
        theirs.ops_used_by_graph_def(read.graph_def))
    assert [op.name for op in meta_graph.stripped_op_list_for_graph(read.graph_def).op] == [
        op.name for op in read.meta_info_def.stripped_op_list.op]
    variables = meta_graph.import_scoped_meta_graph("model.meta", import_scope="inner")
    assert sorted(variables) == ["unused:0", "v:0", "w:0"]
    assert variables["v:0"].name == "inner/v:0"
    exported, variables = meta_graph.export_scoped_meta_graph(export_scope="inner")
    assert sorted(variables) == ["unused:0", "v:0", "w:0"]
    assert {node.name for node in exported.graph_def.node} >= {"v", "w", "y"}
    stripped = [tf.MetaGraphDef(), tensorflow.MetaGraphDef()]
    for each, tool in zip(stripped, (meta_graph, theirs)):
        each.ParseFromString((saved / "model.meta").read_bytes())
        tool.strip_graph_default_valued_attrs(each)
    assert same(stripped[0].graph_def, stripped[1].graph_def)
