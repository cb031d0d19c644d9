#!/usr/bin/env python3
"""Makes seeds/ anew: small valid inputs for every fuzz target. Needs the Python with TensorFlow and safetensors.

Usage: make_seeds.py
"""
import gzip
import io
import pathlib
import struct
import tempfile

import numpy as np
import safetensors.numpy
import tensorflow.compat.v1 as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2

HERE = pathlib.Path(__file__).parent
DATA = HERE.parent / "tests" / "data"


def put(target, name, contents):
    path = HERE / "seeds" / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def snappy_table():
    """An SSTable whose one data block is compressed: 20 bytes a key, as a literal and a copy."""
    def block(contents, kind):
        crc = crc32c(contents + kind)
        masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
        return contents + kind + struct.pack("<I", masked)

    # Entry: shared 0, key of 20, value of 1; then one restart point, which is the compressed end.
    entry = b"\0\x14\x01" + b"abcd" * 5 + b"v"
    plain = entry + struct.pack("<II", 0, 1)
    literal = plain[:7]
    tail = plain[23:]
    packed = (bytes([len(plain)]) + bytes([(len(literal) - 1) << 2]) + literal +
              bytes([(16 - 1) << 2 | 2, 4, 0]) + bytes([(len(tail) - 1) << 2]) + tail)
    data = block(packed, b"\1")
    handle = bytes([0, len(packed)])
    empty = struct.pack("<II", 0, 1)
    metaindex = block(empty, b"\0")
    index_contents = bytes([0, 20, len(handle)]) + b"abcd" * 5 + handle + struct.pack("<II", 0, 1)
    index = block(index_contents, b"\0")
    footer = bytes([len(data), len(empty), len(data) + len(metaindex), len(index_contents)])
    return data + metaindex + index + footer.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")


def bundles():
    prefixes = [DATA / "bundle" / name for name in ("big_endian", "part_0", "sliced", "variants")]
    prefixes += [DATA / "cli" / name for name in ("names", "parts", "types")]
    for prefix in prefixes:
        index = prefix.with_suffix(".index").read_bytes()
        put("table", prefix.name, index)
        data = min(prefix.parent.glob(prefix.name + ".data-*")).read_bytes()
        put("bundle", prefix.name, struct.pack("<I", len(index)) + index + data)
    put("table", "snappy", snappy_table())


def v1_checkpoints():
    folder = DATA / "slices"
    with tempfile.TemporaryDirectory() as scratch:
        for number in (1, 3, 7, 8, 10, 19):
            dtype = tf.dtypes.as_dtype(number)
            values = [b"ab", b""] if dtype == tf.string else [1, 0]
            with tf.Graph().as_default(), tf.Session() as session:
                session.run(tf.raw_ops.Save(filename=scratch + "/p", tensor_names=["v"],
                                            data=[tf.constant(np.array(values).astype(dtype.as_numpy_dtype))]))
            table = pathlib.Path(scratch, "p").read_bytes()
            put("slices", dtype.name, struct.pack("<I", len(table)) + table)
    sliced = (folder / "sliced").read_bytes()
    put("slices", "sliced", struct.pack("<I", len(sliced)) + sliced)
    shards = [(folder / f"sharded-0000{i}-of-00002").read_bytes() for i in range(2)]
    put("slices", "sharded", struct.pack("<I", len(shards[0])) + shards[0] + shards[1])


def ordered_codes():
    put("ordered_code", "numbers", struct.pack("<qq", -300, 1 << 40))
    put("ordered_code", "num_increasing", b"\3\1\2\3")
    put("ordered_code", "signed", b"\xff\xc0\x80" + bytes(7))
    put("ordered_code", "string", b"a\0\xffb\xff\0c\0\1")
    put("ordered_code", "slice_key", b"\0a\0\1\1\2\x80\x82\x7f\x7f\x7f")
    put("ordered_code", "slice_key_1d", b"\0a\0\1\1\1\x82\x82")


def states():
    put("state_text", "plain", b'model_checkpoint_path: "m-2"\nall_model_checkpoint_paths: "m-1"\n'
        b'all_model_checkpoint_paths: "m-2"\nall_model_checkpoint_timestamps: 1.5e9\n'
        b"all_model_checkpoint_timestamps: 1600000000.25\nlast_preserved_timestamp: -0.0\n")
    put("state_text", "escapes", b'model_checkpoint_path: "\\303\\244\\n\\x01\'" # a\n'
        b"all_model_checkpoint_paths: ['a', \"b\" 'c']\nlast_preserved_timestamp: inf")


def idx_files():
    labels = struct.pack(">II", 0x801, 3) + b"\1\2\3"
    images = struct.pack(">IIII", 0x803, 2, 2, 2) + bytes(range(8))
    for name, contents in (("labels", labels), ("images", images)):
        put("idx", name, contents)
        put("idx", name + ".gz", gzip.compress(contents, mtime=0))


