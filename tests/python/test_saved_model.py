"""tf.saved_model beside TensorFlow's: each loads what the other wrote, and refuses the same."""

import pathlib

import numpy as np
import pytest
import tensorflow as tensorflow2
from tensorflow.core.protobuf import saved_model_pb2

import compare_runs
from same_program import error_of, tensorflow, tensorkeep

PAIRS = pytest.mark.parametrize("writer, reader", [
    (tensorflow, tensorkeep), (tensorkeep, tensorflow), (tensorkeep, tensorkeep)],
    ids=["theirs", "ours", "both"])
X = [[1, 2, 3], [4, 5, 6]]


def model(tf):
    """x, y, an asset's path and a main op that keeps it."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer(),
                        partitioner=tf.fixed_size_partitioner(2))
    b = tf.get_variable("b", initializer=[0.5, 0.25], use_resource=True)
    y = tf.add(tf.matmul(x, tf.convert_to_tensor(w)), b, name="y")
    path = tf.constant("vocabulary.txt", name="path")
    kept = tf.Variable("", trainable=False, collections=["local_variables"], name="kept")
    return x, y, path, tf.group(tf.assign(kept, path), name="main")


def export(tf, folder, as_text=False):
    """A model of two graphs; returns the values of y."""
    pathlib.Path("vocabulary.txt").write_text("a\nb\n")
    builder = tf.saved_model.Builder(str(folder))
    with tf.Graph().as_default(), tf.Session() as sess:
        x, y, path, main = model(tf)
        sess.run(tf.global_variables_initializer())
        sess.run(tf.assign_add(tf.global_variables()[0], [[1, 2]] * 2))
        signatures = {
            "serving_default": tf.saved_model.predict_signature_def({"x": x}, {"y": y}),
            "named": tf.saved_model.build_signature_def(
                {"x": tf.saved_model.build_tensor_info(x)}, method_name="mine")}
        builder.add_meta_graph_and_variables(
            sess, ["serve", "mine"], signatures, assets_collection=[path], main_op=main)
        values = sess.run(y, {x: X})
    with tf.Graph().as_default():
        x, y, path, _ = model(tf)
        builder.add_meta_graph(["serve"], {
            "serving_default": tf.saved_model.predict_signature_def({"batch": x}, {"out": y})})
    builder.save(as_text)
    return values


@pytest.fixture(autouse=True)
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@PAIRS
@pytest.mark.parametrize("as_text", [False, True])
def test_each_loads_what_the_other_wrote(writer, reader, as_text):
    values = export(writer, "model", as_text)
    for tags, scope in ((["serve", "mine"], None), ({"serve"}, "scope")):
        with reader.Graph().as_default(), reader.Session() as sess:
            meta = reader.saved_model.load(sess, tags, "model", import_scope=scope)
            signature = meta.signature_def["serving_default"]
            x, y = (reader.saved_model.get_tensor_from_tensor_info(info, import_scope=scope)
                    for infos in (signature.inputs, signature.outputs) for info in infos.values())
            np.testing.assert_array_equal(sess.run(y, {x: X}), values)
            if len(tags) == 2:
                assert sess.run("kept:0") == b"model/assets/vocabulary.txt"
                assert sorted(meta.signature_def) == ["named", "serving_default"]


def test_tensorflow_2_loads_ours():
    values = export(tensorkeep, "model")
    with tensorflow2.Graph().as_default():
        loaded = tensorflow2.saved_model.load("model", tags=["serve"])
        result = loaded.signatures["serving_default"](tensorflow2.constant(X, "float32"))["out"]
        with tensorflow.Session() as sess:
            sess.run(tensorflow.global_variables_initializer())
            np.testing.assert_array_equal(sess.run(result), values)


def test_the_files_are_the_same():
    for name, tf in (("theirs", tensorflow), ("ours", tensorkeep)):
        folder = pathlib.Path(name)
        folder.mkdir()
        export(tf, folder / "model")
    want, got = (compare_runs.files(pathlib.Path(name)) for name in ("theirs", "ours"))
    assert sorted(want) == sorted(got) == [
        "model/assets/vocabulary.txt", "model/saved_model.pb",
        "model/variables/variables.data-00000-of-00001", "model/variables/variables.index"]
    assert list(compare_runs.file_differences(want, got)) == []


@PAIRS
def test_other_savers_and_no_variables(writer, reader):
    with writer.Graph().as_default(), writer.Session() as sess:
        v = writer.Variable(1.0, name="v")
        writer.Variable(2.0, name="unsaved")
        sess.run(writer.global_variables_initializer())
        builder = writer.saved_model.Builder("some")
        builder.add_meta_graph_and_variables(sess, ["a"], saver=writer.train.Saver({"other": v}))
        builder.save()
    with writer.Graph().as_default(), writer.Session() as sess:
        x = writer.placeholder(writer.float32, [], name="x")
        writer.saved_model.simple_save(sess, "none", {"x": x}, {"y": x * 2.0})
    with reader.Graph().as_default(), reader.Session() as sess:
        reader.saved_model.load(sess, ["a"], "some")
        assert sess.run("v:0") == 1 and not sess.run(reader.is_variable_initialized(
            reader.global_variables()[1]))
    with reader.Graph().as_default(), reader.Session() as sess:
        reader.saved_model.load(sess, ["serve"], "none", clear_devices=True)
        assert sess.run("mul:0", {"x:0": 3.0}) == 6
    assert list(pathlib.Path("none/variables").iterdir()) == []


def prepared(tf):
    """A session with a variable, its tensor, and a builder."""
    x = tf.placeholder(tf.float32, [None], name="x")
    v = tf.Variable([1.0], name="v")
    sess = tf.Session()
    sess.run(v.initializer)
    return sess, x, v, tf.saved_model.Builder(f"new_{tf.__name__}")


def added_twice(tf):
    sess, _, _, builder = prepared(tf)
    builder.add_meta_graph_and_variables(sess, ["a"])
    builder.add_meta_graph_and_variables(sess, ["b"])


def with_signature(key, **info):
    def program(tf):
        sess, _, _, builder = prepared(tf)
        signature = tf.saved_model.build_signature_def({"x": tf.TensorInfo(**info)})
        builder.add_meta_graph_and_variables(sess, ["a"], {key: signature})
    return program


def with_options(**options):
    def program(tf):
        sess, x, v, builder = prepared(tf)
        made = {key: value(tf) for key, value in options.items()}
        builder.add_meta_graph_and_variables(sess, ["a"], **made)
    return program


def second_main_op(tf):
    tf.add_to_collection(tf.saved_model.LEGACY_INIT_OP_KEY, tf.no_op())
    with_options(main_op=lambda tf: tf.no_op())(tf)


def without_values(tf):
    _, _, _, builder = prepared(tf)
    builder.add_meta_graph_and_variables(tf.Session(), ["a"])


@pytest.mark.parametrize("program", [
    added_twice, second_main_op, without_values,
    lambda tf: prepared(tf)[3].add_meta_graph(["a"]),
    with_signature("x"), with_signature("x", name="x:0"),
    with_signature("__saved_model_init_op", name="x:0", dtype=1),
    with_signature("__saved_model_train_op", name="x:0", dtype=1),
    with_options(legacy_init_op=lambda tf: "init"),
    with_options(assets_collection=lambda tf: ["file"]),
    with_options(assets_collection=lambda tf: [tf.placeholder(tf.string)]),
    with_options(assets_collection=lambda tf: [tf.constant(1.0)]),
    with_options(assets_collection=lambda tf: [tf.constant(["a", "b"])]),
    with_options(assets_collection=lambda tf: [tf.constant("")]),
    lambda tf: tf.saved_model.Builder("."),
    lambda tf: tf.saved_model.load(tf.Session(), ["a"], "nowhere"),
    lambda tf: tf.saved_model.simple_save(tf.Session(), "other", {}, {}),
    lambda tf: tf.saved_model.main_op_with_restore("name"),
], ids=lambda program: program.__qualname__)
def test_errors(program):
    pathlib.Path("there").touch()

    def run(tf):
        with tf.Graph().as_default():
            program(tf)
    want, got = (error_of(lambda: run(tf)) for tf in (tensorflow, tensorkeep))
    assert want[0] == got[0], (want, got)
    if want[0] not in ("FailedPreconditionError", "TypeError"):
        assert want[1][:25] == got[1][:25], (want, got)


def test_a_failed_export_leaves_nothing():
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as sess:
        _, _, path, main = model(tensorkeep)
        pathlib.Path("vocabulary.txt").write_text("a")
        builder = tensorkeep.saved_model.Builder("model")
        for _ in range(2):
            with pytest.raises(tensorkeep.errors.FailedPreconditionError):
                builder.add_meta_graph_and_variables(sess, ["a"], assets_collection=[path],
                                                     main_op=main)
            assert list(pathlib.Path("model").iterdir()) == []
        sess.run(tensorkeep.global_variables_initializer())
        builder.add_meta_graph_and_variables(sess, ["a"], assets_collection=[path], main_op=main)
        assert not tensorkeep.saved_model.contains_saved_model("model")
        assert builder.save() == b"model/saved_model.pb"
        assert tensorkeep.saved_model.contains_saved_model(pathlib.Path("model"))


@pytest.mark.parametrize("damage", [
    lambda data: data[:len(data) // 2], lambda data: b"\xff" + data, lambda data: b"",
    lambda data: saved_model_pb2.SavedModel(saved_model_schema_version=1).SerializeToString(),
])
def test_damaged_files(damage):
    export(tensorflow, "model")
    file = pathlib.Path("model/saved_model.pb")
    file.write_bytes(damage(file.read_bytes()))

    def load(tf):
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.saved_model.load(sess, ["serve"], "model")
    want, got = (error_of(lambda: load(tf)) for tf in (tensorflow, tensorkeep))
    assert want[0] == got[0] and want[1][:17] == got[1][:17], (want, got)


def test_damaged_variables_and_main_ops():
    export(tensorflow, "model")
    file = pathlib.Path("model/saved_model.pb")
    saved = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    saved.meta_graphs[0].collection_def["saved_model_main_op"].node_list.value.append("main")
    file.write_bytes(saved.SerializeToString())
    for tags, error in ((["serve", "mine"], "RuntimeError"), (["serve"], "ValueError")):
        if error == "ValueError":
            pathlib.Path("model/variables/variables.index").unlink()
        for tf in (tensorflow, tensorkeep):
            with tf.Graph().as_default(), tf.Session() as sess:
                assert error_of(lambda: tf.saved_model.load(sess, tags, "model"))[0] == error


def test_bytes_that_are_no_text_in_errors():
    export(tensorflow, "model")
    file = pathlib.Path("model/saved_model.pb")
    saved = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    saved.meta_graphs[1].collection_def["variables"].bytes_list.value.append(b"\x0a\x03\xff:0")
    file.write_bytes(saved.SerializeToString())
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as sess:
        with pytest.raises((tensorkeep.errors.OpError, ValueError, KeyError)) as caught:
            tensorkeep.saved_model.load(sess, ["serve"], "model")
        assert not isinstance(caught.value, UnicodeError)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a/../../x"])
def test_assets_outside_of_the_folder(name):
    export(tensorflow, "model")
    file = pathlib.Path("model/saved_model.pb")
    saved = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    saved.meta_graphs[0].asset_file_def.add(filename=name).tensor_info.name = "path:0"
    file.write_bytes(saved.SerializeToString())
    with tensorkeep.Graph().as_default() as graph, tensorkeep.Session() as sess:
        with pytest.raises(tensorkeep.errors.InvalidArgumentError, match="leads out of"):
            tensorkeep.saved_model.load(sess, ["serve", "mine"], "model")
        assert graph.get_operations() == []


def test_loading_twice_runs_the_main_op_of_each():
    """TensorFlow runs the first one's twice."""
    export(tensorflow, "model")
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as sess:
        for scope in ("a", "b"):
            tensorkeep.saved_model.load(sess, ["serve", "mine"], "model", import_scope=scope)
        assert sess.run(["a/kept:0", "b/kept:0"]) == [b"model/assets/vocabulary.txt"] * 2


