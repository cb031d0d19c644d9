#include "tensor/slice.h"

#include <gtest/gtest.h>

#include <limits>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

template <typename E>
std::string error_of(std::string_view shape_and_slice) {
  try {
    parse_shape_and_slice(shape_and_slice);
  } catch (const E& error) {
    return error.what();
  }
  return "no error";
}

TEST(TensorSliceTest, TextGoesBothWays) {
  for (const char* text : {"6 2 0,2:0,2", "4 -", "4 5 -:1,2"}) {
    const auto parsed = parse_shape_and_slice(text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(to_string(*parsed), text);
  }
  EXPECT_FALSE(parse_shape_and_slice(""));
}

TEST(TensorSliceTest, BadTextIsAnErrorInTensorFlowsWords) {
  using errors::InternalError;
  using errors::InvalidArgumentError;
  EXPECT_EQ(error_of<InvalidArgumentError>("4"),
            "Need least two elements in shape_and_slice specification: 4");
  for (const char* part : {"x", "1", "1,2,3", "1,", ",", "99999999999999999999,1"}) {
    EXPECT_EQ(
        error_of<InvalidArgumentError>(std::string("4 ") + part),
        std::string("Expected a pair of numbers or '-' but got '") + part + "': string = " + part);
  }
  EXPECT_EQ(error_of<InvalidArgumentError>("4 -1,2"),
            "Expected non-negative start and positive length but got start = -1, length = 2: "
            "string = -1,2");
  EXPECT_EQ(error_of<InvalidArgumentError>("4 0,-1"),
            "Expected non-negative start and positive length but got start = 0, length = -1: "
            "string = 0,-1");
  for (const char* text : {"x -", "5 - -", "4 - ", "-1 -", "99999999999999999999 -"}) {
    EXPECT_EQ(error_of<InvalidArgumentError>(text),
              std::string("Non numerical dimension in shape_and_slice: ") + text);
  }
  EXPECT_EQ(error_of<InternalError>("4 3,2"),
            "Extent in dimension 0 out of bounds: shape = [4], slice = 3,2");
  EXPECT_EQ(error_of<InternalError>("4 9223372036854775807,2"),
            "Extent in dimension 0 out of bounds: shape = [4], slice = 9223372036854775807,2");
  EXPECT_EQ(error_of<InternalError>("4 -:-"), "Mismatching ranks: shape = [4], slice = -:-");
}

TEST(TensorSliceTest, ShapesAndCover) {
  const TensorSlice slice = TensorSlice::parse("-:1,2");
  EXPECT_EQ(slice.slice_shape({4, 5}), Shape({4, 2}));
  EXPECT_EQ(slice.resolved({4, 5}).to_string(), "0,4:1,2");
  EXPECT_FALSE(slice.covers({4, 5}));
  EXPECT_TRUE(TensorSlice::parse("0,4:-").covers({4, 5}));
  EXPECT_TRUE(TensorSlice().is_full());
  EXPECT_TRUE(TensorSlice().covers({}));
  EXPECT_TRUE(TensorSlice::full(2).is_full());
  EXPECT_FALSE(TensorSlice::parse("0,4:-").is_full());
}

TEST(TensorSliceTest, Intersections) {
  const auto of = [](const char* a, const char* b) {
    const auto both = TensorSlice::parse(a).intersect(TensorSlice::parse(b));
    return both ? both->to_string() : "nothing";
  };
  EXPECT_EQ(of("0,4", "2,4"), "2,2");
  EXPECT_EQ(of("-", "2,4"), "2,4");
  EXPECT_EQ(of("2,4:-", "-:-"), "2,4:-");
  EXPECT_EQ(of("0,2", "2,2"), "nothing");
  EXPECT_EQ(of("0,2", "-:-"), "nothing");
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  const TensorSlice far({{kMax, kMax}});
  EXPECT_EQ(far.intersect(far), far);
}

}  // namespace
}  // namespace tensorkeep
