#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/gradients.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/session.h"

// Compares tf::gradients with central differences, in float64.
namespace tensorkeep {

// Adds nodes that compute something of float64 inputs.
using Build = std::function<std::vector<Output>(const std::vector<Output>& xs)>;

class GradientCheck {
 public:
  // Placeholders of the inputs' shapes, or of unknown ones (where rules compute with shapes in the
  // graph instead of with constants).
  GradientCheck(const Build& build, std::vector<Tensor> inputs, bool shapes_known)
      : inputs_(std::move(inputs)) {
    const auto as_default = graph_->as_default();
    for (const Tensor& input : inputs_) {
      xs_.push_back(placeholder(float64, shapes_known ? input.shape() : Shape::unknown()));
    }
    ys_ = build(xs_);
    forward_size_ = graph_->operations().size();
  }

  const std::vector<Output>& xs() const { return xs_; }
  // Whether an operation of this type takes part in computing the ys.
  bool has(const std::string& type) const {
    const auto& operations = graph_->operations();
    return std::any_of(operations.begin(),
                       operations.begin() + static_cast<std::ptrdiff_t>(forward_size_),
                       [&](const auto& op) { return op->type() == type; });
  }

  // For every element of every input: the derivative of the weighted sum of all outputs. The
  // weights differ, so that no element's gradient can stand for another's.
  void expect_agreement() {
    Session session(*graph_);
    const std::vector<Tensor> values = evaluate(session, ys_);
    for (std::size_t i = 0; i < values.size(); ++i) weights_.push_back(weights(values[i], i));
    const std::vector<Tensor> found = evaluate(session, dense_gradients());
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      ASSERT_EQ(found[i].shape(), inputs_[i].shape()) << "input " << i;
      for (std::int64_t j = 0; j < inputs_[i].num_elements(); ++j) {
        const double numeric = difference(session, i, static_cast<std::size_t>(j));
        const double analytic = found[i].data<double>()[static_cast<std::size_t>(j)];
        const double tolerance = 1e-6 * std::max(1.0, std::fabs(numeric));
        // Not EXPECT_NEAR, which takes NaN near nothing but says little about where.
        EXPECT_LE(std::fabs(analytic - numeric), tolerance)
            << "input " << i << ", element " << j << ": tf::gradients gives " << analytic
            << ", differences give " << numeric;
      }
    }
  }

 private:
  static constexpr double kStep = 1e-4;

  static Tensor weights(const Tensor& like, std::size_t seed) {
    Tensor result(float64, like.shape());
    double phase = 0.7 + static_cast<double>(seed);
    for (double& weight : result.mutable_data<double>()) {
      weight = std::sin(phase) + 1.5;
      phase += 1.3;
    }
    return result;
  }

  std::vector<Output> dense_gradients() {
    const auto as_default = graph_->as_default();
    GradientsOptions options;
    for (const Tensor& weight : weights_) options.grad_ys.push_back(constant(weight));
    options.unconnected_gradients = UnconnectedGradients::ZERO;
    std::vector<Output> result;
    for (const Gradient& gradient : gradients(ys_, xs_, options)) {
      result.push_back(to_dense(gradient));
    }
    return result;
  }

  std::vector<Tensor> evaluate(Session& session, const std::vector<Output>& outputs) const {
    Feeds feeds;
    for (std::size_t i = 0; i < xs_.size(); ++i) feeds.emplace_back(xs_[i], inputs_[i]);
    return session.run(std::vector<Fetch>(outputs.begin(), outputs.end()), feeds);
  }

  double weighted_sum(Session& session) const {
    double sum = 0;
    const std::vector<Tensor> values = evaluate(session, ys_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto y = values[i].data<double>();
      for (std::size_t j = 0; j < y.size(); ++j) sum += y[j] * weights_[i].data<double>()[j];
    }
    return sum;
  }

  double difference(Session& session, std::size_t input, std::size_t element) {
    const Tensor original = inputs_[input];
    const auto shifted = [&](double by) {
      inputs_[input] = original;
      inputs_[input].mutable_data<double>()[element] += by;
      return weighted_sum(session);
    };
    const double result = (shifted(kStep) - shifted(-kStep)) / (2 * kStep);
    inputs_[input] = original;
    return result;
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  std::vector<Tensor> inputs_;
  std::vector<Output> xs_;
  std::vector<Output> ys_;
  std::vector<Tensor> weights_;
  std::size_t forward_size_ = 0;
};

// The gradients of the sum of sin(y) by every x: what to check for a rule's own gradient.
inline Build gradient_of(const Build& build) {
  return [build](const std::vector<Output>& xs) {
    std::vector<Output> sines;
    for (const Output& y : build(xs)) sines.push_back(sin(y));
    std::vector<Output> result;
    for (const Gradient& gradient : gradients(sines, xs)) {
      if (!gradient.none()) result.push_back(to_dense(gradient));
    }
    return result;
  };
}

}  // namespace tensorkeep
