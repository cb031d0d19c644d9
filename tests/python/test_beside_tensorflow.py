"""One process may hold tensorkeep and TensorFlow, whichever comes first."""
import subprocess
import sys

import pytest

FIRST = {
    "tensorflow": "import tensorflow.compat.v1 as tf\nimport tensorkeep as tk\ntk.constant(1)\n",
    "tensorkeep": "import tensorkeep as tk\ntk.constant(1)\nimport tensorflow.compat.v1 as tf\n",
}

PROGRAM = """
import os, sys
os.chdir(sys.argv[1])

def train(tf, name):
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.get_variable("x", initializer=[1.0, 2.0])
        step = tf.train.GradientDescentOptimizer(0.25).minimize(tf.reduce_sum(tf.square(x)))
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        tf.train.Saver().save(sess, name)
        return sess.run(x).tolist()

def restore(tf, name):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.train.import_meta_graph(name + ".meta").restore(sess, name)
        return sess.run(tf.global_variables()[0]).tolist()

assert train(tf, "theirs") == train(tk, "ours") == [0.5, 1.0]
assert restore(tk, "theirs") == restore(tf, "ours") == [0.5, 1.0]
with tf.Graph().as_default() as graph:
    tf.add(tf.constant(1), tf.constant(2), name="sum")
with tk.Graph().as_default(), tk.Session() as sess:
    tk.import_graph_def(graph.as_graph_def(), name="")  # TensorFlow's own message
    assert sess.run("sum:0") == 3
meta_graph_def = tf.MetaGraphDef.FromString(open("theirs.meta", "rb").read())
with tk.Graph().as_default(), tk.Session() as sess:
    tk.train.import_meta_graph(meta_graph_def).restore(sess, "theirs")
    assert sess.run(tk.global_variables()[0]).tolist() == [0.5, 1.0]
assert tf.GraphDef is not tk.GraphDef
tk.logging.warning("once")
try:
    tk.install_as_tensorflow()
except RuntimeError as error:
    print("done")
"""


@pytest.mark.parametrize("first", FIRST)
def test_both_in_one_process(tmp_path, first):
    pytest.importorskip("tensorflow")
    program = tmp_path / "program.py"
    program.write_text(FIRST[first] + PROGRAM)
    result = subprocess.run([sys.executable, program, tmp_path], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "done\n"
    assert result.stderr.count("once") == 1
