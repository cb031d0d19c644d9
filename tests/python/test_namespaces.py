"""Where names are found: the table of tensorkeep._api, and the modules made from it."""
import importlib
import subprocess
import sys
import types

import pytest

import tensorkeep as tf
from tensorkeep import _api, _namespaces

# The paths that old programs import from.
INNER_PATHS = """
    python.framework: ops dtypes constant_op graph_util importer meta_graph tensor_shape tensor_util errors
        errors_impl random_seed graph_io versions device function
    python.ops: variables variable_scope resource_variable_ops math_ops array_ops nn_ops nn state_ops
        control_flow_ops while_loop cond init_ops random_ops partitioned_variables gradients_impl clip_ops
        gradients embedding_ops check_ops logging_ops lookup_ops gen_math_ops gen_array_ops gen_nn_ops
        gen_state_ops gen_io_ops
    python.training: saver checkpoint_management checkpoint_utils moving_averages training_util optimizer
        gradient_descent momentum adam rmsprop adagrad adadelta ftrl learning_rate_decay
        py_checkpoint_reader training supervisor monitored_session basic_session_run_hooks
        session_run_hook coordinator
    python.saved_model: builder loader main_op signature_constants signature_def_utils simple_save
        tag_constants utils
    python.client: session
    python.lib.io: file_io
    python.platform: gfile tf_logging test app flags
    python.tools: freeze_graph inspect_checkpoint strip_unused_lib optimize_for_inference_lib
    core.framework: graph_pb2 node_def_pb2 attr_value_pb2 tensor_pb2 tensor_shape_pb2 types_pb2 variable_pb2
        versions_pb2 op_def_pb2 summary_pb2 function_pb2
    core.protobuf: config_pb2 saver_pb2 meta_graph_pb2 saved_model_pb2 tensor_bundle_pb2
        trackable_object_graph_pb2 control_flow_pb2
    core.util: event_pb2
    examples.tutorials.mnist: input_data
    python: pywrap_tensorflow
"""


def inner_paths():
    folder = None
    for word in INNER_PATHS.split():
        if word.endswith(":"):
            folder = word[:-1]
        else:
            yield f"{folder}.{word}"


