"""Functions between get_variable and its variables: nested, for one call, with defaults."""
import tensorflow as tf


def told(label):
    def custom(getter, name, shape=None, dtype=None, initializer=None, **kwargs):
        print(label, name, shape, dtype, initializer is not None, kwargs["trainable"],
              kwargs["reuse"])
        return getter(name, shape=shape, dtype=dtype, initializer=initializer, **kwargs)
    return custom


def doubled(getter, *args, **kwargs):
    return 2.0 * getter(*args, **kwargs)


def frozen(getter, name, *args, **kwargs):
    kwargs["trainable"] = False
    return getter("ours/" + name, *args, **kwargs)


with tf.variable_scope("a", custom_getter=told("outer"), initializer=tf.zeros_initializer()):
    a = tf.get_variable("w", [2])
    with tf.variable_scope("b", custom_getter=told("inner"), dtype=tf.float64):
        b = tf.get_variable("w", [3])
    with tf.variable_scope("c", custom_getter=frozen) as c:
        d = tf.get_variable("w", [])
    e = tf.get_variable("e", initializer=5.0, custom_getter=doubled)
    f = tf.get_local_variable("local", [1])
with tf.variable_scope(c, reuse=True):
    again = tf.get_variable("w", [])
print(isinstance(a, tf.Variable), isinstance(e, tf.Tensor), e.name, d.name, again is d)
print([t.name for t in tf.global_variables()], [t.name for t in tf.trainable_variables()],
      [t.name for t in tf.local_variables()], f.name, b.dtype)
print(tf.get_variable_scope().custom_getter)
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    print(sess.run([a, b, d, e]))
