"""num_updates, zero_debias, names; averages of tensors, of several types, with optimizers."""
import tensorflow as tf

step = tf.train.get_or_create_global_step()
x = tf.Variable([1.0, 2.0], name="x")
d = tf.Variable(3.0, dtype=tf.float64, name="d")
frozen = tf.Variable(5.0, trainable=False, name="frozen")
r = tf.get_variable("r", initializer=[4.0], use_resource=True)
with_steps = tf.train.ExponentialMovingAverage(0.9, num_updates=step, name="Slow")
apply = with_steps.apply([x, d, r])
default = tf.train.ExponentialMovingAverage(0.5)
apply_default = default.apply()
tensor = tf.reduce_sum(x) * 2.0
debiased = tf.train.ExponentialMovingAverage(0.9, zero_debias=True, name="Debiased")
apply_tensor = debiased.apply([tensor])
print([v.name for v in tf.global_variables()])
print(sorted((k, v.name) for k, v in with_steps.variables_to_restore().items()))
print(sorted(default.variables_to_restore([x])), default.average(frozen), default.average_name(r))
print(debiased.average(tensor).name, debiased.average_name(tensor), with_steps.average_name(x))
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(x * x), step, [x])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        sess.run(train)
        for op in (apply, apply_default, apply_tensor):
            sess.run(op)
        print(sess.run([with_steps.average(v) for v in (x, d, r)]), sess.run(default.average(x)),
              sess.run(debiased.average(tensor)).round(5))
for wrong in (lambda: with_steps.apply([x]), lambda: default.apply([tf.Variable(1, name="n")]),
              lambda: tf.train.ExponentialMovingAverage(0.9).apply([step])):
    try:
        print(wrong().name)
    except Exception as e:
        print(type(e).__name__)
