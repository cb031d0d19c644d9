"""Device scopes: merged from outside in, functions, None, colocation."""
import tensorflow as tf


def on_task(op):
    return "/job:ps/task:1" if op.type == "VariableV2" else "/cpu:0"


with tf.device("/cpu:0"):
    a = tf.constant(1.0, name="a")
    with tf.device("/job:worker/task:2"):
        b = tf.constant(2.0, name="b")
        with tf.device("/device:CPU:1"):
            c = tf.constant(3.0, name="c")
        with tf.device(None):
            d = tf.constant(4.0, name="d")
    with tf.colocate_with(b):
        e = tf.constant(5.0, name="e")
with tf.device(on_task):
    v = tf.Variable(6.0, name="v")
with tf.device("/job:ps"), tf.device(lambda op: "/task:3"):
    f = tf.constant(7.0, name="f")
with tf.get_default_graph().device("/gpu:0"):
    g = tf.constant(8.0, name="g")
w = tf.get_variable("w", [])
with tf.variable_scope("placed"), tf.device("/cpu:0"):
    x = tf.get_variable("x", [])

for t in (a, b, c, d, e, v, f, g, w, x):
    print(t.op.name, repr(t.device), t.op.colocation_groups())
print(v.initializer.device, v.initial_value.device)
try:
    with tf.device("/no/such:thing"):
        tf.constant(0)
except Exception as error:
    print(type(error).__name__)
