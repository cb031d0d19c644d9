"""convert_variables_to_constants and its relatives."""
import tensorflow as tf
from tensorflow.python.framework import graph_util

x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.get_variable("w", initializer=[[1.0], [2.0]])
r = tf.get_variable("r", initializer=[10.0], use_resource=True)
table = tf.get_variable("table", initializer=[[1.0], [5.0]], use_resource=True)
unused = tf.get_variable("unused", initializer=1.0)
rows = tf.gather(table, [1], name="rows")
y = tf.nn.bias_add(tf.matmul(x, w), r, name="y")
out = tf.multiply(y, rows, name="out")
tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(out))
definition = tf.get_default_graph().as_graph_def()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    frozen = graph_util.convert_variables_to_constants(sess, definition, ["out"])
    only = tf.graph_util.convert_variables_to_constants(sess, definition, ["y"],
                                                        variable_names_whitelist=["w"])
    kept = tf.graph_util.convert_variables_to_constants(sess, definition, ["y"],
                                                        variable_names_blacklist=["w"])
    expected = sess.run(out, {x: [[1, 1], [2, 3]]})
for g in (frozen, only, kept):
    print([(n.name, n.op) for n in g.node])
with tf.gfile.GFile("frozen.pb", "wb") as f:
    f.write(frozen.SerializeToString())
with tf.Graph().as_default() as imported, tf.Session() as sess:
    graph_def = tf.GraphDef()
    with tf.gfile.FastGFile("frozen.pb", "rb") as f:
        graph_def.ParseFromString(f.read())
    result, = tf.import_graph_def(graph_def, return_elements=["out:0"])
    print(result.name, (sess.run(result, {"import/x:0": [[1, 1], [2, 3]]}) == expected).all())
sub = graph_util.extract_sub_graph(definition, ["y"])
print([n.name for n in sub.node])
print([n.name for n in graph_util.remove_training_nodes(frozen).node])
print(graph_util.must_run_on_cpu(y.op), graph_util.tensor_shape_from_node_def_name(
    tf.get_default_graph(), "w"))
with tf.Session() as sess:
    for wrong in (lambda: graph_util.extract_sub_graph(definition, ["none"]),
                  lambda: graph_util.extract_sub_graph(definition, "y"),
                  lambda: graph_util.convert_variables_to_constants(sess, definition, ["y"]),
                  lambda: graph_util.convert_variables_to_constants(sess, definition, ["none"])):
        try:
            wrong()
            print("no error")
        except Exception as e:
            print(type(e).__name__)
