"""What `tensorkeep convert` writes is what TensorFlow, numpy and safetensors read, and the other way round."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import ml_dtypes
import numpy as np
import tensorflow as tf

try:
    import safetensors
    import safetensors.numpy
except ImportError:
    safetensors = None

COMMAND = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "cli/tensorkeep")
TYPES = pathlib.Path(__file__).resolve().parents[1] / "data" / "cli" / "types"


class Convert(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.types = tf.train.load_checkpoint(str(TYPES))

    def convert(self, source, name, *args):
        """The path, and the names of what was left out."""
        done = subprocess.run([COMMAND, "convert", source, self.dir / name, *args], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        left_out = [line.split()[3].rstrip(":") for line in done.stderr.splitlines()]
        return str(self.dir / name), left_out

    def assert_same(self, prefix, value_of):
        reader = tf.train.load_checkpoint(prefix)
        for name in reader.get_variable_to_shape_map():
            try:
                value = np.asarray(reader.get_tensor(name))
            except tf.errors.UnimplementedError:  # TensorFlow's reader of V1 files lacks some types
                continue
            np.testing.assert_array_equal(value, np.asarray(value_of(name)))

    def test_checkpoints(self):
        for target in "v1", "v2":
            prefix, left_out = self.convert(TYPES, target, "--to", target)
            reader = tf.train.load_checkpoint(prefix)
            self.assertEqual(set(reader.get_variable_to_shape_map()) | set(left_out),
                             set(self.types.get_variable_to_shape_map()))
            self.assert_same(prefix, self.types.get_tensor)
        for suffix in ".index", ".data-00000-of-00001":
            self.assertEqual((self.dir / ("v2" + suffix)).read_bytes(),
                             TYPES.with_name("types" + suffix).read_bytes())

    @unittest.skipUnless(safetensors, "needs safetensors")
    def test_safetensors_files_are_those_of_the_package(self):
        path, _ = self.convert(TYPES, "t.safetensors")
        written = pathlib.Path(path).read_bytes()
        arrays = {name: np.ascontiguousarray(self.types.get_tensor(name))
                  for name, _ in safetensors.deserialize(written)}
        specs = {name: safetensors.TensorSpec(dtype=array.dtype.name, shape=array.shape,
                                              data_ptr=array.ctypes.data, data_len=array.nbytes)
                 for name, array in arrays.items()}
        self.assertEqual(bytes(safetensors.serialize(specs)), written)
        prefix, left_out = self.convert(path, "back")
        self.assertEqual(left_out, [])
        self.assert_same(prefix, self.types.get_tensor)

    @unittest.skipUnless(safetensors, "needs safetensors")
    def test_safetensors_of_the_package_are_read(self):
        path = self.dir / "a.safetensors"
        arrays = {"a/b": np.arange(6, dtype=np.float16).reshape(2, 3), "s": np.array(3), "e": np.zeros((0, 2)),
                  "\u00e9\n": np.array([True, False])}
        safetensors.numpy.save_file(arrays, path, metadata={"format": "tf"})
        self.assert_same(self.convert(path, "c", "--to", "v2")[0], arrays.get)
        other, _ = self.convert(path, "b.safetensors")
        self.assertEqual(pathlib.Path(other).read_bytes(), path.read_bytes())

    def test_numpys_files(self):
        arrays = {"a/b": np.arange(300000.).reshape(300, 1000), "s": np.array(3), "e": np.zeros((0, 2)),
                  "f": np.asfortranarray(np.arange(24).reshape(2, 3, 4)), "t": np.array([True, False]),
                  "c": np.array([1 + 2j], np.complex64), "u": np.array([2**64 - 1], np.uint64)}
        others = {"text": np.array(["x"]), "big": np.arange(3, dtype=">i4"), "pairs": np.zeros(2, [("x", "<f4")])}
        for save in np.savez, np.savez_compressed:
            save(self.dir / "in.npz", **arrays, **others)
            prefix, left_out = self.convert(self.dir / "in.npz", "c")
            self.assertEqual(set(left_out), set(others))
            self.assertEqual(set(tf.train.load_checkpoint(prefix).get_variable_to_shape_map()), set(arrays))
            self.assert_same(prefix, arrays.get)
            with np.load(self.convert(prefix, "out.npz")[0]) as out:
                self.assertEqual(set(out.files), set(arrays))
                for name in arrays:
                    np.testing.assert_array_equal(out[name], arrays[name])
                    self.assertEqual(out[name].dtype, arrays[name].dtype)

    def test_types_that_numpy_lacks_are_there_bit_for_bit(self):
        with np.load(self.convert(TYPES, "t.npz")[0]) as arrays:
            self.assertEqual(arrays["bfloat16"].view(ml_dtypes.bfloat16).tolist(), [1, -2.5])
            self.assertEqual(arrays["float8_e5m2"].view(ml_dtypes.float8_e5m2).tolist(), [1, -1.5])


if __name__ == "__main__":
    unittest.main()
