import tensorflow as tf

from tensorflow.python.platform import gfile

with tf.Session() as sess:
    model_filename = "path/to/model/combined_model.pb"
    # Read the file, and parse it as a GraphDef.
    with gfile.FastGFile(model_filename, 'rb') as f:
        graph_def = tf.GraphDef()
        graph_def.ParseFromString(f.read())

    # Load the graph into the current one; "add:0" is the tensor that is returned.
    result = tf.import_graph_def(graph_def, return_elements=["add:0"])
    print(sess.run(result))
