"""Optimizers that programs define: a rule with slots, a wrapper around minimize's two steps."""
import tensorflow as tf
from tensorflow.python.training import optimizer


class SignMomentum(optimizer.Optimizer):
    def __init__(self, learning_rate, decay, use_locking=False, name="SignMomentum"):
        super().__init__(use_locking, name)
        self._rate = learning_rate
        self._decay = decay

    def _prepare(self):
        self._rate_t = tf.convert_to_tensor(self._call_if_callable(self._rate), name="rate")

    def _create_slots(self, var_list):
        for v in var_list:
            self._zeros_slot(v, "m", self._name)
            self._get_or_make_slot(v, tf.ones_like(v.initialized_value()), "scale", "Scale")
        self._create_non_slot_variable(1.0, "power", var_list[0])

    def _apply_dense(self, grad, var):
        rate = tf.cast(self._rate_t, var.dtype.base_dtype)
        m = self.get_slot(var, "m")
        m_t = tf.assign(m, self._decay * m + (1 - self._decay) * grad,
                        use_locking=self._use_locking)
        step = rate * tf.sign(m_t) * self.get_slot(var, "scale")
        return tf.group(tf.assign_sub(var, step, use_locking=self._use_locking), m_t)

    def _apply_sparse(self, grad, var):
        return tf.scatter_sub(var, grad.indices, self._rate_t * grad.values)

    def _finish(self, update_ops, name_scope):
        power = self._get_non_slot_variable("power", graph=tf.get_default_graph())
        with tf.control_dependencies(update_ops):
            decayed = power.assign(power * 0.5)
        return tf.group(*update_ops + [decayed], name=name_scope)


class Clipped(tf.train.GradientDescentOptimizer):
    def compute_gradients(self, *args, **kwargs):
        pairs = super().compute_gradients(*args, **kwargs)
        return [(tf.clip_by_value(g, -0.5, 0.5), v) for g, v in pairs]


v = tf.Variable([1.0, -2.0], name="v")
table = tf.Variable([[1.0], [2.0], [3.0]], name="table")
rule = SignMomentum(lambda: 0.25, 0.5)
step = tf.train.get_or_create_global_step()
train = rule.minimize(tf.reduce_sum(v * v) + tf.reduce_sum(tf.gather(table, [0, 2, 0])), step)
clipped = Clipped(1.0).minimize(tf.reduce_sum(v * v), var_list=[v])
print(train.name, rule.get_name(), rule.get_slot_names(), rule._use_locking, clipped.name)
print([x.name for x in rule.variables()], rule.get_slot(v, "m").name, rule.get_slot(v, "none"))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        sess.run(train)
        print(sess.run([v, table, step]), sess.run(rule.variables()))
    sess.run(clipped)
    print(sess.run(v))


class Empty(tf.train.Optimizer):
    pass


for wrong in (lambda: Empty(False, "Empty").minimize(v * v, var_list=[v]),
              lambda: Empty(False, ""), lambda: Clipped(1.0).minimize(tf.constant(1.0))):
    try:
        with tf.Graph().as_default() as g:
            v = tf.Variable(1.0)
            wrong()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