def test_the_sessions_graph_is_exported():
    """TensorFlow exports the default graph, whatever the session's is."""
    with tensorkeep.Graph().as_default() as graph:
        tensorkeep.get_variable("v", [], initializer=tensorkeep.ones_initializer())
        initializer = tensorkeep.global_variables_initializer()
    builder = tensorkeep.saved_model.Builder("model")
    with tensorkeep.Graph().as_default():
        tensorkeep.constant(1.0, name="another")
        session = tensorkeep.Session(graph=graph)
        session.run(initializer)
        builder.add_meta_graph_and_variables(session, ["serve"])
    builder.save()
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as sess:
        message = tensorkeep.saved_model.load(sess, ["serve"], "model")
        assert sess.run("v:0") == 1.0
    assert "another" not in [node.name for node in message.graph_def.node]


def test_signatures():
    def signatures(tf):
        with tf.Graph().as_default():
            text = tf.placeholder(tf.string, [None], name="text")
            scores = tf.placeholder(tf.float32, [None, 2], name="scores")
            variable = tf.get_variable("v", [2], use_resource=False)
            handle = tf.get_variable("r", [2], use_resource=True)
            default = tf.constant([1.0, 2.0], name="default")
            made = [
                tf.saved_model.classification_signature_def(text, text, scores),
                tf.saved_model.classification_signature_def(text, None, scores),
                tf.saved_model.regression_signature_def(text, scores),
                tf.saved_model.predict_signature_def({"a": text, "b": variable}, {"c": handle}),
                tf.saved_model.build_signature_def(method_name="mine"),
                tf.saved_model.build_signature_def(
                    {"x": tf.saved_model.build_tensor_info(scores)}, defaults={"x": default}),
            ]
            made.append(tf.saved_model.build_signature_def(
                made[2].inputs, made[2].outputs, "tensorflow/serving/classify"))
            valid = [tf.saved_model.is_valid_signature(each) for each in [*made, None]]
            return [str(each) for each in made], valid
    assert signatures(tensorflow) == signatures(tensorkeep)


