"""Graphs with operations that nobody knows, and files that are no graphs."""
import tensorflow as tf

# deviation 18: want 'unknown: NotFoundError' got "unknown: ['NoSuchOperation']"
# deviation 18: graph g.meta: 
# deviation 15: want 'junk: UnicodeDecodeError' got 'junk: DataLossError'
# deviation 25: want 'tensor: AssertionError' got "tensor: ['x', 'y']"

definition = tf.GraphDef()
definition.node.add(name="x", op="NoSuchOperation")
definition.versions.producer = 24
with tf.Graph().as_default() as g:
    try:
        tf.import_graph_def(definition, name="")
        print("unknown:", [op.type for op in g.get_operations()])
    except (ValueError, tf.errors.NotFoundError) as e:
        print("unknown:", type(e).__name__)
with open("junk.meta", "wb") as f:
    f.write(b"\xff\xfe junk")
try:
    tf.train.import_meta_graph("junk.meta")
except Exception as e:
    print("junk:", type(e).__name__)
x = tf.constant(1.0, name="x")
y = tf.identity(x, name="y")
try:
    sub = tf.graph_util.extract_sub_graph(tf.get_default_graph().as_graph_def(), ["y:0"])
    print("tensor:", [node.name for node in sub.node])
except AssertionError as e:
    print("tensor:", type(e).__name__)
