"""Samplers of classes and the losses made with them beside TensorFlow's: graphs and numbers."""

import numpy as np
import pytest
from same_program import (assert_same, assert_same_error, error_of, tensorflow, tensorkeep)
from test_random_draws import assert_same_runs

RANDOM = np.random.RandomState(3)
TRUE = np.array([[1, 4], [0, 2], [7, 19]], np.int64)
ONE = TRUE[:, :1]
SMALL = np.array([[1], [0], [2]], np.int64)


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("name", ["uniform", "log_uniform", "learned_unigram"])
def test_samplers(name, unique):
    def program(tf):
        sampler = getattr(tf.nn, f"{name}_candidate_sampler")
        assert sampler is getattr(tf.random, f"{name}_candidate_sampler")
        made = sampler(TRUE, 2, 6, unique, 20)
        assert made._fields == ("sampled_candidates", "true_expected_count",
                                "sampled_expected_count")
        return [*made, *sampler(TRUE, 2, 20, unique, 20, seed=4, name="mine"),
                *sampler(ONE, num_true=1, num_sampled=3, unique=unique, range_max=32)]
    assert_same_runs(program, count=4, rtol=1e-6)


@pytest.mark.parametrize("unique", [False, True])
def test_fixed_unigrams(unique, tmp_path):
    counts = [1.0, 5.0, 2.5, 9.0, 0.0, 3.0]
    vocabulary = tmp_path / "vocabulary.csv"
    vocabulary.write_text("".join(f"word{i},{count}\n" for i, count in enumerate(counts)))

    def program(tf):
        sampler = tf.nn.fixed_unigram_candidate_sampler
        return [*sampler(SMALL, 1, 4, unique, 6, unigrams=counts),
                *sampler(SMALL, 1, 4, unique, 8, unigrams=counts, distortion=0.75,
                         num_reserved_ids=2, seed=3, name="mine"),
                *sampler(SMALL, 1, 2, unique, 3, unigrams=counts, num_shards=2, shard=1),
                *sampler(SMALL, 1, 3, unique, 6, vocab_file=str(vocabulary))]
    assert_same_runs(program, rtol=1e-6)


def test_all_and_accidental_hits():
    def program(tf):
        sampled = tf.constant([4, 0, 9, 4, 19], tf.int64)
        hits = tf.nn.compute_accidental_hits(TRUE, sampled, 2, name="mine")
        return [*tf.nn.all_candidate_sampler(TRUE, 2, 20, True), *hits]
    assert_same(program)


def networks(tf, parts):
    shape = dict(partitioner=tf.fixed_size_partitioner(parts)) if parts > 1 else {}
    weights = tf.get_variable("weights", [20, 4], **shape)
    biases = tf.get_variable("biases", [20])
    inputs = tf.placeholder(tf.float32, [None, 4])
    return weights, biases, inputs, {inputs: RANDOM.rand(3, 4)}


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("options", [
    {}, {"remove_accidental_hits": True}, {"num_true": 2, "partition_strategy": "div"}])
@pytest.mark.parametrize("name", ["nce_loss", "sampled_softmax_loss"])
def test_losses(name, options, parts):
    def program(tf):
        RANDOM.seed(1)
        weights, biases, inputs, feeds = networks(tf, parts)
        labels = tf.placeholder(tf.int32, [None, None])
        labels_of = TRUE if "num_true" in options else ONE
        loss = getattr(tf.nn, name)(weights, biases, labels, inputs, num_sampled=5,
                                    num_classes=20, **options)
        gradients = tf.gradients(loss, tf.trainable_variables())
        dense = [tf.convert_to_tensor(each) for each in gradients]
        return [loss, dense], {**feeds, labels: labels_of}
    assert_same(program, rtol=1e-4)


def test_losses_with_other_samples():
    def program(tf):
        RANDOM.seed(1)
        weights, biases, inputs, feeds = networks(tf, 1)
        sampled = tf.nn.uniform_candidate_sampler(ONE, 1, 6, True, 20, seed=5)
        labels = tf.constant(ONE)
        return [tf.nn.sampled_softmax_loss(weights, biases, labels, inputs, 6, 20,
                                           sampled_values=sampled, name="mine"),
                tf.nn.nce_loss(weights, biases, labels, inputs, 6, 20, sampled_values=sampled),
                tf.nn.sampled_softmax_loss(weights, biases, labels, inputs, 4, 20, seed=7)], feeds
    assert_same(program, rtol=1e-4)


@pytest.mark.parametrize("program", [
    lambda tf: tf.nn.uniform_candidate_sampler([1, 2], 1, 3, True, 5),
    lambda tf: tf.nn.learned_unigram_candidate_sampler(ONE, 1, 3, True, 1 << 31),
    lambda tf: tf.nn.compute_accidental_hits(TRUE, np.array([1], np.int64), 1)])
def test_errors(program):
    assert_same_error(program)


@pytest.mark.parametrize("program, text", [
    (lambda tf: tf.nn.uniform_candidate_sampler(SMALL, 1, 6, True, 5), "range is too small"),
    (lambda tf: tf.nn.uniform_candidate_sampler(SMALL, 2, 3, True, 5),
     "must have num_true columns"),
    (lambda tf: tf.nn.uniform_candidate_sampler(TRUE, 2, 3, True, 5), "`true_candidate` out of"),
    (lambda tf: tf.nn.all_candidate_sampler(TRUE, 2, 7, True),
     "`true_candidate` out of range [0, 7)"),
    (lambda tf: tf.nn.fixed_unigram_candidate_sampler(SMALL, 1, 2, True, 5), "Must provide either"),
])
def test_errors_of_kernels(program, text):
    def run(module):
        with module.Graph().as_default(), module.Session() as session:
            session.run(program(module)[0])
    for module in (tensorflow, tensorkeep):
        kind, message = error_of(lambda: run(module))
        assert kind == "InvalidArgumentError" and text in message


def test_a_sampler_that_could_never_end():
    with tensorkeep.Graph().as_default(), tensorkeep.Session() as session:
        made = tensorkeep.nn.fixed_unigram_candidate_sampler(SMALL, 1, 2, True, 3,
                                                             unigrams=[0.0, 1.0, 0.0])
        kind, message = error_of(lambda: session.run(made[0]))
    assert kind == "InvalidArgumentError" and "range is too small" in message
