"""Tensors that are given by the places of their elements."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorkeep as tf
from tensorkeep._ops import raw


class SparseTensorValue(NamedTuple):
    """What a session gives for a SparseTensor, and what it is fed with: arrays."""

    indices: Any
    values: Any
    dense_shape: Any


class SparseTensor:
    """A tensor of which some elements are given, and the others are 0 or missing.

    Args:
      indices: int64 [n, rank], where each element is; most operations want them in order.
      values: [n], the elements, of any type.
      dense_shape: int64 [rank], the shape of the whole.

    Raises:
      ValueError: the shapes do not fit.
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with tf.name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = tf.convert_to_tensor(indices, name="indices", dtype=tf.int64)
            self._values = tf.convert_to_tensor(values, name="values")
            self._dense_shape = tf.convert_to_tensor(dense_shape, name="dense_shape",
                                                     dtype=tf.int64)
        places = self._indices.shape.with_rank(2)
        elements = self._values.shape.with_rank(1)
        sizes = self._dense_shape.shape.with_rank(1)
        places.dims[0].assert_is_compatible_with(elements.dims[0])
        places.dims[1].assert_is_compatible_with(sizes.dims[0])
        self._static_shape = _known_shape(self._dense_shape)

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """The same of a SparseTensorValue or SparseTensor; TypeError for anything else."""
        if not is_sparse(sparse_tensor_value):
            raise TypeError(f"Argument sparse_tensor_value={sparse_tensor_value} is neither a "
                            "SparseTensor nor SparseTensorValue.")
        return SparseTensor(*_parts(sparse_tensor_value))

    @property
    def indices(self) -> Any:
        """Where the elements are, int64 [n, rank]."""
        return self._indices

    @property
    def values(self) -> Any:
        """The elements, [n]."""
        return self._values

    @property
    def dense_shape(self) -> Any:
        """The shape of the whole, int64 [rank]."""
        return self._dense_shape

    def with_values(self, new_values: Any) -> SparseTensor:
        """Other elements at the same places."""
        return SparseTensor(self._indices, new_values, self._dense_shape)

    @property
    def shape(self) -> Any:
        """The whole's shape, as far as the graph determines it."""
        return self._static_shape

    def get_shape(self) -> Any:
        """The whole's shape, as far as the graph determines it."""
        return self._static_shape

    def set_shape(self, shape: Any) -> None:
        """Adds what is known of the whole's shape; ValueError if it contradicts."""
        self._static_shape = self._static_shape.merge_with(shape)

    @property
    def op(self) -> Any:
        """The operation that makes `values`."""
        return self._values.op

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self._values.dtype

    @property
    def graph(self) -> Any:
        """The graph it is in."""
        return self._indices.graph

    def __repr__(self) -> str:
        return (f"SparseTensor(indices={self._indices}, values={self._values}, "
                f"dense_shape={self._dense_shape})")

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """The three values in a session, a SparseTensorValue."""
        from tensorkeep._client import session as sessions

        return sessions.evaluate(self, feed_dict, session)

    def consumers(self) -> list[Any]:
        """The operations that take one of the three tensors."""
        return [each for part in _parts(self) for each in part.consumers()]

    def __mul__(self, y: Any) -> SparseTensor:
        return self._combined("mul", "SparseDenseCwiseMul", y)

    def __truediv__(self, y: Any) -> SparseTensor:
        return self._combined("truediv", "SparseDenseCwiseDiv", y)

    def __div__(self, y: Any) -> SparseTensor:
        return self._combined("div", "SparseDenseCwiseDiv", y)

    def _combined(self, name: str, op_type: str, y: Any) -> SparseTensor:
        """With a dense tensor, which is broadcast; integers are divided as floating point."""
        with tf.name_scope(None, name, [*_parts(self), y]) as scope:
            y = tf.convert_to_tensor(y, dtype=self.dtype.base_dtype, name="y")
            if name == "truediv":
                values = _true_quotient(*_parts(self), y, scope)
            else:
                values = raw.output(op_type, [*_parts(self), y], scope)
            return SparseTensor(self._indices, values, self._dense_shape)

    # What the extension asks of composed values.

    def _identity(self, name: str) -> SparseTensor:
        del name  # TensorFlow's is not named either
        return self._with_parts([tf.identity(part) for part in _parts(self)])

    def _with_parts(self, parts: list[Any]) -> SparseTensor:
        result = SparseTensor(*parts)
        result.set_shape(self._static_shape)
        return result

    def _cast_tensor(self, dtype: Any, name: str) -> SparseTensor:
        with tf.name_scope(name or None, "Cast", list(_parts(self))) as scope:
            values = tf.cast(self._values, dtype, name=scope)
            return SparseTensor(self._indices, values, self._dense_shape)

    def _shape_tensor(self, name: str, out_type: Any) -> Any:
        with tf.name_scope(name or None, "Shape", list(_parts(self))):
            return raw.output("Cast", [self._dense_shape], DstT=tf.as_dtype(out_type))

    def _size_tensor(self, name: str, out_type: Any) -> Any:
        with tf.name_scope(name or None, "Size", list(_parts(self))) as scope:
            sizes = raw.output("Cast", [self._dense_shape], DstT=tf.as_dtype(out_type))
            return raw.output("Prod", [sizes, 0], scope)

    def _rank_tensor(self, name: str) -> Any:
        return raw.output("Size", [self._dense_shape], name or "Rank")

    def _fetch_parts(self) -> list[Any]:
        return list(_parts(self))

    def _from_fetched(self, parts: list[Any]) -> SparseTensorValue:
        return SparseTensorValue(*parts)


def _parts(sparse: Any) -> tuple[Any, Any, Any]:
    return sparse.indices, sparse.values, sparse.dense_shape


def _known_shape(dense_shape: Any) -> Any:
    from tensorkeep._framework import tensor_util  # pylint: disable=import-outside-toplevel

    return tensor_util.constant_value_as_shape(dense_shape)


def _true_quotient(indices: Any, values: Any, dense_shape: Any, y: Any, name: str) -> Any:
    with tf.name_scope(name, "truediv", [indices, values, dense_shape, y]) as scope:
        dtype = values.dtype.base_dtype
        if dtype.is_integer:
            dtype = tf.float64 if dtype.size >= 4 else tf.float32
            values = raw.output("Cast", [values], DstT=dtype)
            y = raw.output("Cast", [y], DstT=dtype)
        return raw.output("SparseDenseCwiseDiv", [indices, values, dense_shape, y], scope)


def is_sparse(x: Any) -> bool:
    """Whether it is a SparseTensor or a SparseTensorValue."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def as_sparse_tensor(value: Any) -> SparseTensor:
    """A SparseTensor as it is, a SparseTensorValue as constants; TypeError for anything else."""
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None,
                                       name: str | None = None) -> Any:
    """`value` as a SparseTensor if it is one or a SparseTensorValue, else as a tensor.

    Raises:
      RuntimeError: a SparseTensor has another type than `dtype`.
    """
    if not is_sparse(value):
        return tf.convert_to_tensor(value, dtype=dtype, name=name)
    value = as_sparse_tensor(value)
    if dtype is not None and not tf.as_dtype(dtype).is_compatible_with(value.dtype):
        raise RuntimeError(f"Sparse dtype mismatch. Requested: {tf.as_dtype(dtype).name}, "
                           f" Actual: {value.dtype.name}")
    return value
