"""The tools: freeze_graph, strip_unused, optimize_for_inference, write_graph."""
import tensorflow as tf
from tensorflow.python.tools import freeze_graph, optimize_for_inference_lib, strip_unused_lib

x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.get_variable("w", initializer=[[1.0], [2.0]])
y = tf.identity(tf.matmul(x, w), name="identity")
out = tf.nn.relu(y, name="out")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver = tf.train.Saver()
    saver.save(sess, "model", global_step=1)
    print(tf.train.write_graph(sess.graph_def, ".", "graph.pbtxt"))
    print(tf.train.write_graph(sess.graph, "sub", "graph.pb", as_text=False))
with tf.Graph().as_default():
    freeze_graph.freeze_graph("graph.pbtxt", "", False, "model-1", "out", "save/restore_all",
                              "save/Const:0", "frozen.pb", True, "")
frozen = tf.GraphDef()
frozen.ParseFromString(open("frozen.pb", "rb").read())
print([(n.name, n.op) for n in frozen.node])
stripped = strip_unused_lib.strip_unused(frozen, ["x"], ["out"], tf.float32.as_datatype_enum)
print([(n.name, n.op) for n in stripped.node])
optimized = optimize_for_inference_lib.optimize_for_inference(
    frozen, ["x"], ["out"], tf.float32.as_datatype_enum)
print([(n.name, n.op) for n in optimized.node])
for graph_def in (frozen, stripped, optimized):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(graph_def, name="")
        print(sess.run("out:0", {"x:0": [[1, 1], [-2, 0]]}).tolist())
