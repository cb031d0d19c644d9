#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/kernels/random_generator.h"
#include "runtime/value.h"

// Distributions over classes 0 to range - 1, and TensorFlow's ways to draw from them.
namespace tensorkeep::runtime {

// Numbers of one Philox sequence.
class Numbers {
 public:
  explicit Numbers(Philox philox) : next_(philox) {}
  float unit();
  double unit_wide();
  // Below n > 0, without a bias.
  std::uint32_t below(std::uint32_t n);
  std::uint64_t below_wide(std::uint64_t n);

 private:
  SingleNumbers next_;
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  virtual std::int64_t sample(Numbers& numbers) = 0;
  virtual float probability(std::int64_t value) = 0;
  // How many classes there are, and how many of them may be drawn at all.
  virtual std::int64_t range() const = 0;
  virtual std::int64_t possible() const { return range(); }
};

class UniformSampler : public Sampler {
 public:
  explicit UniformSampler(std::int64_t range) : range_(range) {}
  std::int64_t sample(Numbers& numbers) override;
  float probability(std::int64_t value) override;
  std::int64_t range() const override { return range_; }

 private:
  std::int64_t range_;
};

// The probability of a class falls with its number as in Zipf's law.
class LogUniformSampler : public Sampler {
 public:
  explicit LogUniformSampler(std::int64_t range);
  std::int64_t sample(Numbers& numbers) override;
  float probability(std::int64_t value) override;
  std::int64_t range() const override { return range_; }

 private:
  std::int64_t range_;
  double log_range_;
};

// Probabilities as the given weights (Walker's alias method).
class WeightedSampler : public Sampler {
 public:
  explicit WeightedSampler(std::vector<float> weights);
  std::int64_t sample(Numbers& numbers) override;
  float probability(std::int64_t value) override;
  std::int64_t range() const override { return static_cast<std::int64_t>(weights_.size()); }
  std::int64_t possible() const override;

 private:
  struct Bucket {
    float probability = 1;
    int other = -1;
  };
  std::vector<float> weights_;
  float total_ = 0;
  std::vector<Bucket> buckets_;
};

// One more for every time that a class was seen; the session keeps what was seen.
class LearnedSampler : public Sampler, public Resource {
 public:
  explicit LearnedSampler(std::int64_t range) : range_(range), total_(range) {}
  std::int64_t sample(Numbers& numbers) override;
  float probability(std::int64_t value) override;
  std::int64_t range() const override { return range_; }
  void see(std::int64_t value);
  std::mutex& mutex() { return mutex_; }

 private:
  // A Fenwick tree of what was seen; node i is of the classes (i - lowest bit of i, i].
  std::int64_t range_;
  std::int64_t total_;
  std::unordered_map<std::int64_t, std::int64_t> seen_;
  std::unordered_map<std::int64_t, std::int64_t> nodes_;
  std::mutex mutex_;
};

}  // namespace tensorkeep::runtime
