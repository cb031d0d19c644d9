#include "tensorkeep/input.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace tensorkeep {
namespace {

// Shape and type of the tensor that the argument of both constructors stands for.
std::string described(const Literal& literal) {
  const Tensor tensor = literal.to_tensor();
  return tensor.shape().to_string() + " " + std::string(name_of(tensor.dtype()));
}
#define EXPECT_LITERAL(description, ...)                                \
  EXPECT_EQ(described(Literal(__VA_ARGS__)), description) << "Literal"; \
  EXPECT_EQ(described(Input(__VA_ARGS__).literal()), description) << "Input"

TEST(InputTest, ABracedListIsAListWhateverItHolds) {
  EXPECT_LITERAL("(0,) float32", {});
  EXPECT_LITERAL("(1,) int32", {0});
  EXPECT_LITERAL("(1,) int32", {1});
  EXPECT_LITERAL("(1,) bool", {true});
  EXPECT_LITERAL("(1,) float32", {1.5});
  EXPECT_LITERAL("(1,) string", {"a"});
  EXPECT_LITERAL("(2,) string", {"a", "b"});
  EXPECT_LITERAL("(1, 1) int32", {{1}});
  EXPECT_LITERAL("(2, 3) int32", {{1, 2, 3}, {4, 5, 6}});
  const bool flag = true;
  const char* text = "a";
  const std::string owned = "a";
  const Tensor tensor = Tensor::scalar(1.0f);
  EXPECT_LITERAL("(1,) bool", {flag});
  EXPECT_LITERAL("(1,) string", {text});
  EXPECT_LITERAL("(1,) string", {owned});
  EXPECT_LITERAL("(1,) float32", {tensor});
  EXPECT_LITERAL("(1,) int32", {Literal(1)});
}

TEST(InputTest, WhatIsNoListIsTakenByItsType) {
  EXPECT_LITERAL("() bool", true);
  EXPECT_LITERAL("() int32", 0);
  EXPECT_LITERAL("() int64", std::int64_t{1} << 40);
  EXPECT_LITERAL("() float32", 1.5);
  EXPECT_LITERAL("() string", "a");
  EXPECT_LITERAL("() string", std::string("a"));
  EXPECT_LITERAL("(2,) float64", Tensor::vector<double>({1, 2}));
  EXPECT_LITERAL("(2,) bool", std::vector<bool>{true, false});
  EXPECT_LITERAL("(1, 2) int32", std::vector<std::vector<int>>{{1, 2}});
}

// A pointer is a bool to C++, never to us.
static_assert(!std::is_constructible_v<Literal, int*>);
static_assert(!std::is_constructible_v<Input, int*>);
static_assert(!std::is_constructible_v<Input, const TensorConvertible*>);
static_assert(!std::is_constructible_v<Literal, std::vector<Output>>);
static_assert(!std::is_constructible_v<Input, std::vector<Output>>);

}  // namespace
}  // namespace tensorkeep
