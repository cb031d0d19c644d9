"""Arguments of tf.gradients."""

import enum


class AggregationMethod:
    """How the gradients of a tensor that is used several times are added up."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


class UnconnectedGradients(enum.Enum):
    """What the gradient is where there is none."""

    NONE = "none"
    ZERO = "zero"
