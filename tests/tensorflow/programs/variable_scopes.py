"""Variables by name: scopes, reuse, initializers, regularizers, and parts."""

import tensorflow.compat.v1 as tf
from tensorflow.python.training import moving_averages

from programs import program


def l1_regularizer(scale):
    """What tf.contrib.layers had in 1.x."""
    def l1(weights):
        with tf.name_scope(None, "l1_regularizer", [weights]) as name:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.reduce_sum(tf.abs(weights)), name=name)
    return l1


def l2_regularizer(scale):
    def l2(weights):
        with tf.name_scope(None, "l2_regularizer", [weights]) as name:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.nn.l2_loss(weights), name=name)
    return l2


@program
def get_variable_kinds():
    tf.get_variable("glorot", [3, 4])
    tf.get_variable("integers", [2], tf.int32)
    tf.get_variable("flags", [2], tf.bool)
    tf.get_variable("doubles", [2, 2], tf.float64)
    tf.get_variable("scalar", [], initializer=tf.zeros_initializer())
    tf.get_variable("text", [2], tf.string)
    tf.get_variable("value", initializer=tf.constant([1.0, 2.0]))
    tf.get_variable("literal", initializer=3.5)
    tf.get_variable("typed_literal", dtype=tf.int32, initializer=[1, 2])
    tf.get_variable("function", initializer=lambda: tf.ones([2]))
    tf.get_variable("constant", [3], initializer=tf.constant_initializer([1.0, 2.0, 3.0]))
    tf.get_variable("fixed", [2], trainable=False, initializer=tf.ones_initializer())
    tf.get_variable("elsewhere", [2], collections=["mine"])
    tf.get_variable("resource", [2], use_resource=True)
    tf.get_variable("cached", [2], caching_device="/cpu:1")
    tf.get_variable("cached_resource", [2], caching_device="/cpu:1", use_resource=True)
    tf.get_variable("any_shape", initializer=tf.placeholder(tf.float32), validate_shape=False)
    tf.get_variable("mean", [2], synchronization=tf.VariableSynchronization.ON_READ,
                    aggregation=tf.VariableAggregation.MEAN)
    tf.get_local_variable("local", [2])
    tf.get_variable("unit_scaling", [3, 4, 5], initializer=tf.uniform_unit_scaling_initializer())
    return tf.train.Saver()


@program
def variable_scope_names():
    with tf.variable_scope("outer") as outer:
        a = tf.get_variable("a", [2])
        with tf.variable_scope("inner"):
            b = tf.get_variable("b", [2])
            tf.add(a, b)
            tf.Variable(1.0, name="plain")
        with tf.name_scope("names"):
            c = tf.get_variable("c", [2])
            tf.add(b, c)
    with tf.variable_scope("outer"):
        tf.get_variable("d", [2])
        tf.constant(1.0)
    with tf.variable_scope("elsewhere"):
        with tf.variable_scope(outer) as again:
            tf.get_variable("e", [2])
            tf.constant(2.0)
            with tf.name_scope(again.original_name_scope):
                tf.constant(3.0)
        tf.get_variable("f", [2])
    with tf.variable_scope("a/b"):
        tf.get_variable("g/h", [2])
        with tf.variable_scope("c", auxiliary_name_scope=False):
            tf.get_variable("i", [2])
            tf.constant(4.0)
    with tf.variable_scope("d", auxiliary_name_scope=False):
        tf.constant(5.0)
    with tf.variable_scope(""):
        tf.get_variable("j", [2])
        tf.constant(6.0)
    with tf.variable_scope(tf.get_variable_scope()):
        tf.get_variable("k", [2])
        tf.constant(7.0)
    return tf.train.Saver()


@program
def variable_scope_default_names():
    for _ in range(2):
        with tf.variable_scope(None, "layer"):
            tf.get_variable("w", [2])
            with tf.variable_scope(None, "layer"):
                tf.get_variable("w", [2])
    with tf.variable_scope("model") as model:
        for _ in range(2):
            with tf.variable_scope(None, default_name="layer"):
                tf.get_variable("w", [2])
                tf.constant(1.0)
    with tf.variable_scope(model):
        with tf.variable_scope(None, default_name="fresh"):
            tf.get_variable("w", [2])
    with tf.variable_scope("model"):
        with tf.variable_scope(None, default_name="fresh_too"):
            tf.get_variable("w", [2])
    with tf.variable_scope("layer_2"):
        tf.constant(1.0)
    with tf.variable_scope(None, "layer"):
        tf.get_variable("w", [2])
    return None


