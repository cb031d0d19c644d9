"""Reading an object-based checkpoint by the variables' full names."""
import tensorflow as tf

# deviation 51: graph default.meta:
# deviation 42: want 'NotFoundError' got '[1. 2.]'

with tf.variable_scope("net"):
    v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
with tf.Session() as sess:
    sess.run(v.initializer)
    print(tf.train.Checkpoint(weights=v).save("ckpt", sess))
reader = tf.train.NewCheckpointReader("ckpt-1")
for name in ("weights/.ATTRIBUTES/VARIABLE_VALUE", "net/v"):
    try:
        print(reader.get_tensor(name))
    except tf.errors.NotFoundError as e:
        print(type(e).__name__)
