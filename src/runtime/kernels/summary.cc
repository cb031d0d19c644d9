#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_set>
#include <vector>

#include "proto/saved_forms.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "tensorkeep/proto/summary.pb.h"

// Values as the Summary messages that event files hold.
namespace tensorkeep::runtime {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

// Upper ends of buckets that grow by a tenth from 1e-12 to 1e20, their mirror image, and all the
// rest on both sides.
std::vector<double> make_bucket_limits() {
  std::vector<double> positive;
  double limit = 1e-12;
  while (limit < 1e20) {
    positive.push_back(limit);
    limit *= 1.1;
  }
  positive.push_back(kLargest);
  std::vector<double> limits;
  std::transform(positive.rbegin(), positive.rend(), std::back_inserter(limits),
                 [](double value) { return -value; });
  limits.push_back(0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  return limits;
}

class Histogram {
 public:
  void add(double value) {
    const auto above = std::upper_bound(limits().begin(), limits().end(), value);
    // The largest number is its own limit, and in the last bucket all the same.
    const auto bucket = std::min<std::size_t>(static_cast<std::size_t>(above - limits().begin()),
                                              counts_.size() - 1);
    counts_[bucket] += 1;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    num_ += 1;
    sum_ += value;
    sum_squares_ += value * value;
  }

  // Each run of empty buckets as one.
  void encode(proto::HistogramProto& message) const {
    message.set_min(min_);
    message.set_max(max_);
    message.set_num(num_);
    message.set_sum(sum_);
    message.set_sum_squares(sum_squares_);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const double count = counts_[i];
      while (count == 0 && i + 1 < counts_.size() && counts_[i + 1] == 0) ++i;
      message.add_bucket_limit(limits()[i]);
      message.add_bucket(count);
    }
  }

 private:
  static const std::vector<double>& limits() {
    static const auto* const result = new std::vector<double>(make_bucket_limits());
    return *result;
  }

  std::vector<double> counts_ = std::vector<double>(limits().size());
  double min_ = kLargest;
  double max_ = -kLargest;
  double num_ = 0;
  double sum_ = 0;
  double sum_squares_ = 0;
};

void set_output(KernelContext& c, const proto::Summary& summary) {
  const std::size_t size = summary.ByteSizeLong();
  if (size > std::size_t{INT32_MAX}) {
    c.fail(fmt::format("A summary of {} bytes is more than a protocol message can hold", size));
  }
  const google::protobuf::LogSilencer silence;  // it complains of tags that are no UTF-8
  c.set_output(0, Tensor::scalar(summary.SerializeAsString()));
}

// Calls f with the values, 16-bit floats as float32.
template <typename F>
void visit_real(const Tensor& values, F&& f) {
  const Tensor wide = widen(values);
  visit_dtype(wide.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) f(wide.data<T>());
  });
}

void scalar_summary(KernelContext& c) {
  const auto tags = c.input(0).data<std::string>();
  if (c.input_shape(0) != c.input_shape(1)) {
    c.fail(fmt::format("tags and values are not the same shape: {} != {}{}",
                       c.input_shape(0).debug_string(), c.input_shape(1).debug_string(),
                       tags.size() == 1 ? " (tag '" + tags[0] + "')" : ""));
  }
  proto::Summary summary;
  visit_real(c.input(1), [&](const auto& values) {
    for (std::size_t i = 0; i < tags.size(); ++i) {
      auto& value = *summary.add_value();
      value.set_tag(tags[i]);
      value.set_simple_value(static_cast<float>(values[i]));
    }
  });
  set_output(c, summary);
}

void histogram_summary(KernelContext& c) {
  if (c.input_shape(0).rank() != 0) c.fail("tags must be scalar");
  Histogram histogram;
  visit_real(c.input(1), [&](const auto& values) {
    for (const auto element : values) {
      const auto value = static_cast<double>(element);
      if (std::isnan(value)) c.fail("Nan in summary histogram for: " + c.op().name());
      if (std::isinf(value)) c.fail("Infinity in Histogram for: " + c.op().name());
      histogram.add(value);
    }
  });
  proto::Summary summary;
  auto& value = *summary.add_value();
  value.set_tag(c.input(0).value<std::string>());
  histogram.encode(*value.mutable_histo());
  set_output(c, summary);
}

void merge_summary(KernelContext& c) {
  proto::Summary merged;
  std::unordered_set<std::string> tags;
  for (int i = 0; i < c.num_inputs(); ++i) {
    for (const std::string& bytes : c.input(i).data<std::string>()) {
      proto::Summary summary;
      if (!parse_message(summary, bytes)) c.fail("Could not parse one of the summary inputs");
      for (auto& value : *summary.mutable_value()) {
        if (!value.tag().empty() && !tags.insert(value.tag()).second) {
          c.fail("Duplicate tag " + value.tag() + " found in summary inputs");
        }
        *merged.add_value() = std::move(value);
      }
    }
  }
  set_output(c, merged);
}

}  // namespace

void register_summary_kernels(KernelRegistry& registry) {
  registry.add_function("ScalarSummary", scalar_summary);
  registry.add_function("HistogramSummary", histogram_summary);
  registry.add_function("MergeSummary", merge_summary);
}

}  // namespace tensorkeep::runtime
