#include "bundle/stored_stream.h"

#include <algorithm>
#include <cstring>

namespace tensorkeep::bundle {

StoredStream::StoredStream(const io::RandomAccessFile& file, const Place& place)
    : file_(file),
      place_(place),
      next_(place.offset),
      remaining_(place.size),
      buffer_(static_cast<std::size_t>(std::min<std::uint64_t>(place.size, kBufferSize))) {}

void StoredStream::refill() {
  if (!unread_.empty() || remaining_ == 0) return;
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, buffer_.size()));
  const std::span<std::byte> target(buffer_.data(), size);
  file_.read_exactly(next_, target);
  next_ += size;
  unread_ = target;
}

void StoredStream::pass(std::uint64_t size,
                        const std::function<void(std::span<const std::byte>)>& piece) {
  if (size > remaining_) place_.fail("Invalid size in bundle entry: the tensor needs more bytes");
  while (size > 0) {
    refill();
    const auto taken =
        unread_.first(static_cast<std::size_t>(std::min<std::uint64_t>(size, unread_.size())));
    piece(taken);
    unread_ = unread_.subspan(taken.size());
    remaining_ -= taken.size();
    size -= taken.size();
  }
}

void StoredStream::read(std::span<std::byte> out) {
  pass(out.size(), [&](std::span<const std::byte> piece) {
    std::memcpy(out.data(), piece.data(), piece.size());
    out = out.subspan(piece.size());
  });
}

std::uint64_t StoredStream::read_varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    refill();
    if (unread_.empty()) break;
    const auto byte = static_cast<std::uint64_t>(unread_.front());
    unread_ = unread_.subspan(1);
    --remaining_;
    if (shift == 63 && byte > 1) break;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  place_.fail("String lengths not parseable");
}

void StoredStream::expect_end() const {
  if (remaining_ > 0) place_.fail("Invalid size in bundle entry: bytes are left over");
}

}  // namespace tensorkeep::bundle
