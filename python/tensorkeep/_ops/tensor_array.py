"""tf.TensorArray: an array of tensors that a loop fills and reads, one element an iteration.

Every write gives a new object, whose `flow` stands for the array after it: what reads that object
comes after the write.
"""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

import tensorkeep as tf
from tensorkeep._ops import raw

__all__ = ["TensorArray"]


class TensorArray:
    """An array of tensors of one type.

    Args:
      dtype: of the elements.
      size: how many; a number or an int32 scalar.
      dynamic_size: whether writing behind the end makes it larger.
      clear_after_read: whether an element can be read once only; True.
      tensor_array_name: of the resource.
      handle, flow: those of another TensorArray, which this one then stands for.
      infer_shape: whether all elements have the shape of the first.
      element_shape: that shape, where it is known.
      colocate_with_first_write_call: whether it goes to the device of the first value.
      name: of the operations' scope.

    Raises:
      ValueError: neither `size` nor `handle`, or options of both.
    """

    def __init__(self, dtype: Any, size: Any = None, dynamic_size: bool | None = None,
                 clear_after_read: bool | None = None, tensor_array_name: str | None = None,
                 handle: Any = None, flow: Any = None, infer_shape: bool = True,
                 element_shape: Any = None, colocate_with_first_write_call: bool = True,
                 name: str | None = None) -> None:
        if handle is None and size is None:
            raise ValueError("Argument `size` must be provided if handle is not provided.")
        for key, value in (("size", size), ("element_shape", element_shape),
                           ("dynamic_size", dynamic_size), ("clear_after_read", clear_after_read),
                           ("tensor_array_name", tensor_array_name)):
            if handle is not None and value is not None:
                raise ValueError(f"Cannot provide both `handle` and `{key}` arguments at the same "
                                 "time.")
        if handle is not None and flow is None:
            raise ValueError("flow must not be None if handle is not None.")
        self._dtype = tf.as_dtype(dtype).base_dtype
        self._dynamic_size = bool(dynamic_size)
        self._size = size
        self._infer_shape = infer_shape
        # Shared by all objects that stand for one array.
        self._element_shape = [tf.TensorShape(element_shape)]
        self._first_value: list[Any] | None = [] if colocate_with_first_write_call else None
        with tf.name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is None:
                with self._anywhere():
                    handle, flow = raw.operation(
                        "TensorArrayV3", [size], scope, dtype=self._dtype,
                        element_shape=tf.TensorShape(element_shape),
                        identical_element_shapes=infer_shape, dynamic_size=self._dynamic_size,
                        clear_after_read=clear_after_read is not False,
                        tensor_array_name=tensor_array_name or "").outputs
        self._handle, self._flow = handle, flow

    @contextlib.contextmanager
    def _anywhere(self) -> Iterator[None]:
        """Where the first value will decide, no scope does."""
        if self._first_value is None:
            yield
            return
        with tf.device(None), tf.colocate_with(None, ignore_existing=True):
            yield

    @contextlib.contextmanager
    def _beside_first(self, value: Any) -> Iterator[None]:
        if self._first_value is None:
            yield
            return
        if not self._first_value:
            self._first_value.append(value)
        with tf.colocate_with(self._first_value[0]):
            yield

    def _with_flow(self, flow: Any, takes_name: bool = True) -> TensorArray:
        """The same array after what `flow` stands for."""
        if takes_name:  # as in TensorFlow, where a scope is opened around each object
            with tf.name_scope(None, "TensorArray", [self._handle, flow]):
                pass
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._flow = flow
        return new

    @property
    def dtype(self) -> Any:
        """The elements' type."""
        return self._dtype

    @property
    def handle(self) -> Any:
        """The resource."""
        return self._handle

    @property
    def flow(self) -> Any:
        """A float32 scalar that is there when all writes before are done."""
        return self._flow

    @property
    def element_shape(self) -> Any:
        """The elements' shape, as far as it is known."""
        return self._element_shape[0]

    @property
    def dynamic_size(self) -> bool:
        """Whether it grows."""
        return self._dynamic_size

    def _merge_shape(self, shape: Any) -> None:
        if not shape.is_compatible_with(self.element_shape):
            raise ValueError(f"Inconsistent shapes: saw {shape} but expected {self.element_shape} ")
        if self._infer_shape:
            self._element_shape[0] = self.element_shape.merge_with(shape)

    def _as_value(self, value: Any) -> Any:
        return tf.convert_to_tensor(value, preferred_dtype=self._dtype, name="value")

    def identity(self) -> TensorArray:
        """The same array; control dependencies hold for what comes of it."""
        return self._with_flow(tf.identity(self._flow))

    def read(self, index: Any, name: str | None = None) -> Any:
        """Element `index`, a tensor."""
        value = raw.output("TensorArrayReadV3", [self._handle, index, self._flow], name,
                           dtype=self._dtype)
        value.set_shape(self.element_shape)
        return value

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with `value` as element `index`.

        Raises:
          ValueError: the value's shape is not that of the elements.
        """
        with tf.name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = self._as_value(value)
            self._merge_shape(value.shape)
            with self._beside_first(value):
                flow = raw.output("TensorArrayWriteV3", [self._handle, index, value, self._flow],
                                  name)
            return self._with_flow(flow)

    def stack(self, name: str | None = None) -> Any:
        """All elements along a new first dimension."""
        with tf.colocate_with(self._handle):
            with tf.name_scope(name, "TensorArrayStack", [self._handle]):
                value = self.gather(tf.range(0, self.size()), name=name)
                if not self._dynamic_size and self._size is not None:
                    value.set_shape(self._with_count(tf.get_static_value(self._size)
                                                     if isinstance(self._size, tf.Tensor)
                                                     else self._size))
                return value

    def _with_count(self, count: Any) -> Any:
        return tf.TensorShape([None if count is None else int(count)]).concatenate(
            self.element_shape)

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """The elements `indices`, a vector, along a new first dimension."""
        value = raw.output("TensorArrayGatherV3", [self._handle, indices, self._flow], name,
                           dtype=self._dtype, element_shape=self.element_shape)
        value.set_shape(self._with_count(None))
        return value

    def concat(self, name: str | None = None) -> Any:
        """All elements one after the other along their first dimension."""
        shape = self.element_shape
        rest = tf.TensorShape(None) if shape.ndims is None else tf.TensorShape(shape.as_list()[1:])
        value = raw.operation("TensorArrayConcatV3", [self._handle, self._flow], name,
                              dtype=self._dtype, element_shape_except0=rest).outputs[0]
        count = tf.get_static_value(self.size()) if shape.ndims and self._infer_shape else None
        if count is not None and shape.as_list()[0] is not None:
            value.set_shape([int(count) * shape.as_list()[0]] + rest.as_list())
        elif shape.ndims is not None:
            value.set_shape([None] + rest.as_list())
        return value

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array with the rows of `value` as its elements."""
        with tf.name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            count = tf.shape(value)[0]
            return self.scatter(tf.range(0, count), value, name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with the rows of `value` as the elements `indices`."""
        with tf.name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = self._as_value(value)
            if value.shape.ndims is not None:
                self._merge_shape(tf.TensorShape(value.shape.as_list()[1:]))
            with self._beside_first(value):
                flow = raw.output("TensorArrayScatterV3",
                                  [self._handle, indices, value, self._flow], name)
            return self._with_flow(flow)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array with parts of `value`, so many rows each, as its elements."""
        with tf.name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = tf.convert_to_tensor(value, dtype=self._dtype, name="value")
            with self._beside_first(value):
                lengths = tf.cast(lengths, tf.int64)
                known = tf.get_static_value(lengths)
                if value.shape.ndims is not None and known is not None and known.ndim:
                    if known.max() == known.min():
                        self._merge_shape(tf.TensorShape([int(known[0])]
                                                         + value.shape.as_list()[1:]))
                flow = raw.output("TensorArraySplitV3", [self._handle, value, lengths, self._flow],
                                  name)
            return self._with_flow(flow)

    def size(self, name: str | None = None) -> Any:
        """How many elements there are, an int32 scalar."""
        if not self._dynamic_size and self._size is not None:
            return tf.convert_to_tensor(self._size, dtype=tf.int32)
        return raw.output("TensorArraySizeV3", [self._handle, self._flow], name)

    def close(self, name: str | None = None) -> Any:
        """An operation that frees the array."""
        return raw.operation("TensorArrayCloseV3", [self._handle], name)
