import tensorflow as tf
from tensorflow.python.framework import graph_util

v1 = tf.Variable(tf.constant(1.0, shape=[1]), name="v1")
v2 = tf.Variable(tf.constant(2.0, shape=[1]), name="v2")
result = v1 + v2

init_op = tf.global_variables_initializer()

with tf.Session() as sess:
    sess.run(init_op)
    # The GraphDef is all that is needed to compute from input to output.
    graph_def = tf.get_default_graph().as_graph_def()

    # Variables become constants, and what 'add' does not need is left out.
    output_graph_def = graph_util.convert_variables_to_constants(sess, graph_def, ['add'])
    # Write the model to a file.
    with tf.gfile.GFile("path/to/model/combined_model.pb", "wb") as f:
        f.write(output_graph_def.SerializeToString())
