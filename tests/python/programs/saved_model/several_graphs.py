"""A model of several graphs with assets and a main operation."""
# rounded: model
import os

import tensorflow as tf

os.mkdir("words")
for name, text in (("words/a.txt", "one"), ("words/b.txt", "two"), ("a.txt", "three")):
    with open(name, "w") as file:
        file.write(text)


def model(train):
    scale = tf.get_variable("scale", initializer=2.0)
    parts = tf.get_variable("parts", [5, 1], initializer=tf.ones_initializer(),
                            partitioner=tf.fixed_size_partitioner(2))
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    y = tf.multiply(tf.matmul(x, tf.convert_to_tensor(parts)), scale, name="y")
    if train:
        step = tf.train.get_or_create_global_step()
        tf.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(y), step, name="train")
    return x, y


def assets():
    paths = [tf.constant(path, name="path") for path in
             ("words/a.txt", "words/b.txt", "a.txt", "words/a.txt", "none.txt")]
    for path in paths:
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
    read = tf.Variable("", trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES],
                       name="read")
    return tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS), tf.group(
        tf.assign(read, paths[2]), name="main")


builder = tf.saved_model.builder.SavedModelBuilder("model")
with tf.Graph().as_default(), tf.Session() as sess:
    x, y = model(True)
    collection, main = assets()
    sess.run(tf.global_variables_initializer())
    for _ in range(2):
        sess.run("train", {x: [[1, 2, 3, 4, 5]]})
    expected = sess.run(y, {x: [[1, 2, 3, 4, 5]]})
    builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.TRAINING, "gpu"],
                                         assets_collection=collection, main_op=main)
with tf.Graph().as_default() as serving:
    with tf.device("/cpu:0"):
        x, y = model(False)
    signature = tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
    builder.add_meta_graph([tf.saved_model.SERVING], {"predict": signature}, clear_devices=True)
    builder.add_meta_graph(["other"], {"predict": signature}, strip_default_attrs=True,
                           main_op=tf.saved_model.main_op.main_op(),
                           saver=tf.train.Saver(max_to_keep=1))
builder.save()
print(sorted(os.listdir("model")), sorted(os.listdir("model/assets")),
      sorted(os.listdir("model/variables")))
for name in sorted(os.listdir("model/assets")):
    print(name, open(f"model/assets/{name}").read())

for tags, scope in ((["train", "gpu"], None), (["train", "gpu"], "in"), (["serve"], "in/deep")):
    with tf.Session(graph=tf.Graph()) as sess:
        meta = tf.saved_model.loader.load(sess, tags, "model", import_scope=scope)
        prefix = f"{scope}/" if scope else ""
        print(sess.run(f"{prefix}y:0", {f"{prefix}x:0": [[1, 2, 3, 4, 5]]}) == expected)
        if "train" in tags:
            print(sess.run(f"{prefix}read:0"), sess.run(f"{prefix}global_step:0"))
            sess.run(f"{prefix}train", {f"{prefix}x:0": [[1, 2, 3, 4, 5]]})
        for signature in meta.signature_def.values():
            print(tf.saved_model.utils.get_tensor_from_tensor_info(signature.outputs["y"],
                                                                   import_scope=scope))
        print([v.name for v in tf.global_variables()])
