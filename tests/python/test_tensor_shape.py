"""Static shapes beside TensorFlow's, with Dimensions as TensorFlow 1 has them."""
import copy
import itertools
import operator
import pickle

import numpy as np
import pytest
from tensorflow.python.framework import tensor_shape as theirs

from tensorkeep._framework import tensor_shape as ours

SIZES = [None, 0, 1, 3, 7]
SHAPES = [None, [], [None], [2], [0], [2, 3], [None, 3], [2, None], [None, None], [2, 3, None]]
METHODS = ["assert_has_rank", "with_rank", "with_rank_at_least", "with_rank_at_most"]
PAIR_METHODS = [
    "merge_with", "concatenate", "is_compatible_with", "most_specific_compatible_shape",
    "assert_same_rank", "assert_is_compatible_with", "__add__", "__radd__", "__eq__", "__ne__",
]


@pytest.fixture(autouse=True)
def shapes_of_version_1():
    previous = theirs._TENSORSHAPE_V2_OVERRIDE
    theirs.disable_v2_tensorshape()
    yield
    theirs._TENSORSHAPE_V2_OVERRIDE = previous


def outcome(call):
    """What a call gives, as text that both modules share: a repr, or an error's class and text."""
    try:
        value = call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if type(value).__name__ in ("list_iterator", "generator"):
        value = list(value)
    return repr(value)


def check(call, *args):
    assert outcome(lambda: call(ours, *args)) == outcome(lambda: call(theirs, *args)), args


OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.truediv,
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]


@pytest.mark.parametrize("operate", OPERATORS, ids=lambda o: o.__name__)
def test_operators_of_dimensions(operate):
    for left, right in itertools.product(SIZES, SIZES):
        check(lambda m: operate(m.Dimension(left), m.Dimension(right)))
        check(lambda m: operate(m.Dimension(left), right))
        check(lambda m: operate(left, m.Dimension(right)))


@pytest.mark.parametrize("value", [
    None, 0, 5, -1, 2.0, "3", np.int64(4), np.int64(-4), np.float32(2), [], b"x"], ids=repr)
def test_making_a_dimension(value):
    check(lambda m: m.Dimension(value))
    check(lambda m: m.as_dimension(value))
    check(lambda m: str(m.Dimension(m.Dimension(value))))
    check(lambda m: m.Dimension(3) == value)
    check(lambda m: m.dimension_value(value))


@pytest.mark.parametrize("size", SIZES)
def test_a_dimension_alone(size):
    for call in (repr, str, bool, int, hash, operator.index, copy.copy, lambda d: d.value,
                 lambda d: pickle.loads(pickle.dumps(d))):
        check(lambda m: call(m.Dimension(size)))
    check(lambda m: m.dimension_value(m.Dimension(size)))
    for other in SIZES:
        for name in ("is_compatible_with", "assert_is_compatible_with", "merge_with"):
            check(lambda m: getattr(m.Dimension(size), name)(other))


def test_a_dimension_counts():
    assert list(range(ours.Dimension(3))) == [0, 1, 2]
    assert np.zeros(ours.Dimension(2)).shape == (2,)


class Iterable:
    """Something that only iterates."""

    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        return iter(self.items)

    def __repr__(self):
        return "Iterable"


@pytest.mark.parametrize("dims", SHAPES + [
    5, np.int32(5), (2, 3), range(3), np.array([2, 3]), Iterable(2, None),
    [-1], [2.5], ["a"], -1, 2.5,
], ids=repr)
def test_making_a_shape(dims):
    check(lambda m: m.TensorShape(dims))
    check(lambda m: m.as_shape(dims))
    check(lambda m: m.TensorShape(m.TensorShape(dims)))
    check(lambda m: m.TensorShape([m.Dimension(2)] + list(dims)))


def test_what_is_no_shape():
    for dims in ("ab", Iterable(2, "x")):
        with pytest.raises(TypeError, match="Failed to convert .* to a shape"):
            ours.TensorShape(dims)
        with pytest.raises(TypeError, match="Failed to convert .* to a shape"):
            theirs.TensorShape(dims)


@pytest.mark.parametrize("dims", SHAPES, ids=repr)
def test_a_shape_alone(dims):
    for call in (repr, str, len, bool, list, tuple, hash, copy.deepcopy,
                 lambda s: s.rank, lambda s: s.ndims, lambda s: s.dims, lambda s: s.as_list(),
                 lambda s: s.is_fully_defined(), lambda s: s.num_elements(),
                 lambda s: s.assert_is_fully_defined(), lambda s: pickle.loads(pickle.dumps(s))):
        check(lambda m: call(m.TensorShape(dims)))
    for name in METHODS:
        for rank in range(4):
            check(lambda m: getattr(m.TensorShape(dims), name)(rank))
    check(lambda m: m.TensorShape(dims).with_rank(None))
    for index in range(-3, 3):
        check(lambda m: m.dimension_at_index(m.TensorShape(dims), index))


@pytest.mark.parametrize("name", PAIR_METHODS)
def test_two_shapes(name):
    for left, right in itertools.product(SHAPES, SHAPES):
        check(lambda m: getattr(m.TensorShape(left), name)(m.TensorShape(right)), left, right)
        check(lambda m: getattr(m.TensorShape(left), name)(right), left, right)


@pytest.mark.parametrize("dims", SHAPES, ids=repr)
def test_indexing(dims):
    bounds = [None, -1, 0, 1, 2]
    for key in bounds[1:]:
        check(lambda m: m.TensorShape(dims)[key])
    for start, stop, step in itertools.product(bounds, bounds, [None, 1]):
        check(lambda m: m.TensorShape(dims)[start:stop:step], start, stop, step)


def test_equality_with_other_things():
    for value in (None, 3, [3], "x", object, 2.5):
        check(lambda m: m.TensorShape([3]) == value)
        check(lambda m: m.TensorShape([3]) != value)


def test_unknown_shapes():
    for rank in (None, 0, 2):
        check(lambda m: m.unknown_shape(rank))
        check(lambda m: m.unknown_shape(ndims=rank))
    assert ours.unknown_shape(rank=1).as_list() == [None]
    with pytest.raises(TypeError):
        ours.unknown_shape(dims=3)
    assert ours.scalar() == [] and ours.vector(3) == [3] and ours.matrix(2, None) == [2, None]


def test_inference_accepts_sums_of_lists():
    check(lambda m: [1, 2] + m.TensorShape([3]))
    check(lambda m: m.TensorShape([3]) + [1, None])


@pytest.mark.parametrize("dims", SHAPES, ids=repr)
def test_messages(dims):
    message = ours.TensorShape(dims).as_proto()
    expected = theirs.TensorShape(dims).as_proto()
    assert message.SerializeToString() == expected.SerializeToString()
    for each in (message, expected):
        assert ours.TensorShape(each) == ours.TensorShape(dims)
