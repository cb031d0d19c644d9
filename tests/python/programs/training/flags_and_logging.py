"""app.flags, logging levels, versions."""
import sys

import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_string("data_dir", "/tmp/data", "where the data is")
flags.DEFINE_integer("batch", 32, "batch size")
flags.DEFINE_float("rate", 0.5, "rate")
flags.DEFINE_boolean("verbose", False, "whether to talk")
FLAGS = flags.FLAGS


def main(argv):
    print(FLAGS.data_dir, FLAGS.batch, FLAGS.rate, FLAGS.verbose, len(argv))
    tf.logging.set_verbosity(tf.logging.WARN)
    print(tf.logging.get_verbosity() == tf.logging.WARN, tf.logging.INFO < tf.logging.ERROR)
    tf.logging.info("not shown %d", 1)
    print(tf.VERSION.count(".") >= 2, isinstance(tf.__version__, str),
          isinstance(tf.GIT_VERSION, str))
    print(tf.executing_eagerly(), tf.test.is_gpu_available(), tf.test.is_built_with_cuda())
    return 3


sys.argv = ["program", "--batch=64", "--verbose", "rest"]
try:
    tf.app.run(main)
except SystemExit as e:
    print("exit", e.code)
