"""Several graphs: built apart, run apart, never mixed; reset and finalized."""
import tensorflow as tf

first = tf.Graph()
second = tf.Graph()
with first.as_default():
    a = tf.constant(1.0, name="a")
    va = tf.Variable(10.0, name="v")
    with second.as_default():
        b = tf.constant(2.0, name="a")
        vb = tf.Variable(20.0, name="v")
    c = tf.constant(3.0, name="c")
print(a.graph is first, b.graph is second, c.graph is first, a.name == b.name)
print([op.name for op in first.get_operations()], len(second.get_operations()))
with tf.Session(graph=first) as s1, tf.Session(graph=second) as s2:
    s1.run(va.initializer)
    with second.as_default():
        s2.run(tf.global_variables_initializer())
    print(s1.run([a, va, c]), s2.run([b, vb]))
for wrong in (lambda: tf.add(a, b), lambda: a * b, lambda: tf.Session(graph=first).run(b),
              lambda: tf.stack([a, b]), lambda: tf.gradients(a, b), lambda: va.assign(b)):
    try:
        with first.as_default():
            print(wrong())
    except Exception as e:
        print(type(e).__name__)

tf.constant(1.0, name="gone")
tf.reset_default_graph()
print(len(tf.get_default_graph().get_operations()), tf.constant(1.0, name="gone").name)
with first.as_default():
    try:
        tf.reset_default_graph()
    except AssertionError as e:
        print(type(e).__name__)
first.finalize()
print(first.finalized, second.finalized)
for wrong in (lambda: tf.constant(1.0), lambda: tf.Variable(1.0), lambda: a + 1.0):
    try:
        with first.as_default():
            wrong()
        print("no error")
    except RuntimeError as e:
        print(type(e).__name__, "finalized" in str(e))
with tf.Session(graph=first) as sess:
    print(sess.run(a))
print(first.version > 0, first.seed, second.building_function)
