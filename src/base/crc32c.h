#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// CRC-32C (Castagnoli, as in iSCSI, RFC 3720) and the mask under which LevelDB's and TensorFlow's
// files store it, so that a checksum of data that holds checksums stays good.
namespace tensorkeep::crc32c {

// The checksum of what `crc` is the checksum of, followed by `bytes`. extend(0, x) starts afresh.
std::uint32_t extend(std::uint32_t crc, std::span<const std::byte> bytes);
inline std::uint32_t extend(std::uint32_t crc, const void* data, std::size_t size) {
  return extend(crc, {static_cast<const std::byte*>(data), size});
}
inline std::uint32_t value(std::span<const std::byte> bytes) {
  return extend(0, bytes);
}

// The checksum of A followed by B from those of A and of B, and B's length in bytes.
std::uint32_t combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t size_b);

inline constexpr std::uint32_t kMaskDelta = 0xa282ead8u;

constexpr std::uint32_t mask(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + kMaskDelta;
}
constexpr std::uint32_t unmask(std::uint32_t masked) {
  const std::uint32_t rotated = masked - kMaskDelta;
  return (rotated >> 17) | (rotated << 15);
}

}  // namespace tensorkeep::crc32c