def tensor_protos():
    values = {
        "float": tf.make_tensor_proto([1.0, 2.5]), "scalar": tf.make_tensor_proto(3),
        "strings": tf.make_tensor_proto(["a", "", "bc"]), "bool": tf.make_tensor_proto([True]),
        "half": tf.make_tensor_proto([1.0], tf.float16),
        "complex": tf.make_tensor_proto([1 + 2j], tf.complex64),
        "int64_filled": tf.make_tensor_proto(7, tf.int64, [4]),
    }
    for name, proto in values.items():
        put("tensor_proto", name, proto.SerializeToString())


def arrays():
    values = {"a/b": np.arange(6, dtype=np.float32).reshape(2, 3), "s": np.array(3),
              "t": np.array([True, False]), "e": np.zeros((0, 2), np.float16)}
    others = {"f": np.asfortranarray(np.arange(6).reshape(2, 3)), "u": np.array(["x"]),
              "r": np.zeros(1, [("x", "<f4")])}
    for name, save in (("stored", np.savez), ("deflated", np.savez_compressed)):
        file = io.BytesIO()
        save(file, **values, **others)
        put("npz", name, file.getvalue())
    put("safetensors", "plain", safetensors.numpy.save(values))
    put("safetensors", "metadata", safetensors.numpy.save({"a\u00e9\n": np.ones(1, np.int8)}, {"k": "v"}))
    put("safetensors", "empty", safetensors.numpy.save({}))


def records():
    with tempfile.TemporaryDirectory() as scratch:
        path = scratch + "/records"
        with tf.io.TFRecordWriter(path) as writer:
            for record in (b"one", b"", bytes(300)):
                writer.write(record)
        put("records", "plain", open(path, "rb").read())
        event = tf.Event(wall_time=1, file_version="brain.Event:2")
        with tf.io.TFRecordWriter(path) as writer:
            writer.write(event.SerializeToString())
        put("records", "events", open(path, "rb").read())


def object_graphs():
    with tempfile.TemporaryDirectory() as scratch, tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("dense/v", [2], use_resource=True)
        optimizer = tf.train.AdamOptimizer()
        optimizer.minimize(v)
        session.run(tf.global_variables_initializer())
        path = tf.train.Checkpoint(net=tf.train.Checkpoint(v=v), optimizer=optimizer).save(
            scratch + "/p", session=session)
        put("object_graph", "adam", tf.train.load_variable(path, "_CHECKPOINTABLE_OBJECT_GRAPH"))


def meta_graphs():
    def export(name, build):
        with tf.Graph().as_default() as graph:
            build()
            meta = tf.train.export_meta_graph(graph=graph)
            meta.meta_info_def.stripped_op_list.Clear()
            put("meta_graph", name, meta.SerializeToString())
            put("meta_graph", name + ".txt", str(meta).encode())

    def variable():
        v = tf.get_variable("v", [2], use_resource=False)
        tf.train.Saver([v])

    def arithmetic():
        x = tf.placeholder(tf.float32, [None, 2], "x")
        tf.add_to_collection("out", tf.reshape(tf.matmul(x, tf.ones([2, 3])), [-1])[1:])

    export("variable", variable)
    export("arithmetic", arithmetic)


def meta_forms():
    meta = tf.MetaGraphDef()
    node = meta.graph_def.node.add(name="n", op="NoOp")
    for kind, value in (("f", 0.1), ("i", -1), ("s", b"\xff\n"), ("b", True), ("type", 1)):
        setattr(node.attr[kind], kind, value)
    meta.collection_def["x"].int64_list.value.append(3)
    meta.collection_def["any"].any_list.value.add(type_url="a/b", value=b"\xff")
    meta.signature_def["s"].inputs["x"].name = "x:0"
    put("meta_forms", "binary", meta.SerializeToString())
    put("meta_forms", "text", str(meta).encode())
    del meta.collection_def["any"]
    put("meta_forms", "json", json_format.MessageToJson(meta).encode())
    saved = saved_model_pb2.SavedModel(saved_model_schema_version=1, meta_graphs=[meta, meta])
    put("meta_forms", "saved_model", saved.SerializeToString())


def graph_defs():
    def export(name, build):
        with tf.Graph().as_default() as graph:
            build()
            put("graph_def", name, graph.as_graph_def().SerializeToString())

    def variables():
        v = tf.get_variable("v", [2], initializer=tf.zeros_initializer(), use_resource=False)
        w = tf.get_variable("w", [2], initializer=tf.zeros_initializer(), use_resource=True)
        tf.identity(tf.check_numerics(v + w, "") + tf.gather(w, [0]))

    def branches():
        v = tf.get_variable("v", [2], initializer=tf.zeros_initializer(), use_resource=True)
        tf.cond(tf.placeholder(tf.bool, []), lambda: v + 1.0, lambda: v - 1.0)
        tf.while_loop(lambda x: x[0] < 3.0, lambda x: x + v, [v + 0.0])

    def functions():
        tf.enable_control_flow_v2()
        branches()
        tf.disable_control_flow_v2()

    for build in variables, branches, functions:
        export(build.__name__, build)


def main():
    tf.disable_v2_behavior()
    bundles()
    v1_checkpoints()
    ordered_codes()
    states()
    idx_files()
    tensor_protos()
    arrays()
    records()
    object_graphs()
    meta_graphs()
    meta_forms()
    graph_defs()


if __name__ == "__main__":
    main()
