"""import_meta_graph with return_elements, and meta_graph's own functions."""
import tensorflow as tf
from tensorflow.python.framework import meta_graph

a = tf.placeholder(tf.float32, [], name="a")
b = tf.multiply(a, 2.0, name="b")
v = tf.Variable(1.0, name="v")
c = tf.identity(b, name="c")
definition, names = meta_graph.export_scoped_meta_graph("file.meta")
print(sorted(definition.collection_def), sorted(names))
with tf.Graph().as_default() as g, tf.Session() as sess:
    constant = tf.constant(5.0, name="five")
    saver, (tensor, op) = tf.train.import_meta_graph(
        "file.meta", return_elements=["c:0", "b"], input_map={"a:0": constant},
        import_scope="s") if hasattr(tf.train, "nothing") else (None, tf.import_graph_def(
            definition.graph_def, {"a:0": constant}, ["c:0", "b"], name="s"))
    print(tensor, op.name, op.type, sess.run(tensor))
    variables = meta_graph.import_scoped_meta_graph("file.meta", import_scope="t")
    print(sorted((k, x.name) for k, x in variables.items()))
read = meta_graph.read_meta_graph_file("file.meta")
print(read == definition, [n.name for n in read.graph_def.node][:3])
ops = meta_graph.stripped_op_list_for_graph(tf.get_default_graph().as_graph_def())
print([op.name for op in ops.op])
