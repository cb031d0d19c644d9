"""What imports make of a GraphDef, and what they say about a malformed one, is TensorFlow's."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import tensorflow.compat.v1 as tf
from google.protobuf import text_format

IMPORTER = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/importer")


def attr(key, value):
    return f"attr {{ key: '{key}' value {{ {value} }} }}"


FLOAT = attr("T", "type: DT_FLOAT")


def node(name, op, *inputs, more=FLOAT):
    return f"node {{ name: '{name}' op: '{op}' {' '.join(f'input: {i!r}' for i in inputs)} {more} }}"


def const(name, more=""):
    return node(name, "Const", more=attr("dtype", "type: DT_FLOAT") + attr(
        "value", "tensor { dtype: DT_FLOAT tensor_shape {} float_val: 2 }") + more)


ADD = const("a") + const("b") + node("add", "AddV2", "a", "b") + node("out", "Identity", "add")
FUNCTION = """library { function {
    signature { name: 'f' input_arg { name: 'x' type: DT_FLOAT } output_arg { name: 'y' type: DT_FLOAT } }
    node_def { name: 'i' op: 'Identity' input: 'x' attr { key: 'T' value { type: DT_FLOAT } } }
    ret { key: 'y' value: 'i:output:0' } } }"""
LOCATED = attr("_class", "list { s: 'loc:@a' }")
SHAPES = attr("_output_shapes", "list { shape { dim { size: -1 } } }")

# name: (GraphDef, import name, more arguments of importer)
GRAPHS = {
    "plain": (ADD, "import", ["add:0", "out"]),
    "root": (ADD, "", ["out:0"]),
    "scope": (ADD, "some/scope", ["out"]),
    "root_taken": (const("x") + const("taken") + node("i", "Identity", "x", more=FLOAT + attr(
        "_class", "list { s: 'loc:@taken' }")) + const("x_1"), "", ["x:0", "taken", "x_1"]),
    "any_order": (node("out", "Identity", "i:0") + node("i", "Identity", "a") + const("a"), "import", []),
    "input_map": (ADD, "import", ["a=x", "add:0=y", "out:0", "add:0", "a:0", "add"]),
    "control_map": (const("a") + node("out", "NoOp", "^a", more=""), "import", ["^a=x", "out"]),
    "map_of_what_is_not_there": (node("out", "Identity", "gone:1"), "import", ["gone:1=x", "out:0"]),
    "controls": (const("a") + node("n", "NoOp", "^a", more="") + node("i", "Identity", "a", "^n", "^a"),
                 "import", []),
    "devices": (const("a", "device: '/cpu:0'") + const("b", LOCATED), "import", []),
    "function": (const("a") + node("call", "f", "a", more="") + FUNCTION, "import", ["call:0"]),
    "partitioned_call": (const("a") + node("call", "PartitionedCall", "a", more=attr(
        "f", "func { name: 'f' }") + attr("Tin", "list { type: DT_FLOAT }") + attr(
            "Tout", "list { type: DT_FLOAT }")) + FUNCTION, "import", ["call:0"]),
    "versions": (ADD + "versions { producer: 24 min_consumer: 12 bad_consumers: 7 }", "import", []),
    "output_shapes": (node("p", "Placeholder", more=attr("dtype", "type: DT_FLOAT") + SHAPES) + node(
        "i", "Identity", "p"), "import", []),
    "own_attrs": (const("a", attr("_mine", "s: 'x'")), "import", []),
    "internal_scopes": (const("a/b/c") + const("a/b_1") + node("a", "Identity", "a/b/c"), "", []),
}

ERRORS = {
    "unknown_input": (node("i", "Identity", "gone"), []),
    "unknown_control": (node("i", "NoOp", "^gone", more=""), []),
    "twice": (const("a") + const("a"), []),
    "cycle": (node("i", "Identity", "j") + node("j", "Identity", "i"), []),
    "output_index": (const("a") + node("i", "Identity", "a:1"), []),
    "map_unused": (ADD, ["gone=x"]),
    "map_unused_output": (ADD, ["a:3=x"]),
    "return_tensor": (ADD, ["gone:0"]),
    "return_operation": (ADD, ["gone"]),
    "return_output": (ADD, ["add:1"]),
    "name_with_colon": (ADD, ["a:b"]),
    "missing_attr": (node("i", "Placeholder", more=""), []),
    "wrong_attr": (node("i", "Placeholder", more=attr("dtype", "s: 'x'")), []),
    "type_not_allowed": (const("a") + node("i", "BitwiseAnd", "a", "a"), []),
    "too_few_inputs": (const("a") + node("i", "AddV2", "a"), []),
    "too_many_inputs": (const("a") + node("i", "Identity", "a", "a"), []),
    "wrong_type": (const("a") + node("i", "Identity", "a", more=attr("T", "type: DT_INT32")), []),
    "colocation": (const("a", attr("_class", "list { s: 'loc:@gone' }")), []),
    "controls_first": (const("a") + node("i", "Identity", "^a", "a"), []),
    "bad_name": (const("a b"), []),
    "no_operation": ("node { name: 'a' }", []),
    "consumer": (ADD + "versions { min_consumer: 99999 }", []),
    "bad_consumer": (ADD + "versions { bad_consumers: 2474 }", []),
    "shapes": (const("a", attr("_output_shapes", "list { shape { dim { size: 3 } } }")), []),
}
# Texts that say the same, with TensorFlow's longer list of what it tried or where it was.
SHORTER = {"missing_attr", "wrong_attr", "type_not_allowed", "too_few_inputs", "too_many_inputs"}
# Shapes behind a call are not inferred here.
CALLS = {"function", "partitioned_call"}


class ImportTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def ours(self, graph_def, name, args):
        (self.dir / "in.pb").write_bytes(graph_def.SerializeToString())
        done = subprocess.run([IMPORTER, "graph", self.dir / "in.pb", self.dir / "out.pb", name, *args],
                              capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.rstrip("\n")

    def theirs(self, graph_def, name, args):
        with tf.Graph().as_default() as graph:
            inputs = {key: tf.placeholder(tf.float32, name=key) for key in ("x", "y")}
            tf.constant(1.0, name="taken")
            input_map = {key: inputs[value] for key, value in
                         (arg.split("=") for arg in args if "=" in arg)}
            elements = tf.import_graph_def(graph_def, name=name, input_map=input_map,
                                           return_elements=[a for a in args if "=" not in a])
            return [e.name for e in elements or []], graph.as_graph_def(add_shapes=True)

    def test_graphs(self):
        for case, (text, name, args) in GRAPHS.items():
            with self.subTest(case):
                graph_def = text_format.Parse(text, tf.GraphDef())
                names, theirs = self.theirs(graph_def, name, args)
                code, out = self.ours(graph_def, name, args)
                self.assertEqual((code, out), (0, "\n".join(names)))
                ours = tf.GraphDef.FromString((self.dir / "out.pb").read_bytes())
                if not graph_def.versions.producer:
                    ours.versions.CopyFrom(theirs.versions)
                self.assertEqual(ours.versions.min_consumer, theirs.versions.min_consumer)
                self.assertEqual([n.name for n in ours.node], [n.name for n in theirs.node])
                for mine, other in zip(ours.node, theirs.node):
                    if case in CALLS:
                        mine.attr.pop("_output_shapes", None)
                        other.attr.pop("_output_shapes", None)
                    self.assertEqual(mine, other)
                self.assertEqual([f.signature.name for f in ours.library.function],
                                 [f.signature.name for f in theirs.library.function])

    def test_errors(self):
        for case, (text, args) in ERRORS.items():
            with self.subTest(case):
                graph_def = text_format.Parse(text, tf.GraphDef())
                with self.assertRaises(ValueError) as raised:
                    self.theirs(graph_def, "import", args)
                code, out = self.ours(graph_def, "import", args)
                theirs = str(raised.exception)
                if case in SHORTER:
                    out, theirs = out[:40], theirs[:40]
                if case == "cycle":
                    out = out[:len(theirs)]  # ours names the nodes
                self.assertEqual((code, out), (1, theirs))

    def test_attributes_newer_than_the_reader(self):
        """Those with the default of the program that wrote the file are dropped."""
        for value in True, False:
            with self.subTest(value), tf.Graph().as_default():
                tf.identity(tf.constant(1.0, name="scope/a"), name="scope/i")
                meta = tf.train.export_meta_graph()
                for op in meta.meta_info_def.stripped_op_list.op:
                    if op.name == "Identity":
                        newer = op.attr.add(name="newer", type="bool")
                        newer.default_value.b = True
                meta.graph_def.node[1].attr["newer"].b = value
                (self.dir / "in.meta").write_bytes(meta.SerializeToString())
                with tf.Graph().as_default() as graph:
                    tf.train.import_meta_graph(meta)
                    theirs = graph.get_operation_by_name("scope/i").node_def.attr
                done = subprocess.run([IMPORTER, "meta", self.dir / "in.meta", self.dir / "out.pb"],
                                      capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (0, ""))
                ours = tf.GraphDef.FromString((self.dir / "out.pb").read_bytes()).node[1].attr
                self.assertEqual(("newer" in ours, "newer" in theirs), (not value, not value))

    def test_a_scope_of_a_meta_graph(self):
        with tf.Graph().as_default():
            images = tf.placeholder(tf.float32, [1, 2], name="images")
            with tf.name_scope("hidden"):
                for resource in False, True:
                    tf.Variable([[1., 2.], [3., 4.]], name="w", use_resource=resource)
                y = tf.matmul(images, tf.global_variables()[0], name="y")
                with tf.colocate_with(images):
                    z = tf.identity(y, name="z")
                with tf.colocate_with(y):
                    z = tf.identity(z, name="z")
                tf.disable_control_flow_v2()
                loop = tf.while_loop(lambda x: tf.reduce_sum(x) < 10.0, lambda x: x * 2.0, [z])
                tf.cond(tf.less(loop[0, 0], 1.0), lambda: loop + 1.0, lambda: loop)
                tf.add_to_collection("outputs", z)
                tf.add_to_collection("texts", "hidden/a")
                tf.add_to_collection("texts", "elsewhere")
                tf.add_to_collection("numbers", 3)
            tf.Variable(1.0, name="v")
            tf.train.export_meta_graph(str(self.dir / "whole.meta"))
            theirs = tf.train.export_meta_graph(export_scope="hidden")
        done = subprocess.run([IMPORTER, "scope", self.dir / "whole.meta", self.dir / "part.meta", "hidden"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        ours = tf.MetaGraphDef.FromString((self.dir / "part.meta").read_bytes())
        def by_name(node):
            return node.name
        for mine, other in zip(sorted(ours.graph_def.node, key=by_name),
                               sorted(theirs.graph_def.node, key=by_name)):
            for key in set(other.attr) - set(mine.attr):
                del other.attr[key]  # newer than 1.15
            other.input[:] = [name.removesuffix(":0") for name in other.input]
            self.assertEqual(mine, other)
        self.assertEqual(len(ours.graph_def.node), len(theirs.graph_def.node))
        self.assertEqual(sorted(ours.collection_def), sorted(theirs.collection_def))
        for key, value in theirs.collection_def.items():
            with self.subTest(key):
                if key in ("cond_context", "while_context"):
                    value = len(value.bytes_list.value), len(ours.collection_def[key].bytes_list.value)
                    self.assertEqual(*value)
                else:
                    self.assertEqual(ours.collection_def[key], value)
        with tf.Graph().as_default(), tf.Session() as sess:
            x = tf.constant([[1.0, 1.0]])
            tf.train.import_meta_graph(ours, import_scope="again", input_map={"$unbound_inputs_images": x})
            sess.run(tf.global_variables_initializer())
            self.assertEqual(sess.run("again/y:0").tolist(), [[4.0, 6.0]])


if __name__ == "__main__":
    unittest.main()
