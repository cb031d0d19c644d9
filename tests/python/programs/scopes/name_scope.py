"""Name scopes: nested, made unique, entered again, left for the root."""
import tensorflow as tf

with tf.name_scope("hidden") as scope:
    a = tf.constant(1, name="a")
    print(scope, a.name)
    with tf.name_scope("inner") as inner:
        print(inner, tf.constant(2, name="b").name, tf.constant(3).name)
    with tf.name_scope(None):
        print(repr(tf.get_default_graph().get_name_scope()), tf.constant(4, name="root").name)
    with tf.name_scope(""):
        print(tf.constant(4, name="root").name)

with tf.name_scope("hidden") as again:
    print(again, tf.constant(5, name="a").name)
with tf.name_scope("Hidden") as other_case:
    print(other_case)
with tf.name_scope(scope):
    print(tf.constant(6, name="a").name, tf.get_default_graph().get_name_scope())
with tf.name_scope("hidden/inner") as deep:
    print(deep, tf.identity(a).name)
with tf.name_scope("hidden/inner/"):
    print(tf.identity(a, name="b").op.name)

for wrong in ("1:2", "a b", "_hidden", "-x", "a/-b"):
    try:
        with tf.name_scope(wrong) as name:
            print(name)
    except Exception as e:
        print(wrong, type(e).__name__)
with tf.name_scope("outer"):
    with tf.name_scope("_private") as name:
        print(name)