@program
def variable_reuse():
    def layer(x):
        w = tf.get_variable("w", [3, 3], initializer=tf.ones_initializer())
        b = tf.get_variable("b", [3], initializer=tf.zeros_initializer())
        return tf.nn.relu(tf.matmul(x, w) + b)

    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.variable_scope("net") as scope:
        y = layer(x)
        scope.reuse_variables()
        z = layer(y)
    with tf.variable_scope("net", reuse=True):
        y = layer(z)
        with tf.variable_scope("deeper", reuse=tf.AUTO_REUSE):
            z = layer(y)
    for _ in range(2):
        with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
            z = layer(z)
    with tf.variable_scope(scope, reuse=True):
        layer(z)
    return tf.train.Saver()


@program
def variable_scope_defaults():
    with tf.variable_scope("outer", initializer=tf.ones_initializer(), dtype=tf.float64,
                           regularizer=l2_regularizer(0.5), use_resource=True):
        tf.get_variable("a", [2])
        with tf.variable_scope("inner", initializer=tf.zeros_initializer(), use_resource=False):
            tf.get_variable("b", [2])
            tf.get_variable("c", [2], tf.float32, regularizer=tf.no_regularizer)
        with tf.variable_scope("value", initializer=tf.constant(1.0), regularizer=l1_regularizer(0.25)):
            tf.get_variable("d")
    with tf.variable_scope("device", caching_device="/cpu:1") as scope:
        tf.get_variable("e", [2])
        scope.set_caching_device(None)
        scope.set_initializer(tf.ones_initializer())
        tf.get_variable("f", [2])
    return None


@program
def regularization_losses():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("net", regularizer=l2_regularizer(0.1)):
        w = tf.get_variable("w", [4, 2])
        b = tf.get_variable("b", [2], initializer=tf.zeros_initializer(), regularizer=l1_regularizer(0.2))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b))
    total = loss + tf.losses.get_regularization_loss()
    tf.losses.get_regularization_loss(scope="net/w", name="of_w")
    tf.train.GradientDescentOptimizer(0.1).minimize(total)
    return tf.train.Saver()


@program
def partitioned_variables_kinds():
    rows = tf.fixed_size_partitioner(3)
    tf.get_variable("rows", [7, 2], partitioner=rows)
    tf.get_variable("columns", [2, 5], partitioner=tf.fixed_size_partitioner(2, axis=1))
    tf.get_variable("values", initializer=tf.constant([1.0, 2.0, 3.0, 4.0, 5.0]), partitioner=rows)
    tf.get_variable("literals", [4], tf.int32, initializer=[1, 2, 3, 4], partitioner=rows)
    tf.get_variable("by_size", [10, 4],
                    partitioner=tf.variable_axis_size_partitioner(48, max_shards=8))
    tf.get_variable("by_min", [9, 4], initializer=tf.uniform_unit_scaling_initializer(),
                    partitioner=tf.min_max_variable_partitioner(5, min_slice_size=32))
    tf.get_variable("one", [2, 2], partitioner=tf.fixed_size_partitioner(1))
    tf.get_variable("scalar", [], partitioner=rows)
    tf.get_variable("resource", [4, 2], use_resource=True, partitioner=rows)
    tf.get_variable("regular", [4, 2], regularizer=l2_regularizer(0.5), partitioner=rows)
    with tf.variable_scope("scope", partitioner=tf.fixed_size_partitioner(2)) as scope:
        tf.get_variable("w", [5, 2])
        with tf.variable_scope("inner"):
            tf.get_variable("w", [3], initializer=tf.ones_initializer())
    with tf.variable_scope(scope, reuse=True):
        tf.get_variable("w", [5, 2])
    return None


