"""init_from_checkpoint with every form of the assignment map."""
import tensorflow as tf

with tf.variable_scope("old"):
    tf.get_variable("a", initializer=[1.0, 2.0])
    with tf.variable_scope("deep"):
        tf.get_variable("b", initializer=[[3.0]])
    tf.get_variable("p", [4], initializer=tf.constant_initializer(1.5),
                    partitioner=tf.fixed_size_partitioner(2))
tf.get_variable("c", initializer=7)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "old")


def build(scope, use_resource, partitioner, c_name):
    c = tf.get_variable(c_name, [], tf.int32, use_resource=use_resource)
    with tf.variable_scope(scope, use_resource=use_resource):
        return {"a": tf.get_variable("a", [2]), "b": tf.get_variable("deep/b", [1, 1]),
                "p": tf.get_variable("p", [4], partitioner=partitioner), "c": c}


maps = {
    "names": lambda v: {"old/a": "new/a", "c": "c_new"},
    "scopes": lambda v: {"old/": "new/"},
    "variables": lambda v: {"old/deep/b": v["b"], "c": v["c"]},
    "root": lambda v: {"/": "/"},
    "nested": lambda v: {"old/deep/": "new/deep/"},
    "partitioned": lambda v: {"old/p": "new/p"},
    "absent": lambda v: {"none": "new/a"},
    "no variable": lambda v: {"old/a": "new/none"},
    "shape": lambda v: {"old/a": "new/p"},
    "type": lambda v: {"old/a": v["c"]},
    "list": lambda v: {"old/p": list(v["p"])},
}
loaded = {"names": "ac", "scopes": "abp", "variables": "bc", "root": "abc", "nested": "b",
          "partitioned": "p", "list": "p"}
for name, make in maps.items():
    for use_resource in (False, True):
        with tf.Graph().as_default(), tf.Session() as sess:
            scope = "old" if name == "root" else "new"
            parts = tf.fixed_size_partitioner(4) if name in ("partitioned", "list") else None
            variables = build(scope, use_resource, parts, "c" if name == "root" else "c_new")
            try:
                tf.train.init_from_checkpoint("old", make(variables))
                sess.run([v.initializer for v in tf.global_variables() if v.op.name != "new/none"])
            except Exception as e:
                print(name, use_resource, type(e).__name__)
                continue
            print(name, use_resource, [sess.run(tf.convert_to_tensor(variables[k])).tolist()
                                       for k in loaded.get(name, "")])
