"""Connectionist temporal classification: sequences of labels with blanks between them."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep._framework.sparse_tensor import SparseTensor
from tensorkeep._ops import raw, windows

__all__ = ["ctc_greedy_decoder", "ctc_loss"]


def ctc_loss(labels: Any, inputs: Any = None, sequence_length: Any = None,
             preprocess_collapse_repeated: bool = False, ctc_merge_repeated: bool = True,
             ignore_longer_outputs_than_inputs: bool = False, time_major: bool = True,
             logits: Any = None) -> Any:
    """How unlikely the labels are, whenever each of them comes.

    Args:
      labels: an int32 SparseTensor [batch, labels] of classes; the last class is the blank.
      inputs: logits [time, batch, classes].
      sequence_length: int32 [batch], how many steps of each sequence count.
      preprocess_collapse_repeated: whether labels that repeat are taken as one.
      ctc_merge_repeated: whether a class that repeats without a blank between is one label.
      ignore_longer_outputs_than_inputs: whether more labels than steps have a loss of 0; an error.
      time_major: False for inputs [batch, time, classes].
      logits: another name of `inputs`.

    Returns:
      [batch], negative logarithms of probabilities.

    Raises:
      TypeError: `labels` is no SparseTensor.
      InvalidArgumentError: when it runs, for labels that are no class or too many.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected argument `labels` to be a SparseTensor. Received "
                        f"labels={labels} of type: {type(labels).__name__}")
    inputs = tf.convert_to_tensor(windows.renamed("logits", logits, "inputs", inputs),
                                  name="logits")
    if not time_major:
        inputs = tf.transpose(inputs, [1, 0, 2])
    dtype = inputs.dtype
    is_narrow = dtype in (tf.float16, tf.bfloat16)
    if is_narrow:
        inputs = tf.cast(inputs, tf.float32)
    loss, _ = raw.operation(
        "CTCLoss", [inputs, labels.indices, labels.values, sequence_length],
        preprocess_collapse_repeated=preprocess_collapse_repeated,
        ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs).outputs
    return tf.cast(loss, dtype) if is_narrow else loss


def ctc_greedy_decoder(inputs: Any, sequence_length: Any, merge_repeated: bool = True,
                       blank_index: int | None = None) -> tuple[list[SparseTensor], Any]:
    """The most likely class of every step, without blanks.

    Args:
      inputs: logits [time, batch, classes].
      sequence_length: int32 [batch], how many steps of each sequence count.
      merge_repeated: whether a class that repeats without a blank between is one label.
      blank_index: which class is the blank, from the end if it is negative; the last.

    Returns:
      ([an int64 SparseTensor [batch, most labels]], [batch, 1] of negative sums of the logits).
    """
    indices, values, shape, score = raw.operation(
        "CTCGreedyDecoder", [inputs, sequence_length], merge_repeated=merge_repeated,
        blank_index=blank_index).outputs
    return [SparseTensor(indices, values, shape)], score
