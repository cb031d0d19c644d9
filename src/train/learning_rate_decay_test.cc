#include "tensorkeep/learning_rate_decay.h"

#include <gtest/gtest.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/optimizers.h"
#include "tensorkeep/session.h"

namespace tensorkeep::train {
namespace {

class LearningRateDecayTest : public ::testing::Test {
 protected:
  // The rate at each of the steps.
  std::vector<float> at(const Output& rate, const std::vector<std::int64_t>& steps) {
    Session session;
    std::vector<float> rates;
    for (const std::int64_t value : steps) {
      rates.push_back(
          session.run(rate, {{step_, Tensor::scalar<std::int64_t>(value)}}).value<float>());
    }
    return rates;
  }
  static void expect_near(const std::vector<float>& got, const std::vector<double>& want) {
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], 1e-6 * std::max(1.0, want[i])) << i;
    }
  }
  template <typename F>
  static std::string message(F&& f) {
    try {
      f();
    } catch (const errors::InvalidArgumentError& error) {
      return error.message();
    }
    return "no error";
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault as_default_ = graph_->as_default();
  Output step_ = placeholder(int64, Shape());
};

// The expected values are TensorFlow 2.21's.
TEST_F(LearningRateDecayTest, RatesFall) {
  expect_near(at(exponential_decay(1.0, step_, 10, 0.5), {0, 5, 10, 25}),
              {1.0, 0.70710678, 0.5, 0.17677669});
  expect_near(at(exponential_decay(1.0, step_, 10, 0.5, {.staircase = true}), {9, 10, 25}),
              {1.0, 0.5, 0.25});
  expect_near(at(natural_exp_decay(1.0, step_, 10, 2.0), {5, 10}), {0.36787944, 0.13533528});
  expect_near(at(inverse_time_decay(1.0, step_, 10, 2.0), {5, 10}), {0.5, 0.33333333});
  expect_near(at(polynomial_decay(1.0, step_, 10, {.end_learning_rate = 0.2, .power = 2.0}),
                 {0, 5, 10, 20}),
              {1.0, 0.4, 0.2, 0.2});
  expect_near(at(polynomial_decay(1.0, step_, 10, {.end_learning_rate = 0.2, .cycle = true}),
                 {0, 10, 15, 20}),
              {1.0, 0.2, 0.4, 0.2});
  expect_near(at(cosine_decay(1.0, step_, 10, {.alpha = 0.1}), {0, 5, 10, 20}),
              {1.0, 0.55, 0.1, 0.1});
  expect_near(at(cosine_decay_restarts(1.0, step_, 10, {.m_mul = 0.5}), {0, 5, 10, 20, 30}),
              {1.0, 0.5, 0.5, 0.25, 0.25});
}

TEST_F(LearningRateDecayTest, PiecesIncludeTheirUpperEnd) {
  const Output rate = piecewise_constant(step_, {10, 20}, {3.0, 2.0, 1.0});
  EXPECT_EQ(at(rate, {0, 10, 11, 20, 21}), (std::vector<float>{3, 3, 2, 2, 1}));
}

TEST_F(LearningRateDecayTest, PiecesThatDoNotFit) {
  EXPECT_EQ(message([&] {
              piecewise_constant(step_, {10, 20}, {3.0, 2.0});
            }),
            "The length of boundaries should be 1 less than the length of values");
  EXPECT_EQ(message([&] {
              piecewise_constant(step_, {10.5}, {3.0, 2.0});
            }),
            "Boundaries (<dtype: 'float32'>) must have the same dtype as x (<dtype: 'int64'>).");
  EXPECT_EQ(message([&] {
              piecewise_constant(step_, {10}, {3.0, 2});
            }),
            "Values must have elements all with the same dtype (<dtype: 'float32'> vs <dtype: "
            "'int32'>).");
}

TEST_F(LearningRateDecayTest, OptimizersRefuseWhatTheyCannotStartFrom) {
  EXPECT_EQ(message([] { AdagradOptimizer(0.1, {.initial_accumulator_value = 0.0}); }),
            "initial_accumulator_value must be positive: 0");
  EXPECT_EQ(message([] { FtrlOptimizer(0.1, {.learning_rate_power = 0.5}); }),
            "learning_rate_power 0.500000 needs to be negative or zero");
  EXPECT_EQ(message([] { FtrlOptimizer(0.1, {.l1_regularization_strength = -1.0}); }),
            "l1_regularization_strength -1.000000 needs to be positive or zero");
}

}  // namespace
}  // namespace tensorkeep::train
