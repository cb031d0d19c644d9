"""tf.nest: lists, tuples, named tuples and dicts of anything, in each other.

Dicts are taken in the order of their sorted keys. What is none of these is a leaf, arrays and
strings too.
"""

from __future__ import annotations

import collections
import collections.abc
from typing import Any, Callable, Iterator, Sequence

__all__ = [
    "assert_same_structure", "flatten", "is_nested", "is_sequence", "map_structure",
    "pack_sequence_as",
]


def is_nested(structure: Any) -> bool:
    """Whether it is a list, a tuple or a dict."""
    return isinstance(structure, (list, tuple, collections.abc.Mapping))


is_sequence = is_nested


def _keys(mapping: Any) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def _items(structure: Any) -> list[Any]:
    if isinstance(structure, collections.abc.Mapping):
        return [structure[key] for key in _keys(structure)]
    return list(structure)


def _is_composite(leaf: Any) -> bool:
    return hasattr(leaf, "_with_parts")


def _leaves(structure: Any, expand_composites: bool) -> Iterator[Any]:
    if is_nested(structure):
        for item in _items(structure):
            yield from _leaves(item, expand_composites)
    elif expand_composites and _is_composite(structure):
        yield from structure._fetch_parts()
    else:
        yield structure


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """All leaves; of a leaf a list with it alone.

    Args:
      expand_composites: whether a SparseTensor counts as its three tensors.
    """
    return list(_leaves(structure, expand_composites))


def _like(structure: Any, items: list[Any]) -> Any:
    """A structure of the same kind with other items."""
    if isinstance(structure, collections.abc.Mapping):
        by_key = dict(zip(_keys(structure), items))
        pairs = [(key, by_key[key]) for key in structure]
        if isinstance(structure, collections.defaultdict):
            return type(structure)(structure.default_factory, pairs)
        return type(structure)(pairs)
    if hasattr(structure, "_fields"):
        return type(structure)(*items)
    return type(structure)(items)


def _packed(structure: Any, leaves: Iterator[Any], expand_composites: bool) -> Any:
    if is_nested(structure):
        return _like(structure, [_packed(item, leaves, expand_composites)
                                 for item in _items(structure)])
    if expand_composites and _is_composite(structure):
        return structure._with_parts([next(leaves) for _ in structure._fetch_parts()])
    return next(leaves)


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any],
                     expand_composites: bool = False) -> Any:
    """The structure with other leaves; `expand_composites` is that of `flatten`.

    Raises:
      TypeError: the leaves are no list or tuple.
      ValueError: there are more or fewer of them.
    """
    if not isinstance(flat_sequence, (list, tuple)):
        raise TypeError(f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found "
                        f"incompatible type `{type(flat_sequence)}` instead.")
    wanted = len(flatten(structure, expand_composites))
    if wanted != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {wanted} atoms, but flat_sequence had "
            f"{len(flat_sequence)} items. Structure: {structure}, flat_sequence: {flat_sequence}.")
    return _packed(structure, iter(flat_sequence), expand_composites)


def _differ(nest1: Any, nest2: Any, check_types: bool) -> str | None:
    """What keeps two nests from having one structure. Raises TypeError where types differ."""
    if is_nested(nest1) != is_nested(nest2):
        return f"{nest1!r} and {nest2!r}: only one of them is nested"
    if not is_nested(nest1):
        return None
    mappings = [isinstance(nest, collections.abc.Mapping) for nest in (nest1, nest2)]
    if check_types and type(nest1) is not type(nest2) and not all(mappings):
        raise TypeError(f"The two structures don't have the same sequence type: {type(nest1)} and "
                        f"{type(nest2)}")
    if all(mappings) and set(nest1) != set(nest2):
        return f"the keys {list(nest1)} and {list(nest2)}"
    items = _items(nest1), _items(nest2)
    if len(items[0]) != len(items[1]):
        return f"{nest1!r} and {nest2!r}: {len(items[0])} and {len(items[1])} items"
    return next(filter(None, (_differ(*pair, check_types) for pair in zip(*items))), None)


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True,
                          expand_composites: bool = False) -> None:
    """Raises ValueError unless two nests differ in leaves only.

    Raises:
      TypeError: the types of two lists, tuples or dicts differ, and `check_types` is set.
    """
    difference = _differ(nest1, nest2, check_types)
    if difference:
        raise ValueError("The two structures don't have the same nested structure.\n\n"
                         f"First structure: {nest1}\n\nSecond structure: {nest2}\n\n"
                         f"They differ in {difference}")


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """The first structure with what a function makes of the leaves of all of them.

    Args:
      func: takes a leaf of each.
      *structure: nests of one structure.
      check_types: whether their lists, tuples and dicts have the same types; True.
      expand_composites: that of `flatten`; False.

    Raises:
      TypeError: `func` cannot be called, or types differ.
      ValueError: there is no nest, or the structures differ.
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    expand_composites = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(f"Only valid keyword arguments are check_types and expand_composites, not "
                         f"{sorted(kwargs)}")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types)
    flat = [flatten(each, expand_composites) for each in structure]
    results = [func(*leaves) for leaves in zip(*flat)]
    return pack_sequence_as(structure[0], results, expand_composites)
