"""Collections: added to, listed, filtered, copied, cleared."""
import tensorflow as tf

g = tf.get_default_graph()
a = tf.constant(1.0, name="part/a")
b = tf.constant(2.0, name="partial/b")
tf.add_to_collection("outputs", a)
tf.add_to_collection("outputs", b)
tf.add_to_collections(["numbers", "outputs"], a)
tf.add_to_collections("numbers", 7)
tf.add_to_collection("words", "hello")
tf.add_to_collection("floats", 0.5)
v = tf.Variable(1.0, name="v", collections=["mine"])
w = tf.Variable(1.0, name="w", trainable=False)
u = tf.get_variable("u", [], collections=[tf.GraphKeys.LOCAL_VARIABLES])
tf.add_to_collection(tf.GraphKeys.MOVING_AVERAGE_VARIABLES, w)

print([t.name for t in tf.get_collection("outputs")])
print([t.name for t in tf.get_collection("outputs", scope="part/")])
print([t.name for t in tf.get_collection("outputs", scope="part")])
print([t if isinstance(t, int) else t.name for t in tf.get_collection("numbers")])
print(tf.get_collection("words"), tf.get_collection("absent"), tf.get_collection("words", "hel"))
copy = tf.get_collection("words")
copy.append("not kept")
reference = tf.get_collection_ref("words")
reference.append("kept")
print(tf.get_collection("words"))
print(sorted(g.get_all_collection_keys()))
print([x.name for x in tf.global_variables()], [x.name for x in tf.trainable_variables()])
print([x.name for x in tf.local_variables()], [x.name for x in tf.moving_average_variables()])
print([x.name for x in tf.get_collection("mine")], tf.model_variables())
g.clear_collection("numbers")
print(tf.get_collection("numbers"))
keys = ["GLOBAL_VARIABLES", "TRAINABLE_VARIABLES", "LOCAL_VARIABLES", "MODEL_VARIABLES", "LOSSES",
        "MOVING_AVERAGE_VARIABLES", "REGULARIZATION_LOSSES", "SUMMARIES", "UPDATE_OPS", "SAVERS",
        "GLOBAL_STEP", "TRAIN_OP", "INIT_OP", "LOCAL_INIT_OP", "READY_OP", "COND_CONTEXT",
        "WHILE_CONTEXT", "ASSET_FILEPATHS", "TABLE_INITIALIZERS", "QUEUE_RUNNERS", "WEIGHTS",
        "BIASES", "ACTIVATIONS", "CONCATENATED_VARIABLES", "METRIC_VARIABLES", "EVAL_STEP"]
print([getattr(tf.GraphKeys, key) for key in keys])
