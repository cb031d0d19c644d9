"""How copies of a variable in several places would be kept in step; recorded, one place is all there is."""

import enum


class VariableSynchronization(enum.Enum):
    """When copies of a variable would be brought together."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How updates of a variable's copies would be combined."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3  # its older name
