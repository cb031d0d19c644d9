"""Static shapes: what is known of a tensor's dimensions before a run.

Indexing and iterating give Dimension objects, as in TensorFlow 1.
"""
from __future__ import annotations

from tensorkeep._framework.dimension import Dimension, as_dimension, dimension_value  # noqa: F401


class TensorShape:
    """A shape: a list of dimensions, some of which may be unknown, or nothing at all known.

    Args:
      dims: None for an unknown rank; a TensorShape; a TensorShapeProto; one size; or an iterable
        of sizes, Dimensions and None.

    Raises:
      TypeError: `dims` holds something that is no size.
    """

    __slots__ = ("_dims",)

    def __init__(self, dims):
        if dims is None:
            self._dims = None
        elif isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif isinstance(dims, (tuple, list)):
            self._dims = tuple(as_dimension(d).value for d in dims)
        elif hasattr(dims, "unknown_rank"):
            self._dims = None if dims.unknown_rank else tuple(
                None if d.size == -1 else d.size for d in dims.dim)
        else:
            self._dims = _dims_of(dims)

    @property
    def rank(self):
        """The number of dimensions, or None."""
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self):
        """The number of dimensions, or None."""
        return self.rank

    @property
    def dims(self):
        """A list of Dimensions, or None."""
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    def as_list(self):
        """The sizes, None for each unknown one.

        Raises:
          ValueError: the rank is unknown.
        """
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def as_proto(self):
        """This shape as a TensorShapeProto."""
        from tensorkeep._framework.protos import TensorShapeProto
        if self._dims is None:
            return TensorShapeProto(unknown_rank=True)
        return TensorShapeProto(dim=[
            TensorShapeProto.Dim(size=-1 if d is None else d) for d in self._dims])

    def is_fully_defined(self):
        """Whether every dimension is known."""
        return self._dims is not None and None not in self._dims

    def num_elements(self):
        """The product of the sizes, or None if one of them is unknown."""
        if not self.is_fully_defined():
            return None
        product = 1
        for d in self._dims:
            product *= d
        return product

    def merge_with(self, other):
        """The shape in which a dimension is known if it is known in one of both.

        Raises:
          ValueError: the shapes cannot be the same.
        """
        other = as_shape(other)
        if self._dims is None:
            return other
        if other._dims is None:
            return self
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        return TensorShape([b if a is None else a for a, b in zip(self._dims, other._dims)])

    def concatenate(self, other):
        """The dimensions of both, one after the other; unknown if one of the ranks is."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return unknown_shape()
        return TensorShape(self._dims + other._dims)

    def with_rank(self, rank):
        """This shape, with `rank` unknown dimensions if it had no rank.

        Raises:
          ValueError: the rank is another.
        """
        try:
            return self.merge_with(unknown_shape(rank))
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank):
        """This shape. Raises ValueError if its rank is less than `rank`."""
        if self._dims is not None and self.rank < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank):
        """This shape. Raises ValueError if its rank is more than `rank`."""
        if self._dims is not None and self.rank > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def is_compatible_with(self, other):
        """Whether a tensor might have both shapes."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        return self.rank == other.rank and all(
            a is None or b is None or a == b for a, b in zip(self._dims, other._dims))

    def most_specific_compatible_shape(self, other):
        """The shape that keeps only the dimensions in which both agree."""
        other = as_shape(other)
        if self._dims is None or other._dims is None or self.rank != other.rank:
            return unknown_shape()
        return TensorShape([a if a == b else None for a, b in zip(self._dims, other._dims)])

    def assert_same_rank(self, other):
        """Raises ValueError if both ranks are known and differ."""
        other = as_shape(other)
        if None not in (self.rank, other.rank) and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_has_rank(self, rank):
        """Raises ValueError if the rank is known and not `rank`."""
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_is_compatible_with(self, other):
        """Raises ValueError unless a tensor might have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_is_fully_defined(self):
        """Raises ValueError if a dimension is unknown."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def __getitem__(self, key):
        """A Dimension, or for a slice a TensorShape."""
        if self._dims is not None:
            return TensorShape(self._dims[key]) if isinstance(key, slice) else self.dims[key]
        if not isinstance(key, slice):
            return Dimension(None)
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        start = key.start or 0
        if key.stop is None or start < 0 or key.stop < 0:
            return unknown_shape()
        return unknown_shape(key.stop - start)

    def __iter__(self):
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter(self.dims)

    def __len__(self):
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self):
        """Whether the rank is known."""
        return self._dims is not None

    def __add__(self, other):
        return self.concatenate(other)

    def __radd__(self, other):
        return as_shape(other).concatenate(self)

    def __eq__(self, other):
        """Whether the same is known of both shapes."""
        try:
            return self._dims == as_shape(other)._dims
        except TypeError:
            return NotImplemented

    def __hash__(self):
        return hash(self._dims)

    def __reduce__(self):
        return TensorShape, (self._dims,)

    def __str__(self):
        if self._dims is None:
            return "<unknown>"
        sizes = ", ".join(map(str, self.dims))
        return f"({sizes},)" if self.rank == 1 else f"({sizes})"

    def __repr__(self):
        return f"TensorShape({self.dims})"


def _dims_of(dims):
    """The sizes in an iterable, or the one size that `dims` is."""
    try:
        items = iter(dims)
    except TypeError:
        return (as_dimension(dims).value,)
    sizes = []
    for item in items:
        try:
            sizes.append(as_dimension(item).value)
        except TypeError as error:
            raise TypeError(
                f"Failed to convert '{dims!r}' to a shape: '{item!r}' could not be converted to a "
                "dimension. A shape is one size (10) or an iterable of sizes ([1, 10, None])."
            ) from error
    return tuple(sizes)


def as_shape(shape):
    """`shape` if it is a TensorShape, else the TensorShape of those dimensions."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def dimension_at_index(shape, index):
    """A shape's Dimension at `index`, unknown if the rank is unknown."""
    return Dimension(None) if shape.rank is None else shape.dims[index]


def unknown_shape(rank=None, ndims=None):
    """The shape of which nothing is known, or only the rank."""
    if rank is None:
        rank = ndims
    return TensorShape(None if rank is None else [None] * rank)


def scalar():
    """The shape of a scalar."""
    return TensorShape([])


def vector(length):
    """The shape of a vector of `length` elements."""
    return TensorShape([length])


def matrix(rows, cols):
    """The shape of a matrix."""
    return TensorShape([rows, cols])
