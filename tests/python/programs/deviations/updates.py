"""Updating what is not initialized, assigning what does not fit, dividing by zero."""
import tensorflow as tf

# deviation 21: want 'update NotFoundError' got 'update FailedPreconditionError'
# deviation 22: want 'truncated InternalError' got 'truncated InvalidArgumentError'
# deviation 20: want 'assign None' got 'assign InvalidArgumentError'

r = tf.get_variable("r", [2], use_resource=True)
late = tf.placeholder_with_default([1.0, 2.0, 3.0], None)
zero = tf.placeholder_with_default(0, [])


def attempt(what, fetch):
    try:
        print(what, sess.run(fetch))
    except tf.errors.OpError as e:
        print(what, type(e).__name__)


with tf.Session() as sess:
    attempt("update", r.assign_add([1.0, 1.0]).op)
    attempt("read", r)
    attempt("truncated", tf.truncatediv(1, zero))
    attempt("assign", r.assign(late).op)