@program
def partitioned_variable_uses():
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    w = tf.get_variable("w", [5, 3], partitioner=tf.fixed_size_partitioner(2))
    one = tf.get_variable("one", [3], partitioner=tf.fixed_size_partitioner(1))
    tf.matmul(x, w) + one
    tf.identity(w)
    with tf.control_dependencies([x]):
        tf.identity(w, name="again")
        w._concat()
    w.assign(tf.zeros([5, 3]))
    w.assign_add(tf.ones([5, 3]), name="added")
    with tf.variable_scope("scope"):
        v = tf.get_variable("v", [4, 3], use_resource=True, partitioner=tf.fixed_size_partitioner(2, axis=1))
        tf.reduce_sum(v)
        v.assign_sub([tf.ones([4, 2]), tf.ones([4, 1])])
    u = tf.get_variable("u", [5, 3], partitioner=tf.fixed_size_partitioner(2))
    u.assign(w)
    return None


@program
def partitioned_embeddings():
    ids = tf.placeholder(tf.int32, [None], name="ids")
    table = tf.get_variable("table", [10, 4], partitioner=tf.fixed_size_partitioner(3))
    tf.nn.embedding_lookup(table, ids, partition_strategy="div")
    tf.nn.embedding_lookup(table, ids, name="mod")
    resource = tf.get_variable("resource", [7, 4], use_resource=True,
                               partitioner=tf.fixed_size_partitioner(2))
    found = tf.nn.embedding_lookup(resource, ids, partition_strategy="div", name="in_resources")
    one = tf.get_variable("one", [7, 4], partitioner=tf.fixed_size_partitioner(1))
    tf.nn.embedding_lookup(one, ids, partition_strategy="div")
    return tf.train.Saver()


@program
def partitioned_training():
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
        w = tf.get_variable("w", [5, 3])
        b = tf.get_variable("b", [3], initializer=tf.zeros_initializer())
        y = tf.matmul(x, w) + b
        tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_mean(tf.square(y)))
    tf.train.AdamOptimizer().minimize(tf.reduce_mean(y))
    return tf.train.Saver()


@program
def partitioned_saver():
    rows = tf.fixed_size_partitioner(11)
    w = tf.get_variable("w", [12, 2], partitioner=rows)
    tf.get_variable("plain", [2])
    with tf.variable_scope("scope"):
        columns = tf.get_variable("columns", [2, 5], use_resource=True,
                                  partitioner=tf.fixed_size_partitioner(2, axis=1))
    return tf.train.Saver(reshape=False)


@program
def partitioned_saver_by_names():
    w = tf.get_variable("w", [12, 2], partitioner=tf.fixed_size_partitioner(11))
    v = tf.get_variable("v", [4], partitioner=tf.fixed_size_partitioner(2))
    u = tf.get_variable("u", [4], partitioner=tf.fixed_size_partitioner(2), use_resource=True)
    return tf.train.Saver({"other/w": w, "v": list(v), "part": list(u)[1]},
                          write_version=tf.train.SaverDef.V1)


