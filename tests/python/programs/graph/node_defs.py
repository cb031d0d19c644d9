"""The messages: GraphDef, NodeDef, text_format, equality, editing by hand."""
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.framework import graph_pb2, node_def_pb2

a = tf.placeholder(tf.float32, [2], name="a")
b = tf.constant([1.5, 2.5], name="b")
c = tf.subtract(a, b, name="c")
definition = tf.get_default_graph().as_graph_def()
print(type(definition).__name__, [n.name for n in definition.node])
for node in definition.node:
    print(node.name, node.op, list(node.input), sorted(node.attr))
print(definition.node[2])
print(definition.node[1].attr["value"].tensor.tensor_shape.dim[0].size, tf.make_ndarray(
    definition.node[1].attr["value"].tensor))
copy = tf.GraphDef()
copy.CopyFrom(definition)
for node in copy.node:
    if node.name == "c":
        node.op = "Mul"
        node.name = "renamed"
print(copy == definition, copy.ByteSize() > 0,
      tf.GraphDef.FromString(copy.SerializeToString()) == copy)
made = graph_pb2.GraphDef()
made.node.extend([definition.node[0], definition.node[1]])
text_format.Merge("""name: "c" op: "Maximum" input: "a" input: "b:0"
                     attr { key: "T" value { type: DT_FLOAT } }""", made.node.add())
made.versions.producer = 24
with tf.Graph().as_default(), tf.Session() as sess:
    tf.import_graph_def(copy, name="")
    print(sess.run("renamed:0", {"a:0": [2, 2]}))
with tf.Graph().as_default() as imported, tf.Session() as sess:
    tf.import_graph_def(made, name="")
    print(sess.run("c:0", {"a:0": [2, 2]}), [op.type for op in imported.get_operations()])
print(node_def_pb2.NodeDef(name="n", op="NoOp"),
      tf.NodeDef(name="n") == node_def_pb2.NodeDef(name="n"))
print(tf.AttrValue(i=3))
try:
    text_format.Parse("node { nonsense: 1 }", tf.GraphDef())
except text_format.ParseError as e:
    print(type(e).__name__)
