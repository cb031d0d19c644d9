"""TensorShape and Dimension by themselves."""
import tensorflow as tf

known = tf.TensorShape([2, 3])
partly = tf.TensorShape([None, 3])
unknown = tf.TensorShape(None)
scalar = tf.TensorShape([])
for s in (known, partly, unknown, scalar):
    print(s, repr(s), s.ndims, s.rank, s.is_fully_defined(), s.num_elements(), bool(s))
print(known[0], repr(known[0]), known[1].value, partly[0].value, known.dims, known.as_list())
print(known[1:], unknown[1:], [d.value for d in known], len(known), tuple(known.as_list()))
print(known == [2, 3], known == partly, known != [2, 4], known == tf.TensorShape((2, 3)))
print(partly.is_compatible_with(known), partly.is_compatible_with([2, 4]),
      unknown.is_compatible_with([1]), known.is_compatible_with([2, 3, 4]))
print(partly.merge_with([5, None]), unknown.merge_with(known), known.concatenate([4]),
      unknown.concatenate(known), partly.with_rank(2), known.with_rank_at_least(1))
print(known.as_proto(), tf.TensorShape(partly.as_proto()))
d = tf.Dimension(6)
print(d + 1, d - 1, d * 2, d // 4, d % 4, 2 * d, 10 - d, d == 6, d < 7, d >= tf.Dimension(6),
      int(d), tf.Dimension(None) + 1, d == tf.Dimension(None), d > None)
print(list(range(d)), [0] * tf.Dimension(2).value)
for wrong in (lambda: known.merge_with([3, 3]), lambda: known.with_rank(3), lambda: len(unknown),
              lambda: unknown.as_list(), lambda: tf.TensorShape([-1]),
              lambda: tf.TensorShape(["a"]),
              lambda: partly.assert_is_fully_defined(), lambda: known.assert_has_rank(1),
              lambda: known.assert_is_compatible_with([1]), lambda: tf.Dimension("x"),
              lambda: [d for d in unknown]):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
