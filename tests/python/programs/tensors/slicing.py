"""Every form of a subscript."""
import numpy as np
import tensorflow as tf

array = np.arange(2 * 3 * 4).reshape(2, 3, 4)
t = tf.constant(array, tf.int32, name="t")
i = tf.constant(1, name="i")
forms = {
    "[0]": t[0], "[-1]": t[-1], "[0, 1]": t[0, 1], "[0, 1, 2]": t[0, 1, 2],
    "[:]": t[:], "[1:]": t[1:], "[:, 1:3]": t[:, 1:3], "[:, :, ::2]": t[:, :, ::2],
    "[:, ::-1]": t[:, ::-1], "[..., 0]": t[..., 0], "[0, ...]": t[0, ...],
    "[..., ::-2]": t[..., ::-2], "[tf.newaxis]": t[tf.newaxis], "[:, None, 0]": t[:, None, 0],
    "[..., tf.newaxis]": t[..., tf.newaxis], "[i]": t[i], "[i:, :i]": t[i:, :i],
    "[0:1, i, -1]": t[0:1, i, -1], "[-2:]": t[-2:], "[5:]": t[5:], "[0, -1:0:-1]": t[0, -1:0:-1],
    "[...]": t[...], "[np.int64(1)]": t[np.int64(1)],
}
for form, tensor in forms.items():
    print(form, tensor.op.name, tensor.shape)
with tf.Session() as sess:
    for form, value in sess.run(forms).items():
        print(form, value.tolist())
        if "i" not in form:
            assert (value == eval("array" + form)).all(), form

for wrong in (lambda: t[1.5], lambda: t["a"], lambda: t[0, 0, 0, 0], lambda: t[5],
              lambda: t[..., ...], lambda: t[0][0][0][0], lambda: t[::0]):
    try:
        wrong()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
mask = tf.boolean_mask(t, [True, False])
print(mask.op.type, mask.shape, tf.Session().run(mask).shape)
