import tensorflow as tf

counter = tf.Variable(0, name="counter")
training_op = tf.assign_add(counter, 1)
# Create a saver.
saver = tf.train.Saver([counter])
# Launch the graph and train, saving the model every 1,000 steps.
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for step in range(10000):
    sess.run(training_op)
    if step % 1000 == 0:
        # Append the step number to the checkpoint name:
        print(saver.save(sess, 'my-model', global_step=step))
