#include "bundle/string_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/crc32c.h"
#include "table/format.h"

namespace tensorkeep::bundle {
namespace {

template <typename T>
std::uint32_t extend_number(std::uint32_t crc, T value, bool big_endian) {
  std::string bytes;
  table::append_little_endian(bytes, value);
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  return crc32c::extend(crc, bytes.data(), bytes.size());
}

std::uint32_t extend_length(std::uint32_t crc, std::uint64_t length, bool big_endian) {
  if (length > std::numeric_limits<std::uint32_t>::max()) {
    return extend_number(crc, length, big_endian);
  }
  return extend_number(crc, static_cast<std::uint32_t>(length), big_endian);
}

// Reads a stored checksum, compares it with the running one, and goes on over its bytes.
std::uint32_t pass_checksum(StoredStream& stream, std::uint32_t crc, bool big_endian,
                            const char* what) {
  std::array<std::byte, 4> bytes;
  stream.read(bytes);
  const std::uint32_t after = crc32c::extend(crc, bytes);
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  const std::uint32_t stored =
      crc32c::unmask(table::load_little_endian<std::uint32_t>(bytes.data()));
  if (stored != crc) {
    stream.place().fail(
        fmt::format("The {} does not match: expected {:08} but actual is {}", what, stored, crc));
  }
  return after;
}

}  // namespace

std::uint64_t encoded_strings_size(std::span<const std::string> strings) {
  std::uint64_t size = 4;
  for (const std::string& text : strings) size += table::varint_size(text.size()) + text.size();
  return size;
}

std::uint32_t encode_strings(std::span<const std::string> strings,
                             const std::function<void(std::string_view)>& emit) {
  constexpr std::size_t kPiece = 65536;
  std::uint32_t crc = 0;
  std::string piece;
  for (const std::string& text : strings) {
    crc = extend_length(crc, text.size(), false);
    table::append_varint(piece, text.size());
    if (piece.size() >= kPiece) {
      emit(piece);
      piece.clear();
    }
  }
  const std::size_t before = piece.size();
  table::append_little_endian(piece, crc32c::mask(crc));
  crc = crc32c::extend(crc, piece.data() + before, 4);
  emit(piece);
  for (const std::string& text : strings) {
    crc = crc32c::extend(crc, text.data(), text.size());
    emit(text);
  }
  return crc;
}

std::uint32_t decode_strings(StoredStream& stream, std::uint64_t count, bool big_endian,
                             std::span<std::string> out) {
  std::uint32_t crc = 0;
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t length = stream.read_varint();
    crc = extend_length(crc, length, big_endian);
    if (length > stream.remaining() || total > stream.remaining() - length) {
      stream.place().fail(fmt::format("String lengths longer than expected offset {}",
                                      stream.place().offset + stream.place().size));
    }
    total += length;
    if (!out.empty()) out[i].resize(length);
  }
  crc = pass_checksum(stream, crc, big_endian, "length checksum");
  const auto extend = [&](std::span<const std::byte> piece) { crc = crc32c::extend(crc, piece); };
  if (out.empty()) {
    stream.pass(total, extend);
  }
  for (std::string& text : out) {
    stream.read({reinterpret_cast<std::byte*>(text.data()), text.size()});
    crc = crc32c::extend(crc, text.data(), text.size());
  }
  stream.expect_end();
  return crc;
}

std::uint32_t check_variants(StoredStream& stream, std::uint64_t count) {
  std::uint32_t crc = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t length = stream.read_varint();
    crc = extend_number(crc, length, false);
    stream.pass(length,
                [&](std::span<const std::byte> piece) { crc = crc32c::extend(crc, piece); });
    crc = pass_checksum(stream, crc, false, "checksum of a variant");
  }
  stream.expect_end();
  return crc;
}

}  // namespace tensorkeep::bundle
