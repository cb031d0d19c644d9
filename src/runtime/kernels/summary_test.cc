#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "run_kernel.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/summary.pb.h"

// The rest is in tests/data/kernels/cases.txt.
namespace tensorkeep::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

Tensor strings(const std::vector<std::string>& values) {
  return Tensor::vector(values);
}

std::string bytes_of(const std::string& op, std::vector<Tensor> inputs) {
  return run_kernel(op, std::move(inputs))[0].value<std::string>();
}

proto::Summary summary_of(const std::string& op, std::vector<Tensor> inputs) {
  proto::Summary summary;
  EXPECT_TRUE(summary.ParseFromString(bytes_of(op, std::move(inputs))));
  return summary;
}

std::string error_of(const std::string& op, std::vector<Tensor> inputs) {
  try {
    run_kernel(op, std::move(inputs));
  } catch (const errors::InvalidArgumentError& error) {
    return error.message();
  }
  return "no error";
}

TEST(SummaryKernelsTest, AScalarForEveryTag) {
  const auto summary = summary_of(
      "ScalarSummary", {strings({"a", "b"}), Tensor::vector<std::int32_t>({1, 1 << 24})});
  ASSERT_EQ(summary.value_size(), 2);
  EXPECT_EQ(summary.value(0).tag(), "a");
  EXPECT_EQ(summary.value(1).simple_value(), 16777216.0f);
  EXPECT_EQ(bytes_of("ScalarSummary", {strings({}), Tensor::vector<float>({})}), "");
}

TEST(SummaryKernelsTest, TagsThatAreNoUtf8AreWrittenWithoutAWord) {
  testing::internal::CaptureStderr();
  const Tensor bytes =
      run_kernel("ScalarSummary", {Tensor::scalar(std::string("\xff")), Tensor::scalar(1.0f)})[0];
  EXPECT_EQ(bytes.value<std::string>(), std::string("\n\x08\n\x01\xff\x15\0\0\x80?", 10));
  EXPECT_EQ(error_of("MergeSummary", {bytes}), "Could not parse one of the summary inputs");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(SummaryKernelsTest, TagsAndValuesHaveOneShape) {
  const auto error = [](const Tensor& tags, const Tensor& values) {
    return error_of("ScalarSummary", {tags, values});
  };
  EXPECT_EQ(error(strings({"a", "b"}), Tensor::scalar(1.0f)),
            "tags and values are not the same shape: [2] != []");
  EXPECT_EQ(error(Tensor::from<std::string>({"a", "b"}, {1, 2}), Tensor::vector<float>({1, 2})),
            "tags and values are not the same shape: [1,2] != [2]");
  EXPECT_EQ(error(Tensor::scalar(std::string("a")), Tensor::vector<float>({1})),
            "tags and values are not the same shape: [] != [1] (tag 'a')");
  EXPECT_EQ(error_of("HistogramSummary", {strings({"a"}), Tensor::scalar(1.0f)}),
            "tags must be scalar");
}

TEST(SummaryKernelsTest, TheLargestNumberIsInTheLastBucket) {
  const double largest = std::numeric_limits<double>::max();
  const auto summary = summary_of(
      "HistogramSummary", {Tensor::scalar(std::string("h")), Tensor::vector<double>({largest})});
  const auto& histogram = summary.value(0).histo();
  EXPECT_EQ(histogram.max(), largest);
  ASSERT_EQ(histogram.bucket_size(), 2);
  EXPECT_THAT(histogram.bucket(), ElementsAre(0, 1));
  EXPECT_EQ(histogram.bucket_limit(1), largest);
}

TEST(SummaryKernelsTest, MergingTakesAnyShapeAndRefusesATagTwice) {
  const auto scalar = [](const char* tag) {
    return bytes_of("ScalarSummary", {Tensor::scalar(std::string(tag)), Tensor::scalar(1.0f)});
  };
  const auto merged =
      summary_of("MergeSummary", {strings({scalar("a"), scalar("b")}),
                                  Tensor::from<std::string>({scalar("c")}, {1, 1}), strings({})});
  ASSERT_EQ(merged.value_size(), 3);
  EXPECT_EQ(merged.value(2).tag(), "c");
  EXPECT_THAT(error_of("MergeSummary", {strings({scalar("a"), scalar("b"), scalar("a")})}),
              StartsWith("Duplicate tag a found in summary inputs"));
}

}  // namespace
}  // namespace tensorkeep::runtime
