#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensorkeep/tensorkeep.h"

// What the tests of branches and of loops share.
namespace tensorkeep {

inline std::vector<float> floats(const Tensor& tensor) {
  const auto values = tensor.data<float>();
  return {values.begin(), values.end()};
}

class ControlFlowBuilderTest : public ::testing::Test {
 protected:
  template <typename F>
  static void expect_error(F build, errors::PythonClass python_class, const std::string& text) {
    try {
      build();
      ADD_FAILURE() << "no error: " << text;
    } catch (const errors::Error& error) {
      EXPECT_EQ(error.python_class(), python_class);
      EXPECT_THAT(error.what(), ::testing::HasSubstr(text));
    }
  }
  static constexpr auto kValueError = errors::PythonClass::kValueError;
  static constexpr auto kTypeError = errors::PythonClass::kTypeError;

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault as_default_{*graph_};
  Output x_ = placeholder(float32, {2}, {"x"});
};

}  // namespace tensorkeep
