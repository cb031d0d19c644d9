"""The error classes: codes, attributes, hierarchy, lookups."""
import pickle

import tensorflow as tf
from tensorflow.python.framework import errors, errors_impl

names = ["CancelledError", "UnknownError", "InvalidArgumentError", "DeadlineExceededError",
         "NotFoundError", "AlreadyExistsError", "PermissionDeniedError", "UnauthenticatedError",
         "ResourceExhaustedError", "FailedPreconditionError", "AbortedError", "OutOfRangeError",
         "UnimplementedError", "InternalError", "UnavailableError", "DataLossError"]
for name in names:
    cls = getattr(tf.errors, name)
    error = cls(None, None, "message")
    print(name, error.error_code, error.op, error.node_def, error.message, str(error),
          issubclass(cls, tf.errors.OpError), isinstance(error, Exception))
print(tf.errors.NOT_FOUND, tf.errors.DATA_LOSS, tf.errors.OK, tf.errors.OUT_OF_RANGE)
print(errors.NotFoundError is tf.errors.NotFoundError, errors_impl.OpError is tf.OpError)
print(errors.exception_type_from_error_code(5).__name__, errors.error_code_from_exception_type(
    tf.errors.DataLossError))
print(tf.errors.OpError(None, None, "m", 3).error_code)
x = tf.placeholder(tf.int32, [], name="x")
division = tf.floordiv(1, x, name="division")
with tf.Session() as sess:
    try:
        sess.run(division, {x: 0})
    except tf.errors.InvalidArgumentError as e:
        print(e.op is division.op, e.op.name, e.error_code, "ivision by zero" in e.message,
              "division" in str(e))
        caught = e
    try:
        sess.run(x)
    except tf.errors.OpError as e:
        print(type(e).__name__, e.op.name, "You must feed a value for placeholder tensor 'x'" in
              e.message)
try:
    raise tf.errors.ResourceExhaustedError(None, division.op, "no memory")
except (tf.errors.OutOfRangeError, tf.errors.ResourceExhaustedError) as e:
    print(type(e).__name__, e.op is division.op, e.node_def is None)
with tf.gfile.GFile("f", "w") as f:
    f.write("x")
for wrong in (lambda: tf.gfile.GFile("none").read(), lambda: tf.train.load_variable("f", "v")):
    try:
        wrong()
    except tf.errors.OpError as e:
        print(isinstance(e, (tf.errors.NotFoundError, tf.errors.DataLossError)), e.op)
