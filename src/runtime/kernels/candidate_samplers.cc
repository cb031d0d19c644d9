#include "runtime/kernels/candidate_samplers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/kernels/random_distributions.h"

namespace tensorkeep::runtime {
namespace {

template <typename T, typename Next>
T uniform_below(T n, Next&& next) {
  if ((n & (n - 1)) == 0) return next() & (n - 1);
  // The lowest numbers would make some remainders more frequent than others.
  const T rejected = std::numeric_limits<T>::max() % n + 1;
  T number;
  do {
    number = next();
  } while (number < rejected);
  return number % n;
}

}  // namespace

float Numbers::unit() {
  return unit_float(next_());
}

double Numbers::unit_wide() {
  const std::uint32_t high = next_();
  return unit_double(high, next_());
}

std::uint32_t Numbers::below(std::uint32_t n) {
  return uniform_below<std::uint32_t>(n, [&] { return next_(); });
}

std::uint64_t Numbers::below_wide(std::uint64_t n) {
  return uniform_below<std::uint64_t>(n, [&] {
    const std::uint64_t low = next_();
    return low | std::uint64_t{next_()} << 32;
  });
}

std::int64_t UniformSampler::sample(Numbers& numbers) {
  return static_cast<std::int64_t>(numbers.below_wide(static_cast<std::uint64_t>(range_)));
}

float UniformSampler::probability(std::int64_t) {
  return static_cast<float>(1.0 / static_cast<double>(range_));
}

LogUniformSampler::LogUniformSampler(std::int64_t range)
    : range_(range), log_range_(std::log1p(static_cast<double>(range))) {}

std::int64_t LogUniformSampler::sample(Numbers& numbers) {
  const auto value = static_cast<std::int64_t>(std::exp(numbers.unit_wide() * log_range_)) - 1;
  return value % range_;  // rounding may lead beyond
}

float LogUniformSampler::probability(std::int64_t value) {
  const auto x = static_cast<double>(value);
  return static_cast<float>(std::log((x + 2.0) / (x + 1.0)) / log_range_);
}

WeightedSampler::WeightedSampler(std::vector<float> weights)
    : weights_(std::move(weights)), buckets_(weights_.size()) {
  double sum = 0;
  for (const float weight : weights_) {
    sum += static_cast<double>(weight);
    total_ += weight;
  }
  std::vector<double> parts;
  std::vector<int> high;
  std::vector<int> low;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    // The product is of float32, as TensorFlow has it.
    parts.push_back(static_cast<double>(weights_[i] * static_cast<float>(weights_.size())) / sum);
    (parts.back() < 1 ? low : high).push_back(static_cast<int>(i));
  }
  while (!high.empty() && !low.empty()) {
    const int l = low.back();
    const int h = high.back();
    low.pop_back();
    high.pop_back();
    buckets_[static_cast<std::size_t>(l)].other = h;
    double& rest = parts[static_cast<std::size_t>(h)];
    rest -= 1.0 - parts[static_cast<std::size_t>(l)];
    (rest < 1 ? low : high).push_back(h);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    buckets_[i].probability = static_cast<float>(parts[i]);
  }
  for (const auto& left : {high, low}) {
    for (const int i : left) buckets_[static_cast<std::size_t>(i)] = {1, i};
  }
}

std::int64_t WeightedSampler::sample(Numbers& numbers) {
  const float at = numbers.unit();
  const std::uint32_t i = numbers.below(static_cast<std::uint32_t>(buckets_.size()));
  return at < buckets_[i].probability ? static_cast<std::int64_t>(i) : buckets_[i].other;
}

float WeightedSampler::probability(std::int64_t value) {
  if (value < 0 || value >= range()) return 0;
  return weights_[static_cast<std::size_t>(value)] / total_;
}

std::int64_t WeightedSampler::possible() const {
  return std::count_if(weights_.begin(), weights_.end(), [](float weight) { return weight > 0; });
}

std::int64_t LearnedSampler::sample(Numbers& numbers) {
  std::int64_t left = numbers.below(static_cast<std::uint32_t>(total_));
  std::int64_t at = 0;
  for (std::int64_t step = std::int64_t{1} << 31; step > 0; step /= 2) {
    const std::int64_t next = at + step;
    if (next > range_) continue;
    const auto node = nodes_.find(next);
    const std::int64_t weight = step + (node == nodes_.end() ? 0 : node->second);
    if (weight > left) continue;
    at = next;
    left -= weight;
  }
  return at;
}

float LearnedSampler::probability(std::int64_t value) {
  const auto found = seen_.find(value);
  const std::int64_t weight = 1 + (found == seen_.end() ? 0 : found->second);
  return static_cast<float>(weight) / static_cast<float>(total_);
}

void LearnedSampler::see(std::int64_t value) {
  if (total_ == std::numeric_limits<std::int32_t>::max()) return;
  ++seen_[value];
  ++total_;
  for (std::int64_t node = value + 1; node <= range_; node += node & -node) ++nodes_[node];
}

}  // namespace tensorkeep::runtime
