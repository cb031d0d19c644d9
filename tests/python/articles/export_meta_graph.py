import tensorflow as tf

# Define the sum of two variables.
v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
result = v1 + v2

saver = tf.train.Saver()
# Export the graph's MetaGraphDef as text.
saver.export_meta_graph("path/to/model.ckpt.meda.json", as_text=True)
