"""tf.global_norm, clip_by_global_norm and clip_by_average_norm: gradients kept from exploding."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf

__all__ = ["clip_by_average_norm", "clip_by_global_norm", "global_norm"]


def _values(tensors: Sequence[Any]) -> list[Any]:
    """Their values as tensors; what is None stays so."""
    return [
        None if t is None else tf.convert_to_tensor(
            t.values if isinstance(t, tf.IndexedSlices) else t, name=f"t_{i}")
        for i, t in enumerate(tensors)
    ]


def _checked_list(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, (str, bytes)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    return list(t_list)


def global_norm(t_list: Sequence[Any], name: str | None = None) -> Any:
    """sqrt(sum(t^2)) over all elements of all tensors, a scalar.

    Args:
      t_list: tensors, IndexedSlices and None, which is passed over.
      name: of the operations' scope.

    Raises:
      TypeError: `t_list` is no sequence.
    """
    t_list = _checked_list(t_list)
    with tf.name_scope(name, "global_norm", t_list):
        halves = []
        for value in _values(t_list):
            if value is not None:
                with tf.colocate_with(value):
                    halves.append(tf.nn.l2_loss(value))
        half = tf.reduce_sum(tf.stack(halves))
        return tf.sqrt(half * tf.constant(2.0, dtype=half.dtype), name="global_norm")


def clip_by_global_norm(t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None,
                        name: str | None = None) -> tuple[list[Any], Any]:
    """Scales all tensors by one factor, so that their global norm is `clip_norm` at most.

    Args:
      t_list: tensors, IndexedSlices and None.
      clip_norm: a scalar above 0.
      use_norm: their `global_norm`, where it is known already.
      name: of the operations' scope.

    Returns:
      The scaled tensors, and the norm they had. All of them are NaN if that is infinite or NaN.

    Raises:
      TypeError: `t_list` is no sequence.
    """
    t_list = _checked_list(t_list)
    if use_norm is None:
        use_norm = global_norm(t_list, name)
    with tf.name_scope(name, "clip_by_global_norm", [*t_list, clip_norm]) as scope:
        scale = clip_norm * tf.minimum(
            1.0 / use_norm, tf.constant(1.0, dtype=use_norm.dtype) / clip_norm)
        scale = scale + (use_norm - use_norm)  # NaN where the norm is not finite
        clipped = []
        for i, (t, value) in enumerate(zip(t_list, _values(t_list))):
            if value is not None:
                with tf.colocate_with(value):
                    value = tf.identity(value * tf.cast(scale, value.dtype), name=f"{scope}_{i}")
                if isinstance(t, tf.IndexedSlices):
                    value = tf.IndexedSlices(value, t.indices, t.dense_shape)
            clipped.append(value)
        return clipped, use_norm


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Any:
    """Scales `t` so that its norm over the number of its elements is `clip_norm` at most."""
    with tf.name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = tf.convert_to_tensor(t, name="t")
        count = tf.cast(tf.size(t), tf.float32)
        inverse_norm = tf.rsqrt(tf.reduce_sum(t * t, tf.range(tf.rank(t))))
        scaled = t * clip_norm
        factor = tf.minimum(inverse_norm * count, tf.constant(1.0) / clip_norm)
        return tf.identity(scaled * factor, name=scope)
