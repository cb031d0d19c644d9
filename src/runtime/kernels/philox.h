#pragma once

#include <array>
#include <cstdint>

namespace tensorkeep::runtime {

// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): the n-th
// group of four numbers is a function of key and counter alone.
class Philox {
 public:
  using Group = std::array<std::uint32_t, 4>;

  Philox() = default;
  // As TensorFlow keys it: the first seed is the key, the second the upper half of the counter.
  Philox(std::uint64_t seed, std::uint64_t seed2) : key_(seed), high_(seed2) {}
  Philox(std::uint64_t key, std::uint64_t low, std::uint64_t high)
      : key_(key), low_(low), high_(high) {}

  std::uint64_t key() const { return key_; }
  std::uint64_t high() const { return high_; }

  void skip(std::uint64_t groups) {
    const std::uint64_t before = low_;
    low_ += groups;
    if (low_ < before) ++high_;
  }

  Group operator()() {
    Group counter = {lower(low_), upper(low_), lower(high_), upper(high_)};
    std::uint32_t key0 = lower(key_);
    std::uint32_t key1 = upper(key_);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
      const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
      counter = {upper(b) ^ counter[1] ^ key0, lower(b), upper(a) ^ counter[3] ^ key1, lower(a)};
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    skip(1);
    return counter;
  }

 private:
  static std::uint32_t lower(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
  static std::uint32_t upper(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
  }

  std::uint64_t key_ = 0;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace tensorkeep::runtime
