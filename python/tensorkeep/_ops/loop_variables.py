"""Variables that are made inside a loop over rows or steps."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

import tensorkeep as tf

# A device that says nothing: what is cached there is cached, wherever it is.
_ANY_DEVICE = "/"


def cache_reads(scope: Any) -> bool:
    """Lets a variable made in `scope` be read once, outside of a loop, not in each iteration.

    Returns:
      Whether that is new.
    """
    if scope.caching_device is not None:
        return False
    scope.set_caching_device(_ANY_DEVICE)
    return True


@contextlib.contextmanager
def cached_reads() -> Iterator[None]:
    """The same for the scope of the moment, for as long as the context lasts."""
    scope = tf.get_variable_scope()
    is_new = cache_reads(scope)
    try:
        yield
    finally:
        if is_new:
            scope.set_caching_device(None)
