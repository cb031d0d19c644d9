"""SignatureDef messages: which tensors of a graph are its inputs and outputs."""

from __future__ import annotations

from typing import Any

import tensorkeep as tf
from tensorkeep import _core
from tensorkeep._framework import errors, protos
from tensorkeep._saved_model import constants
from tensorkeep._saved_model.tensor_info import (build_tensor_info, build_tensor_info_from_op,
                                                 get_element_from_tensor_info)

__all__ = [
    "build_signature_def", "classification_signature_def", "load_op_from_signature_def",
    "op_signature_def", "predict_signature_def", "regression_signature_def",
    "supervised_eval_signature_def", "supervised_train_signature_def",
]


def build_signature_def(inputs: Any = None, outputs: Any = None, method_name: str | None = None,
                        defaults: Any = None) -> Any:
    """A SignatureDef of its parts.

    Args:
      inputs: TensorInfos by name.
      outputs: TensorInfos by name.
      method_name: what kind of signature it is.
      defaults: constant tensors, for inputs that may be left out.

    Raises:
      ValueError: a default is no constant.
    """
    signature_def = protos.SignatureDef()
    for into, infos in ((signature_def.inputs, inputs), (signature_def.outputs, outputs)):
        for key in infos or ():
            into[key].CopyFrom(protos.as_message(infos[key], protos.TensorInfo))
    if method_name is not None:
        signature_def.method_name = method_name
    for key, default in (defaults or {}).items():
        if default.op.type != "Const":
            raise ValueError(f"Unable to convert object {default} of type {type(default)} to "
                             "TensorProto.")
        signature_def.defaults[key].CopyFrom(default.op.get_attr("value"))
    return signature_def


def _infos(tensors: Any) -> dict[str, Any]:
    return {key: build_tensor_info(tensor) for key, tensor in (tensors or {}).items()}


def predict_signature_def(inputs: Any, outputs: Any) -> Any:
    """A signature for predictions.

    Args:
      inputs: tensors by name, at least one.
      outputs: tensors by name, at least one.

    Returns:
      A SignatureDef with the method name "tensorflow/serving/predict".

    Raises:
      ValueError: there are no inputs or no outputs.
    """
    return _core.saved_model.predict_signature_def(_infos(inputs), _infos(outputs))


def _check_examples(kind: str, examples: Any) -> None:
    if examples is None:
        raise ValueError(f"{kind} `examples` cannot be None.")
    if not isinstance(examples, tf.Tensor):
        raise ValueError(f"Expected {kind.lower()} `examples` to be of type Tensor. Found "
                         f"`examples` of type {type(examples)}.")


def regression_signature_def(examples: Any, predictions: Any) -> Any:
    """A signature for a regression.

    Args:
      examples: a tensor of strings, which are serialized Examples.
      predictions: a tensor of float32.

    Returns:
      A SignatureDef with the method name "tensorflow/serving/regress".

    Raises:
      ValueError: one of them is None, or of another type.
    """
    _check_examples("Regression", examples)
    if predictions is None:
        raise ValueError("Regression `predictions` cannot be None.")
    return _core.saved_model.regression_signature_def(build_tensor_info(examples),
                                                      build_tensor_info(predictions))


def classification_signature_def(examples: Any, classes: Any, scores: Any) -> Any:
    """A signature for a classification.

    Args:
      examples: a tensor of strings, which are serialized Examples.
      classes: a tensor of strings, or None.
      scores: a tensor of float32, or None.

    Returns:
      A SignatureDef with the method name "tensorflow/serving/classify".

    Raises:
      ValueError: there are no examples, neither classes nor scores, or one is of another type.
    """
    _check_examples("Classification", examples)
    outputs = {constants.CLASSIFY_OUTPUT_CLASSES: classes,
               constants.CLASSIFY_OUTPUT_SCORES: scores}
    return _core.saved_model.classification_signature_def(
        build_tensor_info(examples),
        _infos({key: tensor for key, tensor in outputs.items() if tensor is not None}))


def _supervised(method_name: str, inputs: Any, *outputs: Any) -> Any:
    if not inputs:
        raise ValueError(f"{method_name} `inputs` cannot be None or empty.")
    merged: dict[str, Any] = {}
    for tensors in outputs:
        merged.update(_infos(tensors))
    return build_signature_def(_infos(inputs), merged, method_name)


def supervised_train_signature_def(inputs: Any, loss: Any, predictions: Any = None,
                                   metrics: Any = None) -> Any:
    """A signature for training: dicts of tensors by name. Raises ValueError without inputs."""
    return _supervised(constants.SUPERVISED_TRAIN_METHOD_NAME, inputs, loss, predictions, metrics)


def supervised_eval_signature_def(inputs: Any, loss: Any, predictions: Any = None,
                                  metrics: Any = None) -> Any:
    """A signature for evaluation: dicts of tensors by name. Raises ValueError without inputs."""
    return _supervised(constants.SUPERVISED_EVAL_METHOD_NAME, inputs, loss, predictions, metrics)


def op_signature_def(op: Any, key: str) -> Any:
    """A signature whose only output, `key`, is an operation."""
    return build_signature_def(outputs={key: build_tensor_info_from_op(op)})


def load_op_from_signature_def(signature_def: Any, key: str, import_scope: str | None = None
                               ) -> Any:
    """The operation of such a signature in the default graph. Raises NotFoundError."""
    try:
        return get_element_from_tensor_info(signature_def.outputs[key], import_scope=import_scope)
    except KeyError:
        raise errors.NotFoundError(
            None, None, f'The key "{key}" could not be found in the graph.') from None
