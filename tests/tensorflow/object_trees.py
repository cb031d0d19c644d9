"""Trees of objects for checkpoints: those of checkpoint_worker.cc, by the same names."""
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.checkpoint import graph_view, util
from tensorflow.python.ops import variables

Checkpoint = tf.train.Checkpoint


def ones(name, shape, kind, dtype=tf.float32):
    """In graph mode get_variable's; in eager mode, where there is no store of them, a plain one."""
    if tf.executing_eagerly():
        return tf.Variable(tf.ones(shape, dtype), name=name)
    return tf.get_variable(name, shape, dtype, initializer=tf.ones_initializer(),
                           use_resource=kind == "resource")


def containers(kind):
    a, b, c = ones("a", [2], kind), ones("scope/b", [], kind), ones("c", [2, 3], kind)
    deep = Checkpoint(x=c)
    return Checkpoint(v=a, d={"z": a, "a": c, "e": {}}, lst=[a, b, {"a/b": c, "c.d": b, "": a}],
                      t=(c, [b]), inner=Checkpoint(w=b, deep=deep), again=deep, empty=[])


def _optimized(kind, optimizers):
    v, w = ones("v", [2], kind), ones("s/w", [2], kind)
    for optimizer in optimizers.values():
        if tf.executing_eagerly():
            optimizer.minimize(lambda: tf.reduce_sum(v * v * w))
        else:
            optimizer.minimize(tf.reduce_sum(v * v * w))
    return Checkpoint(v=v, model=Checkpoint(w=w), **optimizers)


def adam(kind):
    return _optimized(kind, {"optimizer": tf.train.AdamOptimizer(0.1)})


def optimizers(kind):
    return _optimized(kind, {"o/p.q": tf.train.FtrlOptimizer(0.1),
                             "r": tf.train.RMSPropOptimizer(0.1, centered=True, name="a.b/c"),
                             "g": tf.train.GradientDescentOptimizer(0.1),
                             "m": tf.train.MomentumOptimizer(0.1, 0.9)})


def parts(kind):
    p = tf.get_variable("p", [4, 2], initializer=tf.ones_initializer(),
                        partitioner=tf.fixed_size_partitioner(2), use_resource=kind == "resource")
    return Checkpoint(p=list(p), q=list(p)[0])


def types(kind):
    dtypes = tf.float64, tf.int32, tf.int64, tf.bool, tf.bfloat16, tf.uint8
    return Checkpoint(**{d.name: ones(d.name, [3], kind, d) for d in dtypes})


TREES = {tree.__name__: tree for tree in (containers, adam, optimizers, parts, types)}


def variables_of(checkpoint):
    """All variables below, slots included, by their paths."""
    paths = util.objects_ids_and_slot_variables_and_paths(graph_view.ObjectGraphView(checkpoint))[-1]
    return {path: o for o, path in paths.items() if isinstance(o, variables.Variable)}


def value(i, variable):
    """The i-th variable's value, as checkpoint_worker.cc sets it."""
    return np.full(variable.shape, i + 1).astype(variable.dtype.base_dtype.as_numpy_dtype)


def set_values(session):
    session.run(tf.global_variables_initializer())
    for i, v in enumerate(sorted(tf.global_variables(), key=lambda v: v.name)):
        session.run(v.assign(value(i, v)))
