"""What name_scope(name, default_name, values) and op_scope-like functions of one's own give."""
import tensorflow as tf


def my_op(a, b, name=None):
    with tf.name_scope(name, "MyOp", [a, b]) as scope:
        a = tf.convert_to_tensor(a, name="a")
        b = tf.convert_to_tensor(b, name="b")
        return tf.multiply(a, b, name=scope)


x = my_op(1.0, 2.0)
y = my_op(x, 3.0)
z = my_op(x, y, name="product")
with tf.name_scope("layer"):
    w = my_op(x, [1.0, 2.0])
    print(w.name, w.op.inputs[1].name)
for t in (x, y, z):
    print(t.name, [i.name for i in t.op.inputs])

with tf.Session() as sess:
    print(sess.run([x, y, z, w]))

with tf.Graph().as_default():
    inside = tf.constant(1.0)
    try:
        my_op(x, inside)
    except ValueError as e:
        print("ValueError", "same graph" in str(e))
try:
    with tf.name_scope(1):
        pass
except TypeError as e:
    print("TypeError")
