#include <fmt/format.h>

#include "ops/array_util.h"
#include "ops/families.h"

// The shapes of random tensors and of sampled classes, which have no gradients.
namespace tensorkeep::ops {
namespace {

void given_shape(ShapeContext& c) {
  c.set_output(0, c.input_as_shape(0));
}

// Samples for each of the parameters.
void shape_and_parameters(ShapeContext& c) {
  const Shape samples = c.input_as_shape(0);
  const Shape& parameters = c.input(1);
  const bool known = samples.rank_known() && parameters.rank_known();
  c.set_output(0, known ? samples.concatenate(parameters) : Shape::unknown());
}

void check_scalar(const ShapeContext& c, int index) {
  c.input_with_rank(index, 0);
}

void stateless_shape(ShapeContext& c) {
  const Shape seed = c.input_with_rank(1, 1);
  if (seed.rank_known()) c.merge_dims(seed.dim(0), 2);
  given_shape(c);
}

void keyed_shape(ShapeContext& c) {
  const Shape key = c.input_with_rank(1, 1);
  if (key.rank_known()) c.merge_dims(key.dim(0), 1);
  c.input_with_rank(2, 1);
  check_scalar(c, 3);
  given_shape(c);
}

void key_counter_shape(ShapeContext& c) {
  const Shape seed = c.input_with_rank(0, 1);
  if (seed.rank_known()) c.merge_dims(seed.dim(0), 2);
  c.set_output(0, {1});
  c.set_output(1, {2});
}

void categorical_shape(ShapeContext& c) {
  const Shape logits = c.input_with_rank(0, 2);
  check_scalar(c, 1);
  std::int64_t samples = None;
  if (const auto known = integers_of(c.input_constant(1))) samples = known->front();
  if (samples < None) {
    c.fail(
        fmt::format("Dimension size, given by scalar input 1, must be "
                    "non-negative but is {}",
                    samples));
  }
  c.set_output(0, {logits.rank_known() ? logits.dim(0) : None, samples});
}

void sampler_shape(ShapeContext& c) {
  const Shape classes = c.input_with_rank(0, 2);
  const std::int64_t sampled = c.op().attr_int("num_sampled");
  c.set_output(0, {sampled});
  c.set_output(1, {classes.rank_known() ? classes.dim(0) : None, c.op().attr_int("num_true")});
  c.set_output(2, {sampled});
}

void accidental_hits_shape(ShapeContext& c) {
  const Shape classes = c.input_with_rank(0, 2);
  if (classes.rank_known()) c.merge_dims(classes.dim(1), c.op().attr_int("num_true"));
  c.input_with_rank(1, 1);
  for (int i = 0; i < 3; ++i) c.set_output(i, {None});
}

constexpr ShapeRow kRows[] = {
    {"RandomUniform", given_shape},
    {"RandomUniformInt", given_shape},
    {"RandomStandardNormal", given_shape},
    {"TruncatedNormal", given_shape},
    {"RandomShuffle", shape_fn::unchanged},
    {"Multinomial", categorical_shape},
    {"StatelessMultinomial", categorical_shape},
    {"StatelessRandomUniform", stateless_shape},
    {"StatelessRandomUniformInt", stateless_shape},
    {"StatelessRandomUniformFullInt", stateless_shape},
    {"StatelessRandomNormal", stateless_shape},
    {"StatelessTruncatedNormal", stateless_shape},
    {"StatelessRandomUniformV2", keyed_shape},
    {"StatelessRandomUniformIntV2", keyed_shape},
    {"StatelessRandomUniformFullIntV2", keyed_shape},
    {"StatelessRandomNormalV2", keyed_shape},
    {"StatelessTruncatedNormalV2", keyed_shape},
    {"StatelessRandomGetKeyCounter", key_counter_shape},
    {"RandomPoissonV2", shape_and_parameters},
    {"UniformCandidateSampler", sampler_shape},
    {"LogUniformCandidateSampler", sampler_shape},
    {"LearnedUnigramCandidateSampler", sampler_shape},
    {"ThreadUnsafeUnigramCandidateSampler", sampler_shape},
    {"FixedUnigramCandidateSampler", sampler_shape},
    {"AllCandidateSampler", sampler_shape},
    {"ComputeAccidentalHits", accidental_hits_shape},
};

}  // namespace

void register_random(OpRegistry& registry) {
  add_rows(registry, kRows);
  for (const ShapeRow& row : kRows) registry.add_not_differentiable(row.op);
  // What its gradient needs, the derivative of the incomplete gamma function, is not here.
  registry.add("RandomGamma", {.shape = shape_and_parameters});
}

}  // namespace tensorkeep::ops
