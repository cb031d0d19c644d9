#include "table/value_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/crc32c.h"
#include "table/format.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::table {
namespace {

constexpr std::size_t kBufferSize = std::size_t{256} << 10;

}  // namespace

ValueStream::ValueStream(const io::RandomAccessFile& file, std::shared_ptr<const void> block,
                         std::string_view value)
    : file_(&file),
      block_(std::move(block)),
      remaining_(value.size()),
      unread_(std::as_bytes(std::span(value.data(), value.size()))) {}

ValueStream::ValueStream(const io::RandomAccessFile& file, std::uint64_t offset, std::uint64_t size)
    : file_(&file), begin_(offset), end_(offset + size), next_(offset), remaining_(size) {}

void ValueStream::fail(std::string_view what) const {
  const std::string place =
      block_ ? std::string() : fmt::format(", bytes {} to {}", begin_, end_ + kBlockTrailerSize);
  throw errors::DataLossError(
      fmt::format("{}: {}{}; the file is damaged", what, file_->path(), place),
      {.file = file_->path()});
}

void ValueStream::read_from_file(std::span<std::byte> out) {
  file_->read_exactly(next_, out);
  crc_ = crc32c::extend(crc_, out);
  next_ += out.size();
}

void ValueStream::refill() {
  if (!unread_.empty() || block_) return;
  buffer_.resize(kBufferSize);
  const auto piece = std::span(buffer_).first(std::min<std::uint64_t>(kBufferSize, end_ - next_));
  read_from_file(piece);
  unread_ = piece;
}

std::span<const std::byte> ValueStream::peek() {
  if (remaining_ > 0) refill();
  return unread_.first(std::min<std::uint64_t>(unread_.size(), remaining_));
}

void ValueStream::skip(std::uint64_t size) {
  if (size > remaining_) fail("value ends too early");
  while (size > 0) {
    const std::uint64_t taken = std::min<std::uint64_t>(peek().size(), size);
    unread_ = unread_.subspan(taken);
    remaining_ -= taken;
    size -= taken;
  }
}

void ValueStream::read(std::span<std::byte> out) {
  if (out.size() > remaining_) fail("value ends too early");
  while (!out.empty()) {
    if (unread_.empty() && !block_ && out.size() >= kBufferSize) {
      // In pieces, so that the checksum is taken while they are in the cache.
      read_from_file(out.first(kBufferSize));
      remaining_ -= kBufferSize;
      out = out.subspan(kBufferSize);
      continue;
    }
    const auto piece = peek();
    const std::size_t taken = std::min(piece.size(), out.size());
    std::memcpy(out.data(), piece.data(), taken);
    skip(taken);
    out = out.subspan(taken);
  }
}

void ValueStream::limit_to(std::uint64_t size) {
  if (size > remaining_) fail("value ends too early");
  remaining_ = size;
}

void ValueStream::finish() {
  if (block_) return;
  unread_ = {};
  while (next_ < end_) refill(), unread_ = {};
  remaining_ = 0;
  std::array<std::byte, kBlockTrailerSize> trailer{};
  file_->read_exactly(end_, trailer);
  crc_ = crc32c::extend(crc_, std::span(trailer).first(1));
  const auto stored = load_little_endian<std::uint32_t>(trailer.data() + 1);
  if (crc32c::unmask(stored) != crc_) fail("block checksum mismatch");
}

std::uint64_t take_varint(ValueStream& stream) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto piece = stream.peek();
    if (piece.empty()) break;
    const auto byte = std::to_integer<std::uint64_t>(piece[0]);
    stream.skip(1);
    if (shift == 63 && byte > 1) break;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  stream.fail("bad varint");
}

}  // namespace tensorkeep::table
