"""Operations that make serialized `Summary` messages of tensors, and their merge."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Iterator, Sequence

import tensorkeep as tf
from tensorkeep._ops import raw

_NOT_IN_TAGS = re.compile(r"[^-/\w.]")


def scalar(name: str, tensor: Any, collections: Sequence[str] | None = None,
           family: str | None = None) -> Any:
    """A summary of one number.

    Args:
      name: of the node; with the scopes around it, the tag that TensorBoard shows.
      tensor: a number of any real type; of shape [].
      collections: keys of the collections that the summary joins; by default
        `[GraphKeys.SUMMARIES]`.
      family: put before the tag: what TensorBoard groups by.

    Returns:
      A string tensor of shape []: the `Summary`, serialized. Running it is an
      InvalidArgumentError if `tensor` is not of shape [].

    Raises:
      TypeError: `tensor` is of no real type.
      ValueError: `name` is None.
    """
    with _summary_scope(name, family, [tensor]) as (tag, scope):
        summary = raw.output("ScalarSummary", [tag, tensor], scope)
        _collect(summary, collections, [tf.GraphKeys.SUMMARIES])
    return summary


def histogram(name: str, values: Any, collections: Sequence[str] | None = None,
              family: str | None = None) -> Any:
    """A summary of how numbers are distributed.

    Args:
      name: as for `scalar`; "HistogramSummary" if there is none.
      values: numbers of any real type and any shape.
      collections: as for `scalar`.
      family: as for `scalar`.

    Returns:
      A string tensor of shape []: the `Summary`, serialized. Running it is an
      InvalidArgumentError if one of the values is not finite.

    Raises:
      TypeError: `values` are of no real type.
    """
    with _summary_scope(name, family, [values], "HistogramSummary") as (tag, scope):
        summary = raw.output("HistogramSummary", [tag, values], scope)
        _collect(summary, collections, [tf.GraphKeys.SUMMARIES])
    return summary


def merge(inputs: Sequence[Any], collections: Sequence[str] | None = None,
          name: str | None = None) -> Any:
    """A summary of everything in several summaries.

    Args:
      inputs: a list of string tensors of any shape: `Summary` messages, serialized.
      collections: keys of the collections that the result joins; none by default.
      name: of the operation.

    Returns:
      A string tensor of shape []: the `Summary`, serialized. Running it is an
      InvalidArgumentError if two of the values have one tag.

    Raises:
      TypeError: one of the inputs is no string.
      ValueError: the list is empty.
    """
    name = _clean_tag(name)
    with tf.name_scope(name, "Merge", inputs):
        summary = raw.output("MergeSummary", [list(inputs)], name)
        _collect(summary, collections, [])
    return summary


def merge_all(key: str = "summaries", scope: str | None = None, name: str | None = None) -> Any:
    """`merge` of all summaries in the default graph.

    Args:
      key: of the collection that holds them.
      scope: a regular expression that the beginnings of their names match.
      name: of the operation.

    Returns:
      As `merge`; None if there are no summaries.
    """
    summaries = tf.get_collection(key, scope=scope)
    return merge(summaries, name=name) if summaries else None


def _collect(summary: Any, collections: Sequence[str] | None, default: Sequence[str]) -> None:
    for key in default if collections is None else collections:
        tf.add_to_collection(key, summary)


def _clean_tag(name: str | None) -> str | None:
    """`name` as a node may be called."""
    if name is None:
        return None
    clean = _NOT_IN_TAGS.sub("_", name).lstrip("/")
    if clean != name:
        tf.logging.info("Summary name %s is illegal; using %s instead.", name, clean)
    return clean


@contextlib.contextmanager
def _summary_scope(name: str | None, family: str | None, values: Sequence[Any],
                   default_name: str | None = None) -> Iterator[tuple[str, str]]:
    """The tag and the scope of a summary. The scope makes the tag one of a kind."""
    name = _clean_tag(name)
    family = _clean_tag(family)
    base = name if family is None else f"{family}/{name}"
    with tf.name_scope(base, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield (tag if family is None else f"{family}/{tag}"), scope
