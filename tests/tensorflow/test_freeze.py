"""Graphs frozen here are those that TensorFlow freezes, node for node, and give the same numbers."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow.compat.v1 as tf
from google.protobuf import text_format

COMMAND = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "cli/tensorkeep")


def reference_variables():
    v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
    v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
    return tf.add(v1, v2, name="out")


def resource_variables():
    w = tf.get_variable("w", initializer=np.float32([[1, 2], [3, 4]]), use_resource=True)
    b = tf.get_variable("b", initializer=np.float32([5, 6]), use_resource=True)
    return tf.add(tf.matmul(w, w), b, name="out")


def types():
    values = {"half": np.float16([1.5, -2]), "double": np.float64([0.1]), "int": np.int32([1, 2, 3]),
              "scalar": np.int64(7), "bool": np.array([True, False]), "complex": np.complex64([1 + 2j]),
              "uint8": np.uint8([1, 255]), "text": np.array([b"a", b"", b"\xff\x00"], object)}
    parts = [tf.as_string(tf.get_variable(name, initializer=value, use_resource=i % 2 == 0))
             if name != "text" else tf.get_variable(name, initializer=value)
             for i, (name, value) in enumerate(values.items())]
    return tf.concat([tf.reshape(part, [-1]) for part in parts], 0, name="out")


def gathers():
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    rows = tf.get_variable("rows", initializer=table, use_resource=True)
    cells = tf.get_variable("cells", initializer=table, use_resource=True)
    plain = tf.get_variable("plain", initializer=table)
    return tf.add_n([tf.gather(rows, [2, 0]), tf.nn.embedding_lookup(rows, tf.constant([1, 3], tf.int64)),
                     tf.gather_nd(cells, [[1], [2]]), tf.gather(plain, [0, 0])], name="out")


def batch_normalisation():
    x = tf.constant(np.random.RandomState(1).rand(2, 3, 3, 4).astype(np.float32))
    def variable(name, value, **more):
        return tf.get_variable(name, initializer=np.float32(value), use_resource=True, **more)
    scale, offset = variable("gamma", [1, 2, 3, 4]), variable("beta", [4, 3, 2, 1])
    mean = variable("moving_mean", [.1, .2, .3, .4], trainable=False)
    spread = variable("moving_variance", [1, 2, 1, 2], trainable=False)
    y, _, _ = tf.nn.fused_batch_norm(x, scale, offset, mean, spread, is_training=False)
    z = tf.nn.batch_normalization(y, mean, spread, offset, scale, 1e-3)
    return tf.identity(z, name="out")


def cond():
    # Not a variable for the predicate: TensorFlow refuses that ("`index` 1 is out of range").
    p = tf.placeholder_with_default(True, [])
    v = tf.get_variable("v", initializer=np.float32([1, 2]))
    r = tf.get_variable("r", initializer=np.float32([3, 4]), use_resource=True)
    y = tf.cond(p, lambda: v + r, lambda: v - r)
    return tf.identity(y, name="out")


def while_loop():
    v = tf.get_variable("v", initializer=np.float32(1.5))
    r = tf.get_variable("r", initializer=np.float32(0.5), use_resource=True)
    y = tf.while_loop(lambda x: x < 100.0, lambda x: x * v + r, [v + 0.0])
    return tf.identity(y, name="out")


def functions():
    tf.enable_control_flow_v2()
    try:
        r = tf.get_variable("r", initializer=np.float32(2), use_resource=True)
        s = tf.get_variable("s", initializer=np.float32([1, 2, 3]), use_resource=True)
        p = tf.placeholder_with_default(True, [])
        x = tf.cond(p, lambda: r * 2.0, lambda: r * 3.0)
        x = tf.while_loop(lambda x: x < 100.0, lambda x: x * r + tf.reduce_sum(s), [x])
        return tf.identity(x, name="out")
    finally:
        tf.disable_control_flow_v2()


def called_functions():
    r = tf.get_variable("r", initializer=np.float32(2), use_resource=True)

    @tf.function
    def inner(x):
        return x * r

    @tf.function
    def outer(x):
        return inner(x) + r
    return tf.identity(outer(tf.constant(3.0)), name="out")


def partitioned():
    w = tf.get_variable("w", shape=[4, 3], initializer=tf.ones_initializer(),
                        partitioner=tf.fixed_size_partitioner(2))
    return tf.matmul(w, w, transpose_b=True, name="out")


def colocations():
    v = tf.get_variable("v", initializer=np.float32([1, 2]))
    with tf.colocate_with(v):
        x = tf.constant(np.float32([3, 4]), name="x")
    return tf.multiply(x, v, name="out")


def kernels_of_nobody_here():
    v = tf.get_variable("v", initializer=np.float32([[2, 0], [0, 3]]), use_resource=True)
    return tf.linalg.expm(v, name="out") 


PROGRAMS = [reference_variables, resource_variables, types, gathers, batch_normalisation, cond,
            while_loop, functions, called_functions, partitioned, colocations, kernels_of_nobody_here]


def comparable(graph):
    """Functions get new names, with TensorFlow's count of the moment; here they are taken off. And
    TensorFlow keeps the old shapes of loops, so that it cannot load the graph itself."""
    graph = tf.GraphDef.FromString(graph.SerializeToString())
    for node in graph.node:
        if node.op == "While":
            node.attr.pop("_output_shapes", None)
    text = str(graph)
    for number, function in enumerate(graph.library.function):
        name = function.signature.name
        if "_frozen_" in name:
            text = text.replace(f'"{name}"', f'"frozen{number}"')
    return text_format.Parse(text, tf.GraphDef())


class FreezeTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def freeze(self, outputs, *args):
        out = self.dir / "ours.pb"
        done = subprocess.run([COMMAND, "freeze", self.dir / "m.meta", self.dir / "m", out, "--outputs",
                               ",".join(outputs), *args], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        graph = tf.GraphDef()
        graph.ParseFromString(out.read_bytes())
        return graph

    def check(self, program, *, whitelist=None, blacklist=None):
        with tf.Graph().as_default(), tf.Session() as sess:
            output = program()
            sess.run(tf.global_variables_initializer())
            saver = tf.train.Saver()
            saver.save(sess, str(self.dir / "m"))
            meta = tf.MetaGraphDef()
            meta.ParseFromString((self.dir / "m.meta").read_bytes())
            name = output.op.name
            theirs = tf.graph_util.convert_variables_to_constants(
                sess, meta.graph_def, [name], whitelist, blacklist)
            want = sess.run(output)
        options = [f"--{key}={','.join(names)}" for key, names in
                   (("whitelist", whitelist), ("blacklist", blacklist)) if names]
        ours = self.freeze([name], *options)
        self.assertEqual([n.name for n in ours.node], [n.name for n in theirs.node])
        self.assertEqual(comparable(ours), comparable(theirs))
        if whitelist or blacklist:
            return
        self.assertEqual(self.freeze([name + ":0"]), ours)
        with tf.Graph().as_default(), tf.Session() as sess:
            y, = tf.import_graph_def(ours, return_elements=[name + ":0"])
            got = sess.run(y)
            # Constants are folded by other code than what runs.
            if got.dtype.kind == "f":
                np.testing.assert_allclose(got, want, rtol=1e-6)
            else:
                np.testing.assert_array_equal(got, want)

    def test_programs(self):
        for program in PROGRAMS:
            with self.subTest(program.__name__):
                self.check(program)

    def test_lists(self):
        self.check(reference_variables, whitelist=["v1"])
        self.check(reference_variables, blacklist=["v1"])
        self.check(resource_variables, whitelist=["w", "b"], blacklist=["w"])


if __name__ == "__main__":
    unittest.main()
