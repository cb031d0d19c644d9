#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// The numbers LevelDB's table format is made of (leveldb/doc/table_format.md).
namespace tensorkeep::table {

inline constexpr std::uint64_t kMagic = 0xdb4775248b80fb57ull;
inline constexpr std::size_t kFooterSize = 48;       // two block handles, padding, magic
inline constexpr std::size_t kBlockTrailerSize = 5;  // compression type, masked crc32c
inline constexpr std::size_t kBlockSize = 262144;    // TensorFlow's

enum class Compression : unsigned char { kNone = 0, kSnappy = 1 };

// All fixed-width numbers are little-endian.
template <typename T>
T load_little_endian(const void* from) {
  unsigned char bytes[sizeof(T)];
  std::memcpy(bytes, from, sizeof(T));
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(bytes[i]) << (8 * i);
  return value;
}

template <typename T>
void append_little_endian(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

// Base 128, low bits first. Takes it off the front of `input`; false if it is cut off or too long.
template <typename T>
bool take_varint(std::string_view& input, T& value) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < input.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(input[i]);
    const std::uint64_t bits = byte & 0x7f;
    if (i == 9 && bits > 1) return false;
    result |= bits << (7 * i);
    if (byte < 0x80) {
      value = static_cast<T>(result);
      input.remove_prefix(i + 1);
      return static_cast<std::uint64_t>(value) == result;
    }
  }
  return false;
}

inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

}  // namespace tensorkeep::table
