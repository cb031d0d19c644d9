#include "runtime/simd/loops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace tensorkeep::runtime::simd {
namespace {

template <typename T>
std::vector<T> inputs(int n, T low, T high, int seed) {
  std::vector<T> result;
  std::uint64_t state = static_cast<std::uint64_t>(seed) * 2654435761U + 1;
  for (int i = 0; i < n; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    result.push_back(low + (high - low) * static_cast<T>(state >> 40) / static_cast<T>(1 << 24));
  }
  return result;
}

template <typename T>
void expect_close(const std::vector<T>& a, const std::vector<T>& b, const std::string& what) {
  const T tolerance = std::numeric_limits<T>::epsilon() * 200;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (a[i] == b[i]) continue;  // infinities
    EXPECT_LE(std::abs(a[i] - b[i]), tolerance * std::max(T(1), std::abs(b[i])))
        << what << " at " << i;
  }
}

template <typename T>
void compare_elementwise(const LoopTable& table, const LoopTable& baseline) {
  const auto a = inputs<T>(77, T(0.1), T(0.9), 1);
  const auto b = inputs<T>(77, T(0.1), T(3), 2);
  std::vector<T> y(a.size());
  std::vector<T> expected(a.size());
  const auto n = static_cast<std::int64_t>(a.size());
  for (int i = 0; i < static_cast<int>(Unary::kCount); ++i) {
    loops_of<T>(table).unary.entries[i](b.data(), y.data(), n);
    loops_of<T>(baseline).unary.entries[i](b.data(), expected.data(), n);
    expect_close(y, expected, "unary loop " + std::to_string(i));
  }
  for (int i = 0; i < static_cast<int>(Binary::kCount); ++i) {
    for (int form = 0; form < static_cast<int>(Operands::kCount); ++form) {
      loops_of<T>(table).binary.entries[i].entries[form](a.data(), b.data(), y.data(), n);
      loops_of<T>(baseline).binary.entries[i].entries[form](a.data(), b.data(), expected.data(), n);
      expect_close(y, expected, "binary loop " + std::to_string(i));
    }
  }
  for (int i = 0; i < static_cast<int>(Reduction::kCount); ++i) {
    const std::vector<T> got = {loops_of<T>(table).reduce.entries[i](a.data(), n)};
    const std::vector<T> wanted = {loops_of<T>(baseline).reduce.entries[i](a.data(), n)};
    expect_close(got, wanted, "reduction " + std::to_string(i));
  }
  loops_of<T>(table).softmax(b.data(), y.data(), 7, 11);
  loops_of<T>(baseline).softmax(b.data(), expected.data(), 7, 11);
  expect_close(y, expected, "softmax");
}

template <typename T>
void check_gemm(const LoopTable& table, const GemmShape& s) {
  const auto a = inputs<T>(static_cast<int>(s.m * s.k), T(-1), T(1), 3);
  const auto b = inputs<T>(static_cast<int>(s.k * s.n), T(-1), T(1), 4);
  std::vector<T> c(static_cast<std::size_t>(s.m * s.n), T(2));
  std::vector<T> expected = c;
  for (std::int64_t i = 0; i < s.m; ++i) {
    for (std::int64_t j = 0; j < s.n; ++j) {
      double sum = s.accumulate ? 2 : 0;
      for (std::int64_t p = 0; p < s.k; ++p) {
        sum += static_cast<double>(
                   a[static_cast<std::size_t>(s.transpose_a ? p * s.m + i : i * s.k + p)]) *
               static_cast<double>(
                   b[static_cast<std::size_t>(s.transpose_b ? j * s.k + p : p * s.n + j)]);
      }
      expected[static_cast<std::size_t>(i * s.n + j)] = static_cast<T>(sum);
    }
  }
  std::vector<T> workspace(static_cast<std::size_t>(loops_of<T>(table).gemm_workspace(s)));
  loops_of<T>(table).gemm(s, a.data(), b.data(), c.data(), workspace.data());
  expect_close(c, expected, std::string("gemm of ") + table.name);
}

TEST(Simd, levelsAgree) {
  const LoopTable* const* tables = all_loops();
  for (const LoopTable* const* table = tables; *table != nullptr; ++table) {
    SCOPED_TRACE((*table)->name);
    compare_elementwise<float>(**table, **tables);
    compare_elementwise<double>(**table, **tables);
  }
}

TEST(Simd, matrixProductsOfEverySizeAndOrder) {
  for (const LoopTable* const* table = all_loops(); *table != nullptr; ++table) {
    for (const std::int64_t m : {1, 5, 6, 13, 200}) {
      for (const std::int64_t n : {1, 7, 8, 9, 16, 33}) {
        for (const std::int64_t k : {0, 1, 17, 300}) {
          for (int flags = 0; flags < 8; ++flags) {
            GemmShape s{.m = m,
                        .n = n,
                        .k = k,
                        .transpose_a = (flags & 1) != 0,
                        .transpose_b = (flags & 2) != 0,
                        .accumulate = (flags & 4) != 0};
            s.stride_a = s.transpose_a ? m : k;
            s.stride_b = s.transpose_b ? k : n;
            s.stride_c = n;
            check_gemm<float>(**table, s);
            if (m < 20) check_gemm<double>(**table, s);
          }
        }
      }
    }
  }
}

TEST(Simd, sixteenBitFloatsRoundToNearestEven) {
  for (const LoopTable* const* table = all_loops(); *table != nullptr; ++table) {
    const float x[] = {1.0F, 1.0F + 1.0F / 2048, 1.0F + 3.0F / 2048, 65504.0F, 65520.0F, 5e-8F};
    std::uint16_t bits[6];
    (*table)->float_to_half(x, bits, 6);
    EXPECT_EQ(bits[0], 0x3c00);
    EXPECT_EQ(bits[1], 0x3c00);
    EXPECT_EQ(bits[2], 0x3c02);
    EXPECT_EQ(bits[3], 0x7bff);
    EXPECT_EQ(bits[4], 0x7c00);
    EXPECT_EQ(bits[5], 0x0001);
    float back[6];
    (*table)->half_to_float(bits, back, 6);
    EXPECT_EQ(back[3], 65504.0F);
    const float y[] = {1.0F + 1.0F / 256, 1.0F + 3.0F / 256, std::nanf("")};
    (*table)->float_to_bfloat16(y, bits, 3);
    EXPECT_EQ(bits[0], 0x3f80);
    EXPECT_EQ(bits[1], 0x3f82);
    EXPECT_EQ(bits[2] & 0x7fffU, 0x7fc0U);
  }
}

TEST(Simd, theEnvironmentChoosesALowerLevel) {
  const char* wanted = std::getenv("TENSORKEEP_CPU");
  if (wanted == nullptr) GTEST_SKIP() << "run by ctest with TENSORKEEP_CPU set";
  EXPECT_STREQ(loops().name, wanted);
}

}  // namespace
}  // namespace tensorkeep::runtime::simd