@pytest.mark.parametrize("program", [
    lambda tf, text, number: tf.saved_model.regression_signature_def(None, number),
    lambda tf, text, number: tf.saved_model.regression_signature_def("x", number),
    lambda tf, text, number: tf.saved_model.regression_signature_def(text, None),
    lambda tf, text, number: tf.saved_model.regression_signature_def(number, number),
    lambda tf, text, number: tf.saved_model.regression_signature_def(text, text),
    lambda tf, text, number: tf.saved_model.classification_signature_def(None, text, number),
    lambda tf, text, number: tf.saved_model.classification_signature_def(text, None, None),
    lambda tf, text, number: tf.saved_model.classification_signature_def(number, text, None),
    lambda tf, text, number: tf.saved_model.classification_signature_def(text, number, None),
    lambda tf, text, number: tf.saved_model.classification_signature_def(text, None, text),
    lambda tf, text, number: tf.saved_model.predict_signature_def(None, {"y": text}),
    lambda tf, text, number: tf.saved_model.predict_signature_def({"x": text}, {}),
    lambda tf, text, number: tf.saved_model.build_signature_def(defaults={"x": number}),
    lambda tf, text, number: tf.saved_model.get_tensor_from_tensor_info(tf.TensorInfo()),
    lambda tf, text, number: tf.saved_model.get_tensor_from_tensor_info(tf.TensorInfo(name="q:0")),
])
def test_errors_of_signatures(program):
    def run(tf):
        with tf.Graph().as_default():
            program(tf, tf.placeholder(tf.string), tf.placeholder(tf.float32))
    want, got = (error_of(lambda: run(tf)) for tf in (tensorflow, tensorkeep))
    assert want[0] == got[0] and want[1][:20] == got[1][:20], (want, got)


