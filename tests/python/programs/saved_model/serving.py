"""A model trained, exported for serving, and loaded as old programs do it."""
# rounded: model
import os

import numpy as np
import tensorflow as tf
from tensorflow.python.saved_model import builder as saved_model_builder
from tensorflow.python.saved_model import loader, signature_constants, signature_def_utils
from tensorflow.python.saved_model import tag_constants, utils

x = tf.placeholder(tf.float32, [None, 2], name="x")
with tf.variable_scope("layer"):
    w = tf.get_variable("w", initializer=[[1.0, -1.0], [2.0, 0.5]])
    b = tf.get_variable("b", initializer=[0.5, 0.25], use_resource=True)
y = tf.nn.softmax(tf.matmul(x, w) + b, name="y")
labels = tf.placeholder(tf.int64, [None])
loss = tf.losses.sparse_softmax_cross_entropy(labels, tf.matmul(x, w) + b)
train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        sess.run(train, {x: [[1, 2], [0, 1]], labels: [0, 1]})
    expected = sess.run(y, {x: [[1, 2]]})

    builder = saved_model_builder.SavedModelBuilder("model_served")
    signature = signature_def_utils.build_signature_def(
        inputs={signature_constants.PREDICT_INPUTS: utils.build_tensor_info(x)},
        outputs={signature_constants.PREDICT_OUTPUTS: utils.build_tensor_info(y)},
        method_name=signature_constants.PREDICT_METHOD_NAME)
    builder.add_meta_graph_and_variables(
        sess, [tag_constants.SERVING],
        signature_def_map={signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        legacy_init_op=tf.group(tf.tables_initializer(), name="legacy_init_op"))
    print(builder.save())
    tf.saved_model.simple_save(sess, "model_simple", inputs={"x": x}, outputs={"y": y, "loss": loss})
    builder = tf.saved_model.Builder("model_text")
    builder.add_meta_graph_and_variables(sess, ["a", "b"], strip_default_attrs=True)
    print(builder.save(as_text=True))
    for again in ("model_served", "model_simple"):
        try:
            tf.saved_model.builder.SavedModelBuilder(again)
        except AssertionError as error:
            print(error)

for folder, tags in (("model_served", ["serve"]), ("model_simple", ["serve"]),
                     ("model_text", {"b", "a"})):
    print(folder, sorted(os.listdir(folder)), tf.saved_model.loader.maybe_saved_model_directory(
        folder))
    with tf.Session(graph=tf.Graph()) as sess:
        meta = loader.load(sess, tags, folder)
        print(sorted(meta.signature_def), meta.meta_info_def.tags,
              [v.name for v in tf.trainable_variables()])
        for key, signature in sorted(meta.signature_def.items()):
            print(key, signature.method_name, tf.saved_model.is_valid_signature(signature))
            name = signature.outputs[sorted(signature.outputs)[-1]].name
            print(name, utils.get_tensor_from_tensor_info(
                signature.inputs[sorted(signature.inputs)[0]]).shape)
        print(np.allclose(sess.run("y:0", {"x:0": [[1, 2]]}), expected))
for tags in (["train"], [], ["a"]):
    with tf.Session(graph=tf.Graph()) as sess:
        try:
            tf.saved_model.loader.load(sess, tags, "model_text")
        except RuntimeError as error:
            print(str(error).split(" could")[0])
        print(len(tf.get_default_graph().get_operations()))
