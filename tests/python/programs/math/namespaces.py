"""Functions that live under two names: tf.math, tf.nn, tf.linalg, tf.random, tf.train, tf.io."""
import tensorflow as tf

x = tf.constant([[0.5, -1.0], [2.0, 0.25]], name="x")
pairs = {
    "exp": tf.math.exp(x), "log": tf.math.log(tf.abs(x)), "sum": tf.math.reduce_sum(x),
    "argmax": tf.math.argmax(x, 1), "sigmoid": tf.math.sigmoid(x), "nn": tf.nn.sigmoid(x),
    "tanh": tf.nn.tanh(x), "matmul": tf.linalg.matmul(x, x), "add_n": tf.math.add_n([x, x]),
    "equal": tf.math.equal(x, x), "greater": tf.math.greater(x, 0.0), "sq": tf.math.square(x),
    "maximum": tf.math.maximum(x, 0.0), "l2": tf.math.l2_normalize(x, 1),
    "norm": tf.linalg.norm(x), "trace": tf.linalg.trace(x), "pow": tf.math.pow(x, 2.0),
    "softplus": tf.math.softplus(x), "range": tf.range(3), "top": tf.math.floormod(7, 4),
}
uniform = tf.random.uniform([2], seed=1)
normal = tf.random.normal([2], seed=2)
truncated = tf.random.truncated_normal([2], seed=3)
tf.random.set_random_seed(7)
v = tf.compat.v1.get_variable("v", [2], initializer=tf.compat.v1.zeros_initializer())
step = tf.compat.v1.train.get_or_create_global_step()
optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.1)
print(isinstance(v, tf.Variable), isinstance(optimizer, tf.train.Optimizer), step.name)
print(tf.initializers.zeros is tf.zeros_initializer, tf.compat.v1.Session is tf.Session,
      tf.random_uniform_initializer is tf.initializers.random_uniform)
print(tf.compat.as_bytes("x"), tf.compat.as_text(b"x"), tf.compat.as_str(b"y"),
      tf.compat.as_str_any(3))
print(tf.io.gfile.exists("nothing"), tf.gfile.Exists("nothing"))
with tf.compat.v1.Session() as sess:
    for name, value in sorted(sess.run(pairs).items()):
        print(name, value if value.dtype == bool else value.round(4))
    for t in (uniform, normal, truncated):
        print(t.op.name, sess.run(t).round(5))
