#include <gtest/gtest.h>

#include <cmath>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/gradients.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/session.h"

// The fused batch normalisation against the same formula in single operations, whose gradients are
// checked by differences (it is itself of float32 only).
namespace tensorkeep {
namespace {

constexpr double kEpsilon = 0.01;

Tensor waves(const Shape& shape, float step) {
  Tensor tensor(float32, shape);
  float phase = 0.3f;
  for (float& value : tensor.mutable_data<float>()) {
    value = std::sin(phase) * 1.5f + 0.25f;
    phase += step;
  }
  return tensor;
}

struct Inputs {
  Output x = constant(waves({3, 4, 5, 6}, 1.7f));
  Output scale = constant(waves({6}, 0.9f));
  Output offset = constant(waves({6}, 2.3f));
  Output mean = constant(waves({6}, 1.1f));
  Output variance = square(constant(waves({6}, 1.3f))) + 0.5;
  std::vector<Output> trained() const { return {x, scale, offset}; }
};

// y, and the gradients of a weighted sum of it.
std::vector<Output> with_gradients(const Output& y, const Inputs& inputs) {
  const Output loss = reduce_sum(y * constant(waves({3, 4, 5, 6}, 0.37f)));
  std::vector<Output> all = {y};
  for (const Gradient& gradient : gradients(loss, inputs.trained())) {
    all.push_back(gradient.tensor());
  }
  return all;
}

std::vector<Output> fused(const std::string& version, bool training, bool channels_first) {
  const Inputs in;
  const Output x = channels_first ? transpose(in.x, {0, 3, 1, 2}) : in.x;
  const Output none = constant(Tensor(float32, {0}));
  const Output y = OpBuilder("FusedBatchNorm" + version)
                       .input(x)
                       .input(in.scale)
                       .input(in.offset)
                       .input(training ? none : in.mean)
                       .input(training ? none : in.variance)
                       .attr("epsilon", kEpsilon)
                       .attr("is_training", training)
                       .attr("data_format", std::string(channels_first ? "NCHW" : "NHWC"))
                       .output();
  return with_gradients(channels_first ? transpose(y, {0, 2, 3, 1}) : y, in);
}

std::vector<Output> in_parts(bool training) {
  const Inputs in;
  const auto [mean, variance] =
      training ? nn::moments(in.x, {0, 1, 2}) : std::pair(in.mean, in.variance);
  return with_gradients(
      nn::batch_normalization(in.x, mean, variance, in.offset, in.scale, kEpsilon), in);
}

void expect_close(const Tensor& got, const Tensor& want) {
  ASSERT_EQ(got.shape(), want.shape());
  for (std::size_t i = 0; i < got.data<float>().size(); ++i) {
    const float expected = want.data<float>()[i];
    ASSERT_NEAR(got.data<float>()[i], expected, 2e-5 * std::max(1.0f, std::fabs(expected))) << i;
  }
}

TEST(BatchNormGradientTest, TheFusedOperationIsTheFormula) {
  for (const std::string version : {"", "V2", "V3"}) {
    for (const bool training : {false, true}) {
      for (const bool channels_first : {false, true}) {
        SCOPED_TRACE(version + (training ? " training" : "") + (channels_first ? " NCHW" : ""));
        const auto graph = std::make_shared<Graph>();
        const auto as_default = graph->as_default();
        std::vector<Fetch> fetches;
        for (const Output& y : fused(version, training, channels_first)) fetches.emplace_back(y);
        for (const Output& y : in_parts(training)) fetches.emplace_back(y);
        Session session;
        const std::vector<Tensor> values = session.run(fetches);
        for (std::size_t i = 0; i < 4; ++i) expect_close(values[i], values[i + 4]);
      }
    }
  }
}

}  // namespace
}  // namespace tensorkeep
