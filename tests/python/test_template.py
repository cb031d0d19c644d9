"""tf.make_template beside TensorFlow's."""

import pytest

from same_program import assert_same, assert_same_error, error_of, tensorflow, tensorkeep as tk


def layer(tf, x, size=2):
    w = tf.get_variable("w", [2, size], initializer=tf.ones_initializer())
    b = tf.get_variable("b", [size], initializer=tf.zeros_initializer(), trainable=False,
                        collections=[tf.GraphKeys.LOCAL_VARIABLES])
    return tf.matmul(x, w) + b


@pytest.mark.parametrize("now", [False, True])
@pytest.mark.parametrize("unique_name", [None, "mine"])
def test_template(now, unique_name):
    def program(tf):
        x = tf.constant([[1.0, 2.0]])
        template = tf.make_template("layer", lambda x, size: layer(tf, x, size),
                                    create_scope_now_=now, unique_name_=unique_name, size=3)
        assert template.variables == [] and template.trainable_variables == []
        with tf.name_scope("somewhere"):
            one = template(x)
        with tf.variable_scope("outer"):
            two = template(x * 2.0)
        other = tf.make_template("layer", lambda x: layer(tf, x))(x)
        assert [v.op.name for v in template.variables] == [
            f"{unique_name or 'layer'}/{v}" for v in ("w", "b")]
        assert template.trainable_weights == template.global_variables
        assert template.non_trainable_variables == []
        assert template.variable_scope.name + "/" == template.variable_scope_name
        assert template.name == "layer"
        return [one, two, other]
    assert_same(program)


def test_later_variables():
    def run(tf):
        with tf.Graph().as_default():
            calls = []

            def function():
                calls.append(1)
                return tf.Variable(1.0) if len(calls) > 1 else tf.get_variable("v", [])
            template = tf.make_template("t", function)
            template()
            kind, message = error_of(template)
            return kind, message.startswith("Trainable variable created when calling a template")
    assert run(tensorflow) == run(tk) == ("ValueError", True)


@pytest.mark.parametrize("program", [
    lambda tf: tf.make_template(None, lambda: 0),
    lambda tf: tf.make_template("t", lambda: tf.get_variable("v"))(),
])
def test_errors(program):
    assert_same_error(program)


def test_variable_op_scope():
    def program(tf):
        x = tf.constant(1.0)
        with tf.variable_op_scope([x], None, "named", initializer=tf.zeros_initializer()):
            v = tf.get_variable("v", [2])
        return [v + x]
    assert_same(program)
