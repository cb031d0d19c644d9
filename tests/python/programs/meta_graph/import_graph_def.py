"""import_graph_def: names, prefixes, maps, what is returned, what is refused."""
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.python.framework import importer

with tf.Graph().as_default() as source:
    a = tf.placeholder(tf.float32, [2], name="a")
    b = tf.constant([1.0, 2.0], name="b")
    with tf.control_dependencies([b]):
        c = tf.multiply(a, b, name="c")
    d, e = tf.split(c, 2, name="d")
definition = source.as_graph_def()
text = text_format.MessageToString(definition)
parsed = text_format.Parse(text, tf.GraphDef())
print(parsed == definition, len(definition.node), definition.versions.producer > 20)

print(tf.import_graph_def(definition))
print(tf.import_graph_def(definition, return_elements=["c", "d:1", "a:0"])[1].name)
print([t.name for t in tf.import_graph_def(definition, name="p/q", return_elements=["d"])])
with tf.name_scope("scope"):
    print(tf.import_graph_def(definition, name="", return_elements=["c:0"])[0].name)
    print(tf.import_graph_def(definition, name="inner", return_elements=["c:0"])[0].name)
mine = tf.constant([5.0, 6.0], name="mine")
mapped = importer.import_graph_def(definition, {"a": mine, "^b": mine}, ["c:0", "d:1"], "m")
by_output = tf.import_graph_def(definition, {"d:1": mine[:1]}, ["c:0"], name="o")
print(mapped[0].op.inputs[0].name, [i.name for i in mapped[0].op.control_inputs])
print([op.name for op in tf.get_default_graph().get_operations()][:8])
with tf.Session() as sess:
    print(sess.run(mapped), sess.run("import/d:1", {"import/a:0": [1, 1]}))

bad = tf.GraphDef()
bad.node.add(name="x", op="NoSuchOperation")
dangling = tf.GraphDef()
dangling.node.add(name="i", op="Identity", input=["none"]).attr["T"].type = 1
for wrong in (lambda: tf.import_graph_def("text"), lambda: tf.import_graph_def(dangling),
              lambda: tf.import_graph_def(definition, {"none": mine}),
              lambda: tf.import_graph_def(definition, {"a": tf.constant(1)}),
              lambda: tf.import_graph_def(definition, return_elements=["none"]),
              lambda: tf.import_graph_def(definition, return_elements=["c:7"]),
              lambda: tf.import_graph_def(definition, return_elements="c"),
              lambda: tf.import_graph_def(definition, [1]),
              lambda: tf.import_graph_def(definition, return_elements=[1]),
              lambda: tf.import_graph_def(definition, name="bad name")):
    try:
        with tf.Graph().as_default():
            mine = tf.constant([5.0, 6.0])
            wrong()
        print("no error")
    except Exception as error:
        print(type(error).__name__)
