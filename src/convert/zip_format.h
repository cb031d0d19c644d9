#pragma once

#include <cstdint>
#include <string>

// Numbers of the zip format: PKWARE's APPNOTE.TXT, sections 4.3 to 4.5.
namespace tensorkeep::convert::zip {

inline constexpr std::uint32_t kLocalHeader = 0x04034b50;
inline constexpr std::uint32_t kDirectoryEntry = 0x02014b50;
inline constexpr std::uint32_t kZip64End = 0x06064b50;
inline constexpr std::uint32_t kZip64Locator = 0x07064b50;
inline constexpr std::uint32_t kEnd = 0x06054b50;

inline constexpr std::uint16_t kEncrypted = 1;
inline constexpr std::uint16_t kNameIsUtf8 = 1 << 11;
inline constexpr std::uint16_t kStored = 0;
inline constexpr std::uint16_t kDeflated = 8;
inline constexpr std::uint16_t kZip64Extra = 1;
inline constexpr std::uint64_t kMax16 = 0xffff;
inline constexpr std::uint64_t kMax32 = 0xffffffff;

// As it stands in the file.
inline std::string signature(std::uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

}  // namespace tensorkeep::convert::zip
