"""gfile: files and folders."""
import os

import tensorflow as tf
from tensorflow.python.lib.io import file_io
from tensorflow.python.platform import gfile

with tf.gfile.GFile("a.txt", "w") as f:
    f.write("one\ntwo\n\u20ac\n")
with gfile.FastGFile("b.bin", "wb") as f:
    f.write(b"\x00\x01\x02")
print(tf.gfile.GFile("a.txt").read(), tf.gfile.Open("b.bin", "rb").read())
with tf.gfile.GFile("a.txt", "r") as f:
    print(repr(f.readline()), f.tell(), f.readlines(), f.size(), f.name, f.mode)
    f.seek(0)
    print([line for line in f], f.read(3))
with tf.gfile.GFile("a.txt", "a") as f:
    f.write("more")
print(len(tf.gfile.GFile("a.txt", "rb").read()))
tf.gfile.MkDir("d")
tf.gfile.MakeDirs("d/e/f")
tf.gfile.Copy("a.txt", "d/copy.txt")
tf.gfile.Rename("b.bin", "d/e/b.bin", overwrite=True)
print(tf.gfile.Exists("b.bin"), tf.gfile.IsDirectory("d"), tf.gfile.IsDirectory("a.txt"))
print(sorted(tf.gfile.ListDirectory("d")), tf.gfile.Glob("d/*.txt"), tf.gfile.Stat("a.txt").length)
for folder, folders, files in sorted(tf.gfile.Walk("d")):
    print(folder, sorted(folders), sorted(files))
file_io.write_string_to_file("s.txt", "text")
print(file_io.read_file_to_string("s.txt"), file_io.file_exists("s.txt"))
tf.gfile.Remove("s.txt")
for wrong in (lambda: tf.gfile.GFile("none").read(), lambda: tf.gfile.MkDir("d"),
              lambda: tf.gfile.Remove("none"), lambda: tf.gfile.ListDirectory("none"),
              lambda: tf.gfile.Copy("a.txt", "d/copy.txt"), lambda: tf.gfile.Open("x", "q"),
              lambda: tf.gfile.GFile("no/dir/file", "w").write("x"), lambda: tf.gfile.Stat("none")):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
tf.gfile.DeleteRecursively("d")
print(tf.gfile.Exists("d"), sorted(os.listdir(".")))
