"""One dimension of a static shape."""
from __future__ import annotations

import operator


def _arithmetic(operate, reflected=False):
    """An operator of two Dimensions; the result is unknown if one of them is."""
    def method(self, other):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        left, right = (other, self) if reflected else (self, other)
        if left.value is None or right.value is None:
            return Dimension(None)
        return Dimension(operate(left.value, right.value))
    return method


def _equality(compare):
    def method(self, other):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        return _known(compare, self, other)
    return method


def _ordering(compare):
    def method(self, other):
        return _known(compare, self, as_dimension(other))
    return method


def _known(compare, left, right):
    if left.value is None or right.value is None:
        return None
    return compare(left.value, right.value)


def _no_true_division(left_type, right_type):
    raise TypeError(f"unsupported operand type(s) for /: '{left_type}' and '{right_type}', "
                    "please use // instead")


class Dimension:
    """The size of one dimension, None if unknown.

    Comparisons with an unknown dimension give None, arithmetic an unknown dimension.
    """

    __slots__ = ("_value",)
    __hash__ = None  # equal ones would include unknown ones

    def __init__(self, value):
        if value is None:
            self._value = None
        elif isinstance(value, Dimension):
            self._value = value._value
        else:
            try:
                self._value = operator.index(value)
            except TypeError:
                raise TypeError(
                    "Dimension value must be integer or None or have an __index__ method, got "
                    f"value '{value!r}' with type '{type(value)!r}'") from None
            if self._value < 0:
                raise ValueError(f"Dimension {self._value} must be >= 0")

    @property
    def value(self):
        """The size, an int; None if it is unknown."""
        return self._value

    def is_compatible_with(self, other):
        """Whether both may be the same size."""
        other = as_dimension(other)
        return self._value is None or other.value is None or self._value == other.value

    def assert_is_compatible_with(self, other):
        """Raises ValueError unless both may be the same size."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other):
        """The Dimension that is known if one of both is.

        Raises:
          ValueError: the sizes are known and differ.
        """
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other if self._value is None else self)

    __eq__ = _equality(operator.eq)
    __ne__ = _equality(operator.ne)
    __lt__ = _ordering(operator.lt)
    __le__ = _ordering(operator.le)
    __gt__ = _ordering(operator.gt)
    __ge__ = _ordering(operator.ge)

    __add__ = __radd__ = _arithmetic(operator.add)
    __mul__ = __rmul__ = _arithmetic(operator.mul)
    __sub__ = _arithmetic(operator.sub)
    __rsub__ = _arithmetic(operator.sub, reflected=True)
    __floordiv__ = _arithmetic(operator.floordiv)
    __rfloordiv__ = _arithmetic(operator.floordiv, reflected=True)
    __mod__ = _arithmetic(operator.mod)
    __rmod__ = _arithmetic(operator.mod, reflected=True)

    def __truediv__(self, other):
        _no_true_division("Dimension", type(other).__name__)

    def __rtruediv__(self, other):
        _no_true_division(type(other).__name__, "Dimension")

    def __bool__(self):
        return bool(self._value)

    def __int__(self):
        return self._value

    def __index__(self):
        return self._value

    def __reduce__(self):
        return Dimension, (self._value,)

    def __str__(self):
        return "?" if self._value is None else str(self._value)

    def __repr__(self):
        return f"Dimension({self._value!r})"


def as_dimension(value):
    """`value` if it is a Dimension, else the Dimension of that size."""
    return value if isinstance(value, Dimension) else Dimension(value)


def dimension_value(dimension):
    """The size of a Dimension; anything else, as sizes are in TensorFlow 2, itself."""
    return dimension.value if isinstance(dimension, Dimension) else dimension
