#include "tensorkeep/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "bundle/writer.h"
#include "checkpoint_testing.h"
#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "slices/writer.h"
#include "tensorkeep/convert.h"

namespace tensorkeep {
namespace {

using Kind = TensorDifference::Kind;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class DiffTest : public ::testing::Test {
 protected:
  io::MemoryFileSystem files;
  io::ScopedFileSystem scope{files};

  void save(const std::string& prefix, const std::vector<SaveItem>& items) {
    bundle::write(prefix, items, {.file_system = &files});
  }
  // The difference of two tensors of one name; of kind kOnlyInFirst if there is none.
  TensorDifference of(const Tensor& a, const Tensor& b, const DiffOptions& options = {}) {
    save("a", {{"x", a}});
    save("b", {{"x", b}});
    const DiffSummary summary = diff_tensors("a", "b", options);
    return summary.differences.empty() ? TensorDifference{.kind = Kind::kOnlyInFirst}
                                       : summary.differences[0];
  }
  bool same(const Tensor& a, const Tensor& b, const DiffOptions& options = {}) {
    return of(a, b, options).kind == Kind::kOnlyInFirst;
  }
};

TEST_F(DiffTest, NamesTypesShapesAndValues) {
  save("a", {{"a", Tensor::scalar(1.0f)},
             {"c", Tensor::vector<float>({1, 2, 3})},
             {"same", Tensor::vector<std::string>({"x", "y"})},
             {"shape", Tensor::vector<float>({1, 2})},
             {"type", Tensor::vector<float>({1})},
             {"words", Tensor::vector<std::string>({"x", "y"})}});
  save("b", {{"b", Tensor::scalar(1.0f)},
             {"c", Tensor::vector<float>({1, 4, 2.5})},
             {"same", Tensor::vector<std::string>({"x", "y"})},
             {"shape", Tensor::from<float>({1, 2}, {2, 1})},
             {"type", Tensor::vector<double>({1})},
             {"words", Tensor::vector<std::string>({"x", "z"})}});
  const DiffSummary summary = diff_tensors("a", "b");
  EXPECT_EQ(summary.tensors, 7u);
  ASSERT_EQ(summary.differences.size(), 6u);
  const Kind kinds[] = {Kind::kOnlyInFirst, Kind::kOnlyInSecond, Kind::kValues,
                        Kind::kShape,       Kind::kType,         Kind::kValues};
  const char* names[] = {"a", "b", "c", "shape", "type", "words"};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(summary.differences[i].kind, kinds[i]) << i;
    EXPECT_EQ(summary.differences[i].name, names[i]);
  }
  const TensorDifference& values = summary.differences[2];
  EXPECT_EQ(values.elements, 3);
  EXPECT_EQ(values.different, 2);
  EXPECT_EQ(values.max_abs, 2);
  EXPECT_EQ(values.max_rel, 0.5);
  EXPECT_EQ(summary.differences[3].shapes[1], Shape({2, 1}));
  EXPECT_EQ(summary.differences[4].dtypes[1], float64);
  EXPECT_EQ(summary.differences[5].different, 1);
}

TEST_F(DiffTest, TolerancesAreNumpys) {
  const Tensor a = Tensor::vector<float>({1.0f, 100.0f});
  const Tensor b = Tensor::vector<float>({1.5f, 101.0f});
  EXPECT_FALSE(same(a, b));
  EXPECT_FALSE(same(a, b, {.atol = 0.5}));
  EXPECT_TRUE(same(a, b, {.atol = 1}));
  EXPECT_FALSE(same(a, b, {.rtol = 0.01}));
  EXPECT_TRUE(same(a, b, {.rtol = 0.01, .atol = 0.49}));
  EXPECT_EQ(of(a, b, {.rtol = 0.01}).different, 1);
}

TEST_F(DiffTest, OddNumbers) {
  const auto one = [](float value) { return Tensor::vector<float>({value}); };
  EXPECT_TRUE(same(one(kNan), one(kNan)));
  EXPECT_TRUE(same(one(0.0f), one(-0.0f)));
  EXPECT_TRUE(same(one(INFINITY), one(INFINITY)));
  EXPECT_EQ(of(one(kNan), one(1), {.rtol = 1, .atol = 1}).max_abs, kInfinity);
  EXPECT_EQ(of(one(1), one(INFINITY), {.rtol = 1}).max_abs, kInfinity);
  EXPECT_EQ(of(one(1), one(0)).max_rel, kInfinity);
  const std::int64_t large = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(of(Tensor::scalar(large), Tensor::scalar(large - 1)).max_abs, 1);
  EXPECT_EQ(of(Tensor::scalar(~std::uint64_t{0}), Tensor::scalar(std::uint64_t{1})).max_abs,
            0x1p64);
  EXPECT_EQ(of(Tensor::scalar(std::uint8_t{1}), Tensor::scalar(std::uint8_t{3})).max_abs, 2);
  EXPECT_EQ(of(Tensor::scalar(true), Tensor::scalar(false)).max_abs, 1);
  using Complex = std::complex<float>;
  EXPECT_EQ(of(Tensor::scalar(Complex(1, 1)), Tensor::scalar(Complex(4, 5))).max_abs, 5);
  EXPECT_TRUE(same(Tensor::scalar(Complex(kNan, 1)), Tensor::scalar(Complex(kNan, 1))));
}

TEST_F(DiffTest, EveryTypeComparesWithItself) {
  for (const DType dtype : all_dtypes()) {
    if (size_of(dtype) == 0) continue;
    Tensor other = Tensor::zeros(dtype, {3});
    EXPECT_TRUE(same(Tensor::zeros(dtype, {3}), other)) << name_of(dtype);
    static_cast<char*>(other.mutable_raw_data())[size_of(dtype)] = 1;
    EXPECT_EQ(of(Tensor::zeros(dtype, {3}), other).different, 1) << name_of(dtype);
  }
}

TEST_F(DiffTest, FormatsAndSlicesMakeNoDifference) {
  std::vector<float> values(600'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const Tensor whole = Tensor::from(values, {2, 300'000});
  const auto part = [&](std::int64_t row) {
    const std::string slice = std::to_string(row) + ",1:-";
    return SaveItem{"x", whole.rows(row, row + 1),
                    ShapeAndSlice{whole.shape(), TensorSlice::parse(slice)}};
  };
  save("a", {part(1), part(0)});
  save("b", {{"x", whole}});
  EXPECT_TRUE(diff_tensors("a", "b").differences.empty());
  for (const char* name : {"c.npz", "c.safetensors", "c"}) {
    convert_tensors("a", name,
                    name == std::string("c") ? FileFormat::kV1 : file_format_of_path(name));
    EXPECT_TRUE(diff_tensors("a", name).differences.empty()) << name;
  }
  values.back() = 0;
  save("b", {{"x", Tensor::from(values, {2, 300'000})}});
  EXPECT_EQ(diff_tensors("c", "b").differences.at(0).different, 1);
}

TEST_F(DiffTest, DamageIsAnErrorNotADifference) {
  save("a", {{"x", Tensor::vector<float>({1, 2})}});
  save("b", {{"x", Tensor::vector<float>({1, 2})}});
  files.put("b.data-00000-of-00001", "abcdefgh");
  EXPECT_THAT(testing::error_of([] { diff_tensors("a", "b"); }),
              ::testing::HasSubstr("Checksum does not match"));
}

}  // namespace
}  // namespace tensorkeep
