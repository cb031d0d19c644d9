"""Classes drawn beside the true ones, for losses over many classes.

All samplers take `true_classes` (int64 [batch, num_true]) and draw `num_sampled` classes, which are
different if `unique`. They give a named tuple: the classes, and how often the true and the drawn
ones were to be expected.
"""

from __future__ import annotations

from typing import Any, Sequence

from tensorkeep._ops import op_functions
from tensorkeep._ops.random_ops import seeds

__all__ = [
    "all_candidate_sampler", "compute_accidental_hits", "fixed_unigram_candidate_sampler",
    "learned_unigram_candidate_sampler", "log_uniform_candidate_sampler",
    "uniform_candidate_sampler",
]


def _operation(op_name: str, *arguments: Any, seed: int | None, **options: Any) -> Any:
    return op_functions.function(op_name, by_place=True)(*arguments, **seeds(seed), **options)


def uniform_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool,
                              range_max: int, seed: int | None = None,
                              name: str | None = None) -> Any:
    """Classes below `range_max`, all with the same probability."""
    return _operation("uniform_candidate_sampler", true_classes, num_true, num_sampled, unique,
                      range_max, seed=seed, name=name)


def log_uniform_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool,
                                  range_max: int, seed: int | None = None,
                                  name: str | None = None) -> Any:
    """Classes below `range_max`, class k with a probability as log((k + 2) / (k + 1))."""
    return _operation("log_uniform_candidate_sampler", true_classes, num_true, num_sampled, unique,
                      range_max, seed=seed, name=name)


def learned_unigram_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int,
                                      unique: bool, range_max: int, seed: int | None = None,
                                      name: str | None = None) -> Any:
    """Classes below `range_max`, as often as they were among the true ones of earlier runs.

    Raises:
      ValueError: range_max is above 2^31 - 1.
    """
    options = seeds(seed)
    if range_max > 2147483647:
        raise ValueError(f"Value of range_max:{range_max} is too large to handle")
    return op_functions.function("learned_unigram_candidate_sampler", by_place=True)(
        true_classes, num_true, num_sampled, unique, range_max, name=name, **options)


def fixed_unigram_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int,
                                    unique: bool, range_max: int, vocab_file: str = "",
                                    distortion: float = 1.0, num_reserved_ids: int = 0,
                                    num_shards: int = 1, shard: int = 0,
                                    unigrams: Sequence[float] = (), seed: int | None = None,
                                    name: str | None = None) -> Any:
    """Classes below `range_max` with the probabilities of given counts.

    Args:
      true_classes: int64 [batch, num_true].
      num_true: how many true classes a row has.
      num_sampled: how many classes to draw.
      unique: whether they are all different.
      range_max: how many classes there are.
      vocab_file: a file with a line for each class, whose count stands behind the last comma.
      distortion: the counts are raised to this power.
      num_reserved_ids: so many classes come before those with counts, and are never drawn.
      num_shards: how many samplers the classes are dealt out to.
      shard: which of them this one is.
      unigrams: the counts, instead of a file.
      seed: of the operation.
      name: of the operation.

    Returns:
      A named tuple (sampled_candidates, true_expected_count, sampled_expected_count).
    """
    return _operation("fixed_unigram_candidate_sampler", true_classes, num_true, num_sampled,
                      unique, range_max, vocab_file, distortion, num_reserved_ids, num_shards,
                      shard, list(unigrams), seed=seed, name=name)


def all_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool,
                          seed: int | None = None, name: str | None = None) -> Any:
    """All classes below `num_sampled`."""
    return _operation("all_candidate_sampler", true_classes, num_true, num_sampled, unique,
                      seed=seed, name=name)


def compute_accidental_hits(true_classes: Any, sampled_candidates: Any, num_true: int,
                            seed: int | None = None, name: str | None = None) -> Any:
    """Where a drawn class is one of a row's true ones.

    Args:
      true_classes: int64 [batch, num_true].
      sampled_candidates: int64 [num_sampled].
      num_true: how many true classes a row has.
      seed: of the operation, which draws nothing.
      name: of the operation.

    Returns:
      A named tuple of vectors: the rows, which of the drawn classes, and the lowest float32, to be
      added to the logits.
    """
    return _operation("compute_accidental_hits", true_classes, sampled_candidates, num_true,
                      seed=seed, name=name)
