"""Graph, Operation and Tensor as objects: looking up, walking, attributes, text forms."""
import tensorflow as tf

a = tf.placeholder(tf.float32, [None, 2], name="a")
w = tf.Variable([[1.0], [2.0]], name="w")
y = tf.matmul(a, w, name="y")
parts = tf.split(tf.reshape(y, [4]), 2, name="parts")
g = tf.get_default_graph()
print([op.name for op in g.get_operations()])
print(g.get_tensor_by_name("y:0") is y, g.get_operation_by_name("y") is y.op)
print(g.as_graph_element("a:0") is a, g.as_graph_element("a") is a.op, g.as_graph_element(w).name)
print(repr(y), str(y), y.name, y.op.name, y.dtype, y.shape, y.value_index, parts[1].value_index)
print(y.op.type, [t.name for t in y.op.inputs], [t.name for t in y.op.outputs], y.op.device == "")
print([c.name for c in a.consumers()], [c.type for c in y.consumers()], len(y.op.inputs))
print(y.op.get_attr("transpose_a"), y.op.get_attr("T"))
print(w.op.get_attr("shape"), a.op.get_attr("shape"))
print(y.op.node_def.name, y.op.node_def.op, list(y.op.node_def.input), y.op.graph is g)
print(repr(y.op).startswith("<tf.Operation 'y'"), y.op == y.op, hash(y.op) == hash(y.op))
print(y.op.op_def.name, [arg.name for arg in y.op.op_def.input_arg], parts[0].op.outputs[1].name)
definition = g.as_graph_def()
print(len(definition.node) == len(g.get_operations()), definition.node[0].attr["dtype"].type)
print("_output_shapes" in g.as_graph_def(add_shapes=True).node[0].attr)
version = g.version
tf.no_op()
print(g.version > version, len(g.as_graph_def(from_version=version).node))
for wrong in (lambda: g.get_tensor_by_name("y"), lambda: g.get_tensor_by_name("none:0"),
              lambda: g.get_tensor_by_name("y:1"), lambda: g.get_operation_by_name("none"),
              lambda: g.get_operation_by_name("y:0"), lambda: g.get_tensor_by_name(3),
              lambda: g.as_graph_element(3), lambda: g.as_graph_element("a", allow_operation=False),
              lambda: y.op.get_attr("none"), lambda: y.no_such, lambda: g.get_tensor_by_name("y:x"),
              lambda: g.get_operation_by_name(None), lambda: y.op.inputs[5]):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
