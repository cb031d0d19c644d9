#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "gradient_check.h"
#include "tensorkeep/op_builder.h"

// What numeric_test.cc checks: for each gradient rule, graphs that use it.
namespace tensorkeep {

using Xs = std::vector<Output>;

// One input: its shape, and the range its elements are spread over.
struct Spread {
  Shape shape;
  double low = -1.3;
  double high = 1.7;
};

// Distinct values, none next to another: multiples of the golden ratio, modulo 1.
inline Tensor spread_values(const Spread& spread, int seed) {
  Tensor result(float64, spread.shape);
  double position = 0.37 + 0.11 * seed;
  for (double& value : result.mutable_data<double>()) {
    position += 0.6180339887498949;
    position -= std::floor(position);
    value = spread.low + (spread.high - spread.low) * position;
  }
  return result;
}

enum class Mode { kAnyShapes, kKnownShapes };

struct Case {
  std::string ops;  // those it checks: "Add", or "Relu ReluGrad" where the second is the rule's own
  std::vector<Spread> inputs;
  Build build;
  Mode mode = Mode::kAnyShapes;
};

inline Build op(const std::string& type) {
  return [type](const Xs& x) {
    OpBuilder builder(type);
    for (const Output& input : x) builder.input(input);
    return Xs{builder.output()};
  };
}
// f(x[0], x[1], ...) -> Output, for what needs options.
template <typename F>
Build one(F f) {
  return [f](const Xs& x) { return Xs{f(x)}; };
}

inline const Spread kAny = {{2, 3}};
inline const Spread kPositive = {{2, 3}, 0.3, 2.0};
inline const Spread kUnit = {{2, 3}, -0.8, 0.9};
inline const std::vector<Spread> kBroadcast = {{{2, 1, 3}}, {{4, 1}}};
inline const std::vector<Spread> kPositiveBroadcast = {{{2, 1, 3}, 0.4, 2.0}, {{4, 1}, 0.5, 1.5}};

std::vector<Case> elementwise_cases();
std::vector<Case> broadcasting_cases();
std::vector<Case> product_cases();
std::vector<Case> reduction_cases();
std::vector<Case> moving_cases();
std::vector<Case> matrix_cases();
std::vector<Case> network_cases();
std::vector<Case> branch_cases();
std::vector<Case> loop_cases();
std::vector<Case> array_cases();
std::vector<Case> sparse_cases();
std::vector<Case> special_cases();

}  // namespace tensorkeep
