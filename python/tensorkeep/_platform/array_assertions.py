"""The assertions of tf.test.TestCase on tensors and arrays."""

from __future__ import annotations

import collections.abc
from typing import Any, Callable

import numpy as np
import tensorkeep as tf


class ArrayAssertions:
    """Mixed into a TestCase that has `evaluate`. Tensors among the arguments are run."""

    def _array(self, value: Any) -> np.ndarray:
        if isinstance(value, np.ndarray):
            return value
        if tf.is_tensor(value) or isinstance(value, tf.Variable):
            value = self.evaluate(value)
        elif isinstance(value, (list, tuple)) and any(map(tf.is_tensor, value)):
            value = self.evaluate(list(value))
        try:
            return np.array(value)
        except ValueError:  # rows of different lengths
            return np.array(value, dtype=object)

    def _arrays(self, a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
        if tf.is_tensor(a) and tf.is_tensor(b):
            a, b = self.evaluate((a, b))  # by one run, so that random numbers are the same
        return self._array(a), self._array(b)

    def _same_shape(self, a: np.ndarray, b: np.ndarray, msg: str | None) -> None:
        text = f"Shape mismatch: expected {a.shape}, got {b.shape}."
        if b.ndim <= 3 or b.size < 500:
            text += f" Contents: {b!r}."
        self.assertEqual(a.shape, b.shape, f"{text} {msg or ''}")

    def _fail_where(self, wrong: np.ndarray, a: np.ndarray, b: np.ndarray, what: str,
                    msg: str | None) -> None:
        if not np.any(wrong):
            return
        text = [msg] if msg else []
        if np.ndim(wrong):
            text.append(f"{what} where = {np.where(wrong)}")
            a, b = a[wrong], b[wrong]
        text += [f"{what} lhs = {a!r}", f"{what} rhs = {b!r}"]
        self.fail("\n".join(text))

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Asserts equal shapes and equal elements; NaN equals NaN, text its UTF-8 bytes.

        Args:
          a: the expected array, or what numpy makes one of, or a tensor.
          b: the actual one.
          msg: a text before the failure's.
        """
        a, b = self._arrays(a, b)
        self._same_shape(a, b, msg)
        if a.dtype.kind in "USO" or b.dtype.kind in "USO":
            a, b = _as_bytes(a), _as_bytes(b)
        same = np.asarray(a == b)
        if a.dtype.kind in "fcV" and b.dtype.kind in "fcV":
            same = same | (_is_nan(a) & _is_nan(b))
        self._fail_where(~same, a, b, "not equal", msg)

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Asserts that something differs, an element or the shape."""
        self._assert_fails(self.assertAllEqual, "equal", msg, a, b)

    def _assert_fails(self, assertion: Callable, what: str, msg: str | None, *args: Any,
                      **kwargs: Any) -> None:
        try:
            assertion(*args, **kwargs)
        except AssertionError:
            return
        self.fail(f"The two values are {what} at all elements. {msg or ''}")

    def _arrays_close(self, a: Any, b: Any, rtol: float, atol: float, msg: str | None) -> None:
        a, b = self._arrays(a, b)
        self._same_shape(a, b, msg)
        a, b = _widened(a), _widened(b)
        close = np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
        self._fail_where(~close, a, b, "not close", msg)

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6,
                       msg: str | None = None) -> None:
        """Asserts equal shapes and `|a - b| <= atol + rtol * |b|` for every element.

        Args:
          a: the expected array or tensor, or a nest of dicts, named tuples, tuples and lists of
            them.
          b: the actual one, of the same structure.
          rtol: relative tolerance.
          atol: absolute tolerance.
          msg: a text before the failure's.

        Raises:
          ValueError: the structures differ.
        """
        self._nests_close(a, b, rtol, atol, msg, "")

    def _nests_close(self, a: Any, b: Any, rtol: float, atol: float, msg: str | None,
                     path: str) -> None:
        a, b = (value._asdict() if hasattr(value, "_asdict") else value for value in (a, b))
        if isinstance(a, collections.abc.Mapping) or isinstance(b, collections.abc.Mapping):
            if not (isinstance(a, collections.abc.Mapping)
                    and isinstance(b, collections.abc.Mapping)):
                raise ValueError(
                    f"Can't compare dict to non-dict, a{path} vs b{path}. {msg or ''}")
            self.assertEqual(set(a), set(b), f"mismatched keys of a{path} and b{path}.")
            for key in a:
                self._nests_close(a[key], b[key], rtol, atol, msg, f"{path}[{key}]")
            return
        message = f"Mismatched value: a{path} is different from b{path}. {msg or ''}"
        if not isinstance(a, (list, tuple)):
            self._arrays_close(a, b, rtol, atol, message)
            return
        try:
            self._arrays_close(a, b, rtol, atol, message)
        except (ValueError, TypeError, NotImplementedError):
            if len(a) != len(b):
                raise ValueError(f"Mismatched length: a{path} has {len(a)} items, but b{path} has "
                                 f"{len(b)} items. {msg or ''}") from None
            for index, (left, right) in enumerate(zip(a, b)):
                self._nests_close(left, right, rtol, atol, msg, f"{path}[{index}]")

    def assertAllCloseAccordingToType(
            self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, float_rtol: float = 1e-6,
            float_atol: float = 1e-6, half_rtol: float = 1e-3, half_atol: float = 1e-3,
            bfloat16_rtol: float = 1e-2, bfloat16_atol: float = 1e-2,
            msg: str | None = None) -> None:
        """`assertAllClose` with the tolerances of the narrower of the two types."""
        a, b = self._arrays(a, b)
        for names, type_rtol, type_atol in (
                (("float32", "complex64"), float_rtol, float_atol),
                (("float16",), half_rtol, half_atol),
                (("bfloat16",), bfloat16_rtol, bfloat16_atol)):
            if a.dtype.name in names or b.dtype.name in names:
                rtol, atol = max(rtol, type_rtol), max(atol, type_atol)
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6,
                          msg: str | None = None) -> None:
        """Asserts that `assertAllClose` would fail."""
        self._assert_fails(self.assertAllClose, "close", msg, a, b, rtol=rtol, atol=atol)

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Asserts that every element is greater."""
        self.assertGreater(np.min(self._array(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Asserts that every element is less."""
        self.assertLess(np.max(self._array(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """Asserts that every element is greater or equal."""
        self.assertGreaterEqual(np.min(self._array(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """Asserts that every element is less or equal."""
        self.assertLessEqual(np.max(self._array(a)), comparison_target)

    def assertAllInRange(self, target: Any, lower_bound: Any, upper_bound: Any,
                         open_lower_bound: bool = False, open_upper_bound: bool = False) -> None:
        """Asserts that every element lies between the bounds, which belong to it unless open."""
        target = _widened(self._array(target))
        low = target <= lower_bound if open_lower_bound else target < lower_bound
        high = target >= upper_bound if open_upper_bound else target > upper_bound
        wrong = low | high | (_is_nan(target) if target.dtype.kind in "fc" else False)
        if np.any(wrong):
            bounds = (f"{'(' if open_lower_bound else '['}{lower_bound}, {upper_bound}"
                      f"{')' if open_upper_bound else ']'}")
            self.fail(f"{target[wrong]!r} not in the range {bounds}")

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Asserts that every element is one of the expected ones."""
        others = np.setdiff1d(self._array(target), list(expected_set))
        if others.size:
            self.fail(f"{others.size} unique element(s) are not in the set {expected_set}: "
                      f"{others[:10]}")

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """Asserts the type of an array's or a tensor's elements."""
        dtype = target.dtype if hasattr(target, "dtype") else self._array(target).dtype
        self.assertEqual(tf.as_dtype(dtype), tf.as_dtype(expected_dtype))

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """Asserts that an array's shape is the one that the graph knows for a tensor.

        Raises:
          TypeError: one is no array or tensor, or the wrong way round.
        """
        arrays = (np.ndarray, np.generic)
        for value in (np_array, tf_tensor):
            if not isinstance(value, arrays) and not tf.is_tensor(value):
                raise TypeError(f"must be an array or a tensor: {value!r}")
        shapes = [value.shape if isinstance(value, arrays) else tuple(value.get_shape().as_list())
                  for value in (np_array, tf_tensor)]
        self.assertEqual(tuple(shapes[0]), tuple(shapes[1]), msg)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Asserts `|f1 - f2| <= err`, or that both are the same infinity or NaN."""
        near = f1 == f2 or abs(f1 - f2) <= err or (f1 != f1 and f2 != f2)
        self.assertTrue(near, f"{f1!r} != {f2!r} +/- {err!r}{f' ({msg})' if msg else ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float,
                        msg: str | None = None) -> None:
        """`assertNear` for the items of two lists of one length."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for left, right in zip(farray1, farray2):
            self.assertNear(float(left), float(right), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float,
                          msg: str | None = None) -> None:
        """Asserts that the difference of two arrays has a norm below `err`."""
        difference = np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2))
        self.assertTrue(difference < err, msg)


def _as_bytes(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "USO":
        return array
    flat = [item.encode() if isinstance(item, str) else item for item in array.ravel().tolist()]
    result = np.empty(array.size, dtype=object)
    result[:] = flat
    return result.reshape(array.shape)


def _widened(array: np.ndarray) -> np.ndarray:
    """What numpy cannot compare by itself (bfloat16, float8) as float32."""
    return array.astype(np.float32) if array.dtype.kind == "V" else array


def _is_nan(array: np.ndarray) -> np.ndarray:
    return np.isnan(_widened(array))
