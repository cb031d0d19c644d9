"""Meta graphs in and out of scopes, with inputs mapped and devices cleared."""
import tensorflow as tf

with tf.name_scope("outside"):
    x = tf.placeholder(tf.float32, [2], name="x")
with tf.variable_scope("part"), tf.device("/cpu:0"):
    w = tf.get_variable("w", initializer=[3.0, 4.0])
    y = tf.multiply(x, w, name="y")
    with tf.variable_scope("inner"):
        b = tf.get_variable("b", initializer=1.0)
        z = tf.add(y, b, name="z")
with tf.variable_scope("other"):
    tf.get_variable("w", [], initializer=tf.ones_initializer())
tf.add_to_collection("outputs", z)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "model")
    tf.train.Saver({"w": w, "inner/b": b}).save(sess, "scoped")
meta = tf.train.export_meta_graph("part.meta", export_scope="part", clear_devices=True)
print(sorted(meta.collection_def), sorted({n.device for n in meta.graph_def.node}))
print([n.name for n in meta.graph_def.node if "w" in n.name], meta.collection_def[
    "unbound_inputs"].bytes_list.value)

with tf.Graph().as_default() as imported, tf.Session() as sess:
    new_x = tf.constant([10.0, 20.0], name="new_x")
    saver = tf.train.import_meta_graph("model.meta", import_scope="copy")
    saver.restore(sess, "model")
    print([v.name for v in tf.global_variables()], [t.name for t in tf.get_collection("outputs")])
    print(sess.run("copy/part/inner/z:0", {"copy/outside/x:0": [1, 1]}))
    tf.train.import_meta_graph("part.meta", import_scope="again",
                               input_map={"$unbound_inputs_outside/x": new_x})
    scope = {v.op.name[len("again/"):]: v for v in tf.global_variables("again")}
    tf.train.Saver(scope).restore(sess, "scoped")
    print(sorted(scope), sess.run("again/inner/z:0"))
    with tf.name_scope("within"):
        tf.train.import_meta_graph("model.meta", clear_devices=True)
    tf.train.import_meta_graph("model.meta", import_scope="copy")
    print([v.name for v in tf.global_variables()])
    print(sorted({op.device for op in imported.get_operations()}))
for wrong in (lambda: tf.train.import_meta_graph("part.meta"),
              lambda: tf.train.import_meta_graph("part.meta", input_map={"none": x}),
              lambda: tf.train.import_meta_graph(3)):
    try:
        with tf.Graph().as_default():
            print(wrong())
    except Exception as e:
        print(type(e).__name__)
