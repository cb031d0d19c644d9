"""Boxes in images, as [y1, x1, y2, x2] in parts of the height and the width."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._ops import raw, windows

__all__ = ["crop_and_resize", "non_max_suppression"]


def crop_and_resize(image: Any, boxes: Any, box_ind: Any = None, crop_size: Any = None,
                    method: str = "bilinear", extrapolation_value: float = 0,
                    name: str | None = None, box_indices: Any = None) -> Any:
    """What is in boxes of images, all in one size.

    Args:
      image: [batch, height, width, channels].
      boxes: float32 [n, 4].
      box_ind: int32 [n]: which image of the batch each box is of; the older name of `box_indices`.
      crop_size: the height and the width of the result; int32.
      method: "bilinear" or "nearest".
      extrapolation_value: for what is outside the image.
      name: of the operation.
      box_indices: int32 [n].

    Returns:
      float32 [n, crop height, crop width, channels].
    """
    indices = windows.renamed("box_indices", box_indices, "box_ind", box_ind)
    return raw.output("CropAndResize", [image, boxes, indices, crop_size], name, method=method,
                      extrapolation_value=extrapolation_value)


def non_max_suppression(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
                        score_threshold: Any = float("-inf"), name: str | None = None) -> Any:
    """From the highest score down, boxes that overlap none of those already chosen by much.

    Args:
      boxes: [n, 4].
      scores: [n].
      max_output_size: how many to choose at most; int32.
      iou_threshold: how much of two boxes' union both may cover.
      score_threshold: boxes with no higher score are left out.
      name: of the operations' scope.

    Returns:
      The numbers of the chosen boxes; int32.
    """
    with tf.name_scope(name, "non_max_suppression"):
        iou_threshold = tf.convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = tf.convert_to_tensor(score_threshold, name="score_threshold")
        return raw.output("NonMaxSuppressionV3",
                          [boxes, scores, max_output_size, iou_threshold, score_threshold])