def test_inner_paths():
    from tensorkeep.core.protobuf import saved_model_pb2 as ours
    from tensorkeep.python.saved_model import (builder, constants, loader, loader_impl, main_op,
                                               signature_constants, signature_def_utils,
                                               simple_save, tag_constants, utils)
    tf = tensorkeep.saved_model
    assert tf.Builder is builder.SavedModelBuilder is tf.builder.SavedModelBuilder
    assert tf.load is loader.load is tf.loader.load is loader_impl.load
    assert tf.simple_save is simple_save.simple_save
    assert main_op.main_op is tf.main_op.main_op
    assert utils.build_tensor_info is tf.utils.build_tensor_info is tf.build_tensor_info
    assert signature_def_utils.is_valid_signature is tf.is_valid_signature
    for path, module in (("constants", constants), ("tag_constants", tag_constants),
                         ("signature_constants", signature_constants)):
        theirs = getattr(tensorflow.saved_model, path)
        for name in dir(theirs):
            if name.isupper():
                assert getattr(theirs, name) == getattr(module, name) == getattr(tf, name)
    export(tensorflow, "model")
    model = loader_impl.parse_saved_model("model")
    assert isinstance(model, ours.SavedModel) and len(model.meta_graphs) == 2
    read = loader_impl.SavedModelLoader("model")
    assert read.variables_path == "model/variables/variables" and read.saved_model == model
    with tensorkeep.Graph().as_default() as graph, tensorkeep.Session() as sess:
        saver, elements = read.load_graph(graph, ["serve"])
        assert elements is None and isinstance(saver, tensorkeep.train.Saver)
        with pytest.raises(ValueError, match="No tf.train.Saver object"):
            read.restore_variables(sess, None)
        read.restore_variables(sess, saver)
        read.run_init_ops(sess, ["serve"])
        assert sess.run("b/Read/ReadVariableOp:0").tolist() == [0.5, 0.25]
