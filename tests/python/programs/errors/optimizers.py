"""Optimizers, decays and gradients that are refused."""
import tensorflow as tf


def attempt(what, function):
    try:
        print(what, function())
    except Exception as e:
        print(what, type(e).__name__)


x = tf.Variable([3.0, 4.0], name="x")
unused = tf.Variable(1.0, name="unused")
n = tf.constant([1, 2])
loss = tf.reduce_sum(x * x)
step = tf.train.create_global_step()
sgd = tf.train.GradientDescentOptimizer(0.5)
attempt("nothing to apply", lambda: sgd.apply_gradients([]))
attempt("no gradients", lambda: sgd.apply_gradients([(None, x)]))
attempt("no variables", lambda: sgd.minimize(tf.constant(1.0)))
attempt("a constant's gradient",
        lambda: sgd.apply_gradients([(tf.constant(1.0), tf.constant(2.0))]))
attempt("an integer's loss", lambda: sgd.compute_gradients(tf.constant(1)))
attempt("gates", lambda: sgd.compute_gradients(loss, gate_gradients=7))
attempt("unused variables", lambda: sgd.minimize(loss, var_list=[unused]))
attempt("accumulator", lambda: tf.train.AdagradOptimizer(0.1, initial_accumulator_value=0.0))
attempt("power", lambda: tf.train.FtrlOptimizer(0.1, learning_rate_power=1.0))
attempt("slot of nothing", lambda: sgd.get_slot(x, "momentum"))
attempt("decay without a step", lambda: tf.train.exponential_decay(0.1, None, 3, 0.5))
attempt("too few values", lambda: tf.train.piecewise_constant(step, [2], [1.0]))
attempt("values of two types", lambda: tf.train.piecewise_constant(step, [2, 4], [1.0, 2, 3.0]))
attempt("a second global step", lambda: tf.train.create_global_step())
attempt("grad_ys: too many", lambda: tf.gradients(loss, x, grad_ys=[1.0, 2.0]))
attempt("grad_ys: shape", lambda: tf.gradients(loss, x, grad_ys=tf.constant([1.0, 2.0])))
attempt("grad_ys: type", lambda: tf.gradients(loss, x, grad_ys=tf.constant(1)))
attempt("gradient by a name", lambda: tf.gradients(loss, "x"))
attempt("integers", lambda: tf.gradients(tf.constant(1) + 2, n))

tf.reset_default_graph()  # what attempts leave behind is nobody's graph
