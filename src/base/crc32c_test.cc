#include "base/crc32c.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace tensorkeep::crc32c {
namespace {

std::uint32_t of(std::string_view text) {
  return extend(0, text.data(), text.size());
}

// One bit at a time, from the definition.
std::uint32_t slowly(std::string_view text) {
  std::uint32_t state = ~0u;
  for (const char c : text) {
    state ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ ((state & 1) ? 0x82f63b78u : 0);
  }
  return ~state;
}

TEST(Crc32cTest, KnownValues) {
  EXPECT_EQ(of(""), 0u);
  EXPECT_EQ(of("123456789"), 0xe3069283u);
  EXPECT_EQ(
      of(std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32)),
      0x8a9136aau);  // RFC 3720, B.4
}

TEST(Crc32cTest, TheMaskOfNothingIsTheDelta) {
  EXPECT_EQ(mask(0), 0xa282ead8u);
  for (const std::uint32_t crc : {0u, 1u, 0x80000000u, 0xffffffffu, 0x12345678u}) {
    EXPECT_EQ(unmask(mask(crc)), crc);
  }
}

TEST(Crc32cTest, EveryLengthAndSplitAgreesWithTheDefinition) {
  std::string text;
  for (int i = 0; i < 300; ++i) text.push_back(static_cast<char>(i * 37 + i / 7));
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view all(text.data(), size);
    const std::uint32_t expected = slowly(all);
    ASSERT_EQ(of(all), expected) << size;
    const std::size_t half = size / 3;
    ASSERT_EQ(extend(of(all.substr(0, half)), text.data() + half, size - half), expected);
    ASSERT_EQ(combine(of(all.substr(0, half)), of(all.substr(half)), size - half), expected);
  }
}

TEST(Crc32cTest, MoreThanTwoGibibytes) {
  const std::size_t size = (std::size_t{1} << 31) + 4097;
  void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(map, MAP_FAILED);
  // Zeros, so that no memory is taken; the expected value by doubling.
  const std::uint32_t one = value(std::vector<std::byte>(1));
  std::uint32_t doubled = one;
  for (std::uint64_t length = 1; length < (std::uint64_t{1} << 31); length *= 2) {
    doubled = combine(doubled, doubled, length);
  }
  const std::vector<std::byte> rest(4097);
  EXPECT_EQ(extend(0, map, size), extend(doubled, rest));
  munmap(map, size);
}

}  // namespace
}  // namespace tensorkeep::crc32c
