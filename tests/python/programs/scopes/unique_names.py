"""Operations that ask for one name get different ones; names are kept apart without case."""
import tensorflow as tf

g = tf.get_default_graph()
for name in ("a", "a", "A", "a_1", "a", "a_1"):
    print(tf.constant(0, name=name).name)
print(g.unique_name("fresh"), g.unique_name("fresh"), g.unique_name("a", mark_as_used=False))
print(g.unique_name("later", mark_as_used=False), g.unique_name("later", mark_as_used=False))
print(tf.constant(0, name="fresh").name)

x = tf.placeholder(tf.float32)
print(x.name, tf.placeholder(tf.int32).name)
print(tf.matmul([[1.0]], [[2.0]]).op.name, tf.matmul([[1.0]], [[2.0]]).op.name)
print(tf.reduce_sum(x).name, tf.reduce_mean(x).name, tf.nn.relu(x).name, tf.nn.softmax([1.0]).name)
print((x * 2).name, (x - 1).name, (x / 3).name, (-x).name, (x ** 2).name, abs(x).name)
print(tf.split(tf.zeros([4]), 2)[1].name, tf.unstack(tf.zeros([2]))[1].name)
print(tf.zeros([2]).name, tf.ones([2, 2]).name, tf.fill([2], 7).name, tf.range(3).name)
print(tf.no_op().name, tf.group(x.op).name, tf.group().name)
print(tf.constant(0, name="trailing/").name)
try:
    tf.constant(0, name="trailing/")
except ValueError as e:
    print(type(e).__name__)

for wrong in ("a:0", "a b", "^a", "ü", "a//", "/a"):
    try:
        print(tf.constant(0, name=wrong).name)
    except Exception as e:
        print(ascii(wrong), type(e).__name__)
