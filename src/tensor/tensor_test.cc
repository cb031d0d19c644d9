#include "tensorkeep/tensor.h"

#include <gtest/gtest.h>

namespace tensorkeep {
namespace {

TEST(TensorTest, CopiesShareAndWritingUnshares) {
  Tensor a = Tensor::vector<float>({1, 2, 3});
  Tensor b = a;
  EXPECT_TRUE(a.shares_buffer_with(b));
  b.mutable_data<float>()[0] = 9;
  EXPECT_FALSE(a.shares_buffer_with(b));
  EXPECT_EQ(a.data<float>()[0], 1);
  EXPECT_EQ(b.data<float>()[0], 9);
  const void* before = b.raw_data();
  b.mutable_data<float>()[1] = 8;
  EXPECT_EQ(b.raw_data(), before) << "a buffer held alone is written in place";
}

TEST(TensorTest, RowsAndReshapesAreViews) {
  Tensor a = Tensor::from<std::int32_t>({1, 2, 3, 4, 5, 6}, {3, 2});
  Tensor middle = a.rows(1, 2);
  EXPECT_TRUE(middle.shares_buffer_with(a));
  EXPECT_EQ(middle.data<std::int32_t>()[0], 3);
  middle.mutable_data<std::int32_t>()[0] = 7;
  EXPECT_EQ(a.data<std::int32_t>()[2], 3);
  EXPECT_EQ(a.reshaped({2, 3}).shape(), Shape({2, 3}));
  EXPECT_THROW(a.reshaped({4}), errors::InvalidArgumentError);
  EXPECT_THROW(a.rows(2, 4), errors::InvalidArgumentError);
}

TEST(TensorTest, WrongTypesAndImpossibleShapesAreErrors) {
  Tensor a = Tensor::scalar(1.0f);
  EXPECT_THROW(a.data<double>(), errors::InvalidArgumentError);
  EXPECT_THROW(Tensor(float32, {None}), errors::InvalidArgumentError);
  EXPECT_THROW(Tensor(float64, {std::int64_t{1} << 40, std::int64_t{1} << 40}),
               errors::InvalidArgumentError);
  EXPECT_THROW(Tensor(resource, {}), errors::InvalidArgumentError);
  EXPECT_THROW(Tensor(float32, {std::int64_t{1} << 58}), errors::ResourceExhaustedError);
}

TEST(TensorTest, EmptyTensorsAndStrings) {
  const Tensor empty(float32, {0, 5});
  EXPECT_EQ(empty.num_elements(), 0);
  EXPECT_EQ(empty.to_string(), "[]");
  Tensor words = Tensor::vector<std::string>({"a", "b"});
  Tensor copy = words;
  copy.mutable_data<std::string>()[0] = "c";
  EXPECT_EQ(words.data<std::string>()[0], "a");
}

TEST(DTypeTest, NamesGoBothWays) {
  for (const DType dtype : all_dtypes()) {
    EXPECT_EQ(dtype_from_name(name_of(dtype)), dtype);
    EXPECT_EQ(dtype_from_name(enum_name_of(dtype)), dtype);
    EXPECT_EQ(dtype_from_name(op_name_of(dtype)), dtype);
    EXPECT_EQ(dtype_from_name(name_of(ref_dtype(dtype))), ref_dtype(dtype));
  }
  EXPECT_EQ(dtype_from_name("floaty"), DType::kInvalid);
  EXPECT_FALSE(is_known(static_cast<DType>(99)));
}

template <typename T>
void expect_codes_round_trip(int bits) {
  for (std::uint32_t code = 0; code < (1u << bits); ++code) {
    const T value = T::from_bits(static_cast<decltype(T::bits)>(code));
    const float f = static_cast<float>(value);
    if (f != f) continue;
    EXPECT_EQ(T(f), value) << code;
  }
}

TEST(NumericTypesTest, EveryCodeSurvivesAFloat) {
  expect_codes_round_trip<Half>(16);
  expect_codes_round_trip<BFloat16>(16);
  expect_codes_round_trip<Float8E5M2>(8);
  expect_codes_round_trip<Float8E4M3FN>(8);
  expect_codes_round_trip<Float8E4M3FNUZ>(8);
  expect_codes_round_trip<Float8E4M3B11FNUZ>(8);
  expect_codes_round_trip<Float8E5M2FNUZ>(8);
  expect_codes_round_trip<Float4E2M1FN>(4);
}

TEST(NumericTypesTest, HalfRoundsToEven) {
  EXPECT_EQ(Half(1.0f + 1.0f / 2048).bits, Half(1.0f).bits);
  EXPECT_EQ(Half(1.0f + 3.0f / 2048).bits, 0x3c02);
  EXPECT_EQ(Half(65520.0f).bits, 0x7c00);
  EXPECT_EQ(Half(65519.0f).bits, 0x7bff);
}

TEST(TensorTest, PrintsAsNumpyDoes) {
  EXPECT_EQ(Tensor::from<float>({1, -2.5F, 0.099999905F, 1e20F}, {2, 2}).to_string(),
            "[[1. -2.5] [0.099999905 1e+20]]");
  EXPECT_EQ(Tensor::scalar(10.0).to_string(), "10.0");
  EXPECT_EQ(Tensor::scalar(std::int32_t{10}).to_string(), "10");
  EXPECT_EQ(Tensor::vector<Half>({Half(2)}).to_string(), "[2.]");
  EXPECT_EQ(Tensor::vector<bool>({true, false}).to_string(), "[True False]");
  EXPECT_EQ(Tensor::vector<float>({1, 2, 3}).to_string(2), "[1. 2. ...]");
}

}  // namespace
}  // namespace tensorkeep
