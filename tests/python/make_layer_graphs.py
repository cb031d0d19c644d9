#!/usr/bin/env python3
"""Writes the graphs of committed_graphs.py, as TensorFlow 1.15 makes them.

    make_layer_graphs.py [PROGRAM...]

Needs a Python with tensorflow-cpu 2.21 and tf_keras 2.21, which keeps tf.layers alive. Where that
does otherwise than 1.15, `restore_1_15` puts back what 1.15 does.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import tensorflow.compat.v1 as tf
from committed_graphs import PROGRAMS, path_of
from tensorflow.python.ops import nn_ops

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tensorflow"))
import normalise  # noqa: E402


def restore_1_15():
    """A convolution is an object made once, with operations of the usual names; what a fused batch
    normalisation gets for mean and variance in training is empty, since kernels of 1.15 refuse
    anything else; volumes are normalised by the formula; dropout is tf.nn.dropout. No session looks
    for GPUs, and leaves its initializers in the graph."""
    from tf_keras.src import backend
    from tf_keras.src.layers.convolutional import base_conv
    from tf_keras.src.layers.normalization import batch_normalization
    from tf_keras.src.layers.regularization import dropout

    build = base_conv.Conv.build

    def build_with_operation(self, input_shape):
        build(self, input_shape)
        self._convolution = nn_ops.Convolution(
            tf.TensorShape(input_shape), self.kernel.shape,
            "VALID" if self.padding == "causal" else self.padding.upper(), list(self.strides),
            list(self.dilation_rate), data_format=self._tf_data_format)

    base_conv.Conv.build = build_with_operation
    base_conv.Conv.convolution_op = lambda self, inputs, kernel: self._convolution(inputs, kernel)

    fused = tf.nn.fused_batch_norm

    def fused_batch_norm(x, scale, offset, mean, variance, is_training=True,
                         exponential_avg_factor=None, **more):
        if is_training:
            return fused(x, scale, offset, **more)
        return fused(x, scale, offset, mean, variance, is_training=False, **more)

    batch_normalization.tf.compat.v1.nn.fused_batch_norm = fused_batch_norm
    build_norm = batch_normalization.BatchNormalizationBase.build

    def build_images_only(self, input_shape):
        if tf.TensorShape(input_shape).rank == 5:
            self.fused = False
        build_norm(self, input_shape)

    batch_normalization.BatchNormalizationBase.build = build_images_only

    def call(self, inputs, training=False):
        from tf_keras.src.utils import control_flow_util
        return control_flow_util.smart_cond(
            training,
            lambda: tf.nn.dropout(inputs, noise_shape=self._get_noise_shape(inputs),
                                  seed=self.seed, rate=self.rate),
            lambda: tf.identity(inputs))

    dropout.Dropout.call = call
    backend._has_nchw_support = lambda: False


def golden_text(name):
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(7)
        PROGRAMS[name](tf)
    meta = tf.train.export_meta_graph(graph=graph)
    return "\n".join(normalise.lines(normalise.describe(normalise.normalise(meta)))) + "\n"


def main():
    tf.disable_v2_behavior()
    restore_1_15()
    for name in sys.argv[1:] or PROGRAMS:
        path_of(name).write_text(golden_text(name))


if __name__ == "__main__":
    main()
