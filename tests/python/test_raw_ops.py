"""tf.raw_ops and the gen_*_ops modules, beside TensorFlow's."""
import inspect

import numpy as np
import pytest

import tensorkeep as tf
from tensorkeep._ops import op_functions
from tensorkeep.python.ops import gen_array_ops, gen_math_ops, gen_nn_ops, gen_state_ops


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def run(fetches, **kwargs):
    with tf.Session() as sess:
        return sess.run(fetches, **kwargs)


def parameters(function):
    return [(each.name, each.default is inspect.Parameter.empty)
            for each in inspect.signature(function).parameters.values()]


def test_every_function_has_tensorflows_arguments():
    theirs = pytest.importorskip("tensorflow").raw_ops
    names = [name for name in dir(theirs) if name[0].isupper()]
    assert len(names) > 1000
    different = [name for name in names
                 if parameters(getattr(tf.raw_ops, name)) != parameters(getattr(theirs, name))]
    assert not different


def test_every_name_is_tensorflows():
    gen_ops = pytest.importorskip("tensorflow.python.ops.gen_array_ops")
    ours = set(op_functions.names(by_place=True))
    assert {name for name in dir(gen_ops)
            if inspect.isfunction(getattr(gen_ops, name)) and name[0].islower()
            and getattr(gen_ops, name).__module__ == gen_ops.__name__
            and not name.endswith("_eager_fallback")} <= ours


def test_calls():
    assert run(tf.raw_ops.Add(x=1.5, y=[1.0, 2.0])).tolist() == [2.5, 3.5]
    assert run(gen_math_ops.mat_mul([[1.0, 2.0]], [[3.0], [4.0]], name="product")) == [[11]]
    assert run("product:0") == [[11]]
    assert run(gen_math_ops.mat_mul([[1.0], [2.0]], [[3.0], [4.0]], True)) == [[11]]
    assert run(tf.raw_ops.Sum(input=[1, 2, 3], axis=0, keep_dims=True)).tolist() == [6]
    assert not run(tf.raw_ops.Any(input=[False], axis=0))
    assert run(tf.raw_ops.Cast(x=1.7, DstT=tf.int32)) == 1
    assert run(gen_nn_ops.relu([-1.0, 2.0])).tolist() == [0, 2]


def test_results():
    assert isinstance(tf.raw_ops.NoOp(name="nothing"), tf.Operation)
    unique = gen_array_ops.unique([3, 3, 4])
    assert type(unique).__name__ == "Unique" and unique._fields == ("y", "idx")
    assert [part.tolist() for part in run(list(unique))] == [[3, 4], [0, 0, 1]]
    parts = tf.raw_ops.Split(axis=0, value=[1, 2, 3, 4], num_split=2)
    assert isinstance(parts, list) and [part.tolist() for part in run(parts)] == [[1, 2], [3, 4]]
    assert run(tf.raw_ops.Pack(values=[1, 2])).tolist() == [1, 2]
    variable = gen_state_ops.variable_v2(shape=[2], dtype=tf.float32, shared_name="")
    assigned = tf.raw_ops.Assign(ref=variable, value=np.float32([1, 2]))
    assert run(assigned).tolist() == [1, 2]


def test_errors():
    with pytest.raises(AttributeError, match="has no attribute 'NoSuchOp'"):
        tf.raw_ops.NoSuchOp
    with pytest.raises(TypeError, match=r"MatMul\(\) .*'b'"):
        tf.raw_ops.MatMul(a=[[1.0]])
    with pytest.raises(TypeError, match=r"MatMul\(\) too many positional arguments"):
        tf.raw_ops.MatMul([[1.0]], [[1.0]])
    with pytest.raises(TypeError, match="unexpected keyword argument 'c'"):
        tf.raw_ops.MatMul(a=[[1.0]], b=[[1.0]], c=1)


def test_they_describe_themselves():
    assert "MatMul operation" in tf.raw_ops.MatMul.__doc__
    assert tf.raw_ops.MatMul.__name__ == "MatMul"
    assert tf.raw_ops.MatMul is tf.raw_ops.MatMul
    assert "MatMul" in dir(tf.raw_ops) and "mat_mul" in dir(gen_math_ops)
