"""What operations with several results return."""

import collections

Unique = collections.namedtuple("Unique", ["y", "idx"])
