"""The comparison sees every kind of difference, and only the intended changes are made."""

import unittest

import tensorflow.compat.v1 as tf
from tensorflow.core.framework import variable_pb2

import normalise
import programs


def node_of(meta, name):
    return next(node for node in meta.graph_def.node if node.name == name)


def change_collection(meta):
    variables = meta.collection_def["variables"].bytes_list
    definition = variable_pb2.VariableDef.FromString(variables.value[0])
    definition.trainable = False
    variables.value[0] = definition.SerializeToString()


# What is done to the graph -> where the one difference must be seen.
CHANGES = {
    "v1/read: op": lambda meta: setattr(node_of(meta, "v1/read"), "op", "Snapshot"),
    "add: inputs": lambda meta: node_of(meta, "add").input.reverse(),
    "init: control": lambda meta: node_of(meta, "init").input.pop(),
    "v1: device": lambda meta: setattr(node_of(meta, "v1"), "device", "/device:CPU:0"),
    "v1/read: _class": lambda meta: node_of(meta, "v1/read").attr["_class"].list.s.append(b"loc:@v2"),
    "v1/Assign: use_locking":
        lambda meta: setattr(node_of(meta, "v1/Assign").attr["use_locking"], "b", False),
    "v1/Assign: validate_shape":
        lambda meta: node_of(meta, "v1/Assign").attr.pop("validate_shape") and None,
    "Const: value":
        lambda meta: node_of(meta, "Const").attr["value"].tensor.float_val.__setitem__(0, 3.0),
    "add: _output_shapes": lambda meta: node_of(meta, "add").attr["_output_shapes"].list.shape[0]
        .dim.add(size=7) and None,
    "#saver: def": lambda meta: setattr(meta.saver_def, "max_to_keep", 9),
    "#collection variables: 0": change_collection,
    "#ops: names": lambda meta: meta.meta_info_def.stripped_op_list.op.pop(),
    "added: extra": lambda meta: meta.graph_def.node.add(name="added", op="NoOp") and None,
    "add: missing": lambda meta: meta.graph_def.node.remove(node_of(meta, "add")),
}


class Normalise(unittest.TestCase):
    def test_every_difference_is_seen(self):
        for where, change in CHANGES.items():
            with self.subTest(where):
                meta = normalise.normalise(programs.meta_graph("two_variables_add"))
                want = normalise.describe(meta)
                self.assertEqual(normalise.differences(want, normalise.describe(meta)), [])
                change(meta)
                found = normalise.differences(want, normalise.describe(meta))
                self.assertEqual([line[:len(where)] for line in found], [where], found)

    def test_output_shapes_count_only_where_both_have_them(self):
        meta = normalise.normalise(programs.meta_graph("two_variables_add"))
        want = normalise.describe(meta)
        del node_of(meta, "add").attr["_output_shapes"]
        self.assertEqual(normalise.differences(want, normalise.describe(meta)), [])

    def test_the_order_of_nodes_and_control_inputs_does_not_count(self):
        meta = normalise.normalise(programs.meta_graph("two_variables_add"))
        want = normalise.describe(meta)
        node_of(meta, "init").input.reverse()
        meta.graph_def.node.reverse()
        self.assertEqual(normalise.differences(want, normalise.describe(meta)), [])

    def test_intended_changes_and_no_others(self):
        meta = programs.meta_graph("two_variables_add")
        changed = normalise.differences(normalise.describe(meta),
                                        normalise.describe(normalise.normalise(meta)))
        places = {line.rsplit(": want", 1)[0] for line in changed}
        self.assertEqual(places, {
            "#ops: names", "add: op", "save/Const: op", "save/Const: inputs", "save/Const: shape",
            "save/Const: value", "save/filename: missing (PlaceholderWithDefault)",
            "save/filename/input: missing (Const)",
            *(f"{name}: _has_manual_control_dependencies"
              for name in ("save/SaveV2", "v1/Assign", "v2/Assign", "save/Assign", "save/Assign_1")
              if "_has_manual_control_dependencies" in node_of(meta, name).attr)})

    def test_attributes_1_15_does_not_know_are_dropped(self):
        with tf.Graph().as_default():
            a = tf.placeholder(tf.float32, [2, 2])
            tf.gradients(tf.matmul(a, a), a)
            meta = tf.train.export_meta_graph()
        products = [n for n in normalise.normalise(meta).graph_def.node if n.op == "MatMul"]
        self.assertEqual(len(products), 3)
        for node in products:
            self.assertEqual(set(node.attr), {"T", "transpose_a", "transpose_b", "_output_shapes"})


if __name__ == "__main__":
    unittest.main()
