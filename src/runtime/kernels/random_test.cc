#include <gtest/gtest.h>

#include <algorithm>

#include "fnv1a.h"
#include "run_kernel.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

using testing::fnv1a;

constexpr std::int64_t kCount = 100003;
const std::map<std::string, Attr> kSeeds = {{"seed", 1234}, {"seed2", 5678}};

Tensor shape_of_count() {
  return Tensor::vector<std::int32_t>({static_cast<std::int32_t>(kCount)});
}

// Digests of what TensorFlow 2.21 draws in the first and the second run of one session.
struct Drawn {
  const char* op;
  const char* dtype;
  std::uint64_t first;
  std::uint64_t second;
};

TEST(RandomKernels, FloatsAreTensorFlowsBitForBit) {
  constexpr Drawn kDrawn[] = {
      {"RandomUniform", "float32", 0x13b98f11965d3430u, 0xdfb03daa03487560u},
      {"RandomUniform", "float64", 0x7e0e6d9101d55307u, 0x6511a61e0f8962ceu},
      {"RandomUniform", "float16", 0x2fa5969d3b0ad8bcu, 0x242810a591a94257u},
      {"RandomUniform", "bfloat16", 0xe12e1dbf89f77fe6u, 0x6226cb8a926fdf7fu},
      {"RandomStandardNormal", "float32", 0xdac34bfd1b72f55fu, 0xba672d06c91d0e4du},
      {"RandomStandardNormal", "float64", 0x33f064e4010f0746u, 0xbfb59525664c8b2eu},
      {"RandomStandardNormal", "float16", 0x3a67702ebeb86132u, 0x0d5805155d01af3eu},
      {"RandomStandardNormal", "bfloat16", 0x4bda62312065a05du, 0x5e1978ecc0a35080u},
      {"TruncatedNormal", "float32", 0xa3a98115f5782418u, 0x949840892247fb31u},
      {"TruncatedNormal", "float64", 0xf0b4396a172d22fbu, 0xe9a1e71b9b32dafdu},
      {"TruncatedNormal", "float16", 0xd523419c1d5bdc44u, 0xd709f3f1db34d8d4u},
      {"TruncatedNormal", "bfloat16", 0xece8e814f31bf832u, 0xa9cca327eb1d8817u},
  };
  for (const Drawn& drawn : kDrawn) {
    auto attrs = kSeeds;
    attrs.emplace("dtype", dtype_from_name(drawn.dtype));
    KernelRun run(drawn.op, {shape_of_count()}, attrs);
    EXPECT_EQ(fnv1a(run.run()[0].tensor), drawn.first) << drawn.op << " " << drawn.dtype;
    EXPECT_EQ(fnv1a(run.run()[0].tensor), drawn.second) << drawn.op << " " << drawn.dtype;
  }
}

template <typename T>
std::vector<Tensor> bounds(T low, T high) {
  return {shape_of_count(), Tensor::scalar<T>(low), Tensor::scalar<T>(high)};
}

TEST(RandomKernels, IntegersAreTensorFlowsBitForBit) {
  KernelRun narrow("RandomUniformInt", bounds<std::int32_t>(-7, 1000000007), kSeeds);
  EXPECT_EQ(fnv1a(narrow.run()[0].tensor), 0x0426e71fe755255du);
  EXPECT_EQ(fnv1a(narrow.run()[0].tensor), 0xe3ecbe102eb93a02u);
  KernelRun wide("RandomUniformInt", bounds<std::int64_t>(-7, 1000000007), kSeeds);
  EXPECT_EQ(fnv1a(wide.run()[0].tensor), 0x6bb592defe5ca7d0u);
  EXPECT_EQ(fnv1a(wide.run()[0].tensor), 0xbbd15fc2e3093930u);
}

TEST(RandomKernels, ShufflesRowsAsTensorFlow) {
  std::vector<float> values(20);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const Tensor rows = Tensor::from(values, {10, 2});
  KernelRun of_rows("RandomShuffle", {rows}, kSeeds);
  EXPECT_EQ(fnv1a(of_rows.run()[0].tensor), 0x7acb067dfe2e8988u);
  EXPECT_EQ(fnv1a(of_rows.run()[0].tensor), 0xeb097e0ead66d9a8u);
  std::vector<std::int32_t> many(1001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int32_t>(i);
  KernelRun run("RandomShuffle", {Tensor::vector(many)}, kSeeds);
  EXPECT_EQ(fnv1a(run.run()[0].tensor), 0xece6697b782d5dc8u);
  EXPECT_EQ(fnv1a(run.run()[0].tensor), 0xacf456497a92725cu);
}

TEST(RandomKernels, WithoutSeedsEveryGeneratorDiffers) {
  const std::map<std::string, Attr> attrs = {{"dtype", float32}};
  const Tensor a = run_kernel("RandomUniform", {shape_of_count()}, attrs)[0];
  const Tensor b = run_kernel("RandomUniform", {shape_of_count()}, attrs)[0];
  EXPECT_FALSE(a.identical_to(b));
}

TEST(RandomKernels, RefuseEmptyRangesAndBadShapes) {
  try {
    run_kernel("RandomUniformInt", bounds<std::int32_t>(5, 5), kSeeds);
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.message().rfind("Need minval < maxval, got 5 >= 5", 0), 0u) << error.message();
  }
  EXPECT_THROW(
      run_kernel("RandomUniform", {Tensor::vector<std::int32_t>({-1})}, {{"dtype", float32}}),
      errors::InvalidArgumentError);
}

}  // namespace
}  // namespace tensorkeep::runtime