def run(code):
    """Runs code in a Python of its own; gives what it printed."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                          text=True).stdout


@pytest.mark.parametrize("path", _api.modules())
def test_every_name_of_the_table_is_there(path):
    module = importlib.import_module(_namespaces.full_name(path))
    missing = [name for name in sorted(_namespaces.names(path)) if not hasattr(module, name)]
    assert not missing


@pytest.mark.parametrize("path", inner_paths())
def test_inner_paths_import(path):
    module = importlib.import_module(f"tensorkeep.{path}")
    assert isinstance(module, types.ModuleType)
    assert module.__name__ == f"tensorkeep.{path}"
    assert set(_namespaces.names(path)) <= set(dir(module))
    parent, _, name = path.rpartition(".")
    assert getattr(importlib.import_module(f"tensorkeep.{parent}"), name) is module


def test_one_object_under_all_its_names():
    from tensorkeep.python.framework import ops
    from tensorkeep.python.ops import math_ops, nn, variables
    from tensorkeep.python.ops.nn_ops import relu
    from tensorkeep.python.training import saver
    assert tf.train.Saver is saver.Saver
    assert tf.math.add is tf.add is math_ops.add
    assert tf.nn.relu is relu is nn.relu
    assert tf.random.uniform is tf.random_uniform
    assert tf.initializers.zeros is tf.zeros_initializer
    assert tf.Variable is variables.Variable
    assert tf.Graph is ops.Graph
    assert tf.compat.v1.Session is tf.Session
    assert tf.gfile.Exists is importlib.import_module("tensorkeep.python.platform.gfile").Exists


def test_compat_v1_has_everything():
    v1 = importlib.import_module("tensorkeep.compat.v1")
    assert v1 is tf.compat.v1
    assert v1.train is tf.train
    assert importlib.import_module("tensorkeep.compat.v1.train") is tf.train
    assert importlib.import_module("tensorkeep.compat.v1.python.ops.math_ops") is (
        importlib.import_module("tensorkeep.python.ops.math_ops"))
    assert set(_namespaces.names("")) <= set(dir(v1))
    assert v1.__version__ == v1.VERSION == "1.15.0"
    assert tf.__version__ == "0.1.0"


def test_behaviour_switches_do_nothing():
    tf.disable_v2_behavior()
    tf.disable_eager_execution()
    tf.compat.v1.disable_v2_tensorshape()
    assert not tf.executing_eagerly()
    assert not tf.control_flow_v2_enabled()
    assert not tf.resource_variables_enabled()


@pytest.mark.parametrize("name", [
    "data", "contrib.slim", "contrib.layers.fully_connected", "estimator", "keras", "distribute",
    "enable_eager_execution", "GradientTape", "function", "FIFOQueue", "train.batch",
    "train.shuffle_batch", "train.QueueRunner", "TFRecordReader", "lite", "feature_column", "tpu",
    "distributions", "RaggedTensor",
])
def test_what_is_left_out_says_why(name):
    parent, _, last = f"tensorkeep.{name}".rpartition(".")
    module = importlib.import_module(parent)
    reason = _api.why_missing(parent[len("tensorkeep."):], last)
    assert reason
    with pytest.raises(AttributeError) as caught:
        getattr(module, last)
    assert str(caught.value) == f"{parent} has no {last!r}: {reason}"
    with pytest.raises(ImportError, match=f"tensorkeep has no {name}: "):
        importlib.import_module(f"tensorkeep.{name}")


def test_unknown_names():
    with pytest.raises(AttributeError, match=r"^module 'tensorkeep\.nn' has no attribute 'nonsense'$"):
        tf.nn.nonsense
    with pytest.raises(ImportError, match="cannot import name 'nonsense' from 'tensorkeep.nn'"):
        from tensorkeep.nn import nonsense  # noqa: F401
    with pytest.raises(ModuleNotFoundError, match="No module named 'tensorkeep.nonsense'"):
        importlib.import_module("tensorkeep.nonsense")
    assert not hasattr(tf, "__wrapped__")
    with pytest.raises(ImportError, match="tensorkeep has no keras: "):
        from tensorkeep import keras  # noqa: F401


def test_names_are_kept_once_found():
    assert "expand_dims" not in vars(tf) or tf.expand_dims is vars(tf)["expand_dims"]
    found = tf.expand_dims
    assert vars(tf)["expand_dims"] is found


def test_import_star():
    namespace = {}
    exec("from tensorkeep.python.framework.dtypes import *", namespace)
    assert namespace["float32"] is tf.float32
    exec("from tensorkeep import *", namespace)
    assert namespace["Session"] is tf.Session and namespace["nn"] is tf.nn


def test_importing_loads_only_the_table():
    loaded = run("import sys, tensorkeep; print(*sys.modules)").split()
    own = {name for name in loaded if name.startswith("tensorkeep")}
    assert own == {"tensorkeep", "tensorkeep._namespaces", "tensorkeep._api",
                   *(f"tensorkeep._api.{part}" for part in (
                       "framework", "messages", "missing", "ops", "saved_model", "surface",
                       "training"))}
    assert not {"numpy", "google.protobuf", "absl", "ml_dtypes"} & set(loaded)


def test_an_attribute_may_be_replaced():
    keep = tf.train.Saver
    try:
        tf.train.Saver = "another"
        assert tf.train.Saver == "another"
    finally:
        tf.train.Saver = keep


PUBLIC = (
    "", "nn", "train", "math", "linalg", "manip", "bitwise", "random", "debugging", "dtypes",
    "initializers", "errors", "graph_util", "losses", "metrics", "gfile", "io.gfile", "logging",
    "app", "test", "resource_loader", "saved_model", "summary", "strings", "image", "version",
    "nest")


@pytest.mark.parametrize("path", PUBLIC)
def test_names_are_tensorflows(path):
    theirs = pytest.importorskip("tensorflow.compat.v1")
    for part in path.split(".") if path else ():
        theirs = getattr(theirs, part)
    allowed = {"": {"core", "examples", "contrib", "python"},
               "errors": {"InaccessibleTensorError", "OperatorNotAllowedInGraphError"},
               "train": {"restore_plan"}}
    foreign = {name for name in _namespaces.names(path) if not hasattr(theirs, name)}
    assert foreign <= allowed.get(path, set())


def test_what_is_anywhere_is_everywhere():
    """An object that TensorFlow has by several names is here by all of them or by none."""
    theirs = pytest.importorskip("tensorflow.compat.v1")
    names = {}
    for path in PUBLIC:
        module = theirs
        for part in path.split(".") if path else ():
            module = getattr(module, part)
        for name in dir(module):
            value = getattr(module, name, None)
            if not name.startswith("_") and (isinstance(value, type) or callable(value)):
                names.setdefault(id(value), []).append((path, name))
    ours = {(path, name) for path in PUBLIC for name in _namespaces.names(path)}
    missing = [(pair, pairs) for pairs in names.values() if ours & {*pairs}
               for pair in pairs if pair not in ours]
    assert not missing
