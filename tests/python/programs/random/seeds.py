"""Which seeds make which draws: the graph's, the operation's, both, and again in a new session."""
import tensorflow as tf

for graph_seed in (None, 1, 87654321):
    for op_seed in (None, 1, 5):
        if graph_seed is None and op_seed is None:
            continue
        with tf.Graph().as_default():
            if graph_seed is not None:
                tf.set_random_seed(graph_seed)
            uniform = tf.random_uniform([3], seed=op_seed)
            normal = tf.random_normal([3], seed=op_seed)
            print(graph_seed, op_seed, uniform.op.get_attr("seed"), uniform.op.get_attr("seed2"))
            for _ in range(2):
                with tf.Session() as sess:
                    for _ in range(2):
                        print(sess.run([uniform, normal]))
print(tf.get_seed(None), tf.get_seed(3))
tf.set_random_seed(9)
print(tf.get_seed(3), tf.get_default_graph().seed)