@program
def partitioned_saver_sharded():
    for i in range(2):
        with tf.device(f"/cpu:{i}"):
            tf.get_variable(f"plain{i}", [2])
            w = tf.get_variable(f"w{i}", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    return tf.train.Saver(sharded=True)


@program
def partitioned_saver_list():
    w = tf.get_variable("w", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    b = tf.get_variable("b", [2])
    return tf.train.Saver([w, b])


@program
def slots_in_scopes():
    with tf.variable_scope("net", regularizer=l2_regularizer(0.5)):
        w = tf.get_variable("w", [3, 2])
        v = tf.Variable(tf.ones([2]), name="v", use_resource=True)
        loss = tf.reduce_sum(tf.square(w)) + tf.reduce_sum(v)
        tf.train.AdamOptimizer(0.1).minimize(loss)
        with tf.name_scope("second"):
            tf.train.AdamOptimizer(0.1).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return tf.train.Saver()


@program
def moving_averages_in_scopes():
    with tf.variable_scope("scope"):
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        total = tf.reduce_sum(w, name="total")
        ema = tf.train.ExponentialMovingAverage(0.9, zero_debias=True)
        ema.apply([w, total])
        with tf.variable_scope("inner"):
            tf.train.ExponentialMovingAverage(0.5).apply([w, total])
    tf.train.ExponentialMovingAverage(0.5).apply([w])
    tf.train.ExponentialMovingAverage(0.5).apply([w])
    return tf.train.Saver(ema.variables_to_restore())


@program
def assign_moving_average_in_scopes():
    with tf.variable_scope("scope1"):
        with tf.variable_scope("scope2"):
            v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
            r = tf.get_variable("r", [2], initializer=tf.zeros_initializer(), use_resource=True)
            moving_averages.assign_moving_average(v, tf.ones([2]), 0.5)
            moving_averages.assign_moving_average(v, tf.ones([2]), 0.9)
            moving_averages.assign_moving_average(r, tf.ones([2]), 0.9)
    moving_averages.assign_moving_average(v, tf.ones([2]), 0.9, zero_debias=False)
    return None


@program
def weighted_moving_average():
    value = tf.placeholder(tf.float32, [3], name="value")
    weight = tf.placeholder(tf.float32, [], name="weight")
    moving_averages.weighted_moving_average(value, 0.9, weight)
    with tf.variable_scope("scope"):
        moving_averages.weighted_moving_average(value, 0.9, weight, truediv=False, name="mine",
                                                collections=[tf.GraphKeys.LOCAL_VARIABLES])
        moving_averages.weighted_moving_average(value, 0.9, weight)
    return None


@program
def global_steps():
    with tf.variable_scope("scope"), tf.name_scope("names"):
        tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [2])
    step = tf.train.get_global_step()
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(w), global_step=step)
    return tf.train.Saver()


@program
def variables_in_branches():
    x = tf.placeholder(tf.float32, [3], name="x")
    flag = tf.placeholder(tf.bool, [], name="flag")
    halves = tf.fixed_size_partitioner(2)
    w = tf.get_variable("w", [3], partitioner=halves)

    def taken():
        with tf.variable_scope("branch", regularizer=l2_regularizer(0.5)):
            v = tf.get_variable("v", [3])
            p = tf.get_variable("p", [3], partitioner=halves)
        return x * v + p

    y = tf.cond(flag, taken, lambda: x + w)

    def body(i, total):
        v = tf.get_variable("v", [3], initializer=tf.ones_initializer(), use_resource=True)
        return i + 1, total * v

    tf.while_loop(lambda i, total: i < 3, body, [tf.constant(0), y])
    tf.losses.get_regularization_loss()
    return tf.train.Saver()


@program
def partitioned_optimizers():
    with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
        w = tf.get_variable("w", [5, 3])
        loss = tf.reduce_sum(tf.square(w))
        tf.train.AdagradOptimizer(0.1).minimize(loss)
        tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True).minimize(loss)
    tf.train.FtrlOptimizer(0.1).minimize(loss)
    return tf.train.Saver()


@program
def partitioned_embedding_training():
    ids = tf.placeholder(tf.int32, [None], name="ids")
    for use_resource in (False, True):
        with tf.variable_scope(None, "net", use_resource=use_resource):
            table = tf.get_variable("table", [10, 4], partitioner=tf.fixed_size_partitioner(3))
            found = tf.nn.embedding_lookup(table, ids, partition_strategy="div")
            loss = tf.reduce_sum(tf.square(found))
            tf.train.GradientDescentOptimizer(0.1).minimize(loss)
            tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return tf.train.Saver()


@program
def created_partitioned_variables():
    for _ in range(2):
        tf.create_partitioned_variables([5, 2], [2, 1], tf.ones_initializer())
    with tf.variable_scope("scope"):
        tf.create_partitioned_variables([4], [3], tf.constant([1.0, 2.0, 3.0, 4.0]), name="named",
                                        trainable=False)
        tf.create_partitioned_variables([2, 4], [1, 2], tf.zeros_initializer(), tf.int64,
                                        collections=["mine"])
    tf.create_partitioned_variables([4], [3], None, name="scope/named", reuse=True)
    return tf.train.Saver()
