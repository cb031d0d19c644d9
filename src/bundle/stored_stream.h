#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "bundle/place.h"
#include "io/file_system.h"

namespace tensorkeep::bundle {

// The stored bytes of one tensor from front to back, through a buffer of fixed size. Whoever asks
// for more than there is gets a DataLossError: the entry's size is then wrong.
class StoredStream {
 public:
  static constexpr std::size_t kBufferSize = std::size_t{1} << 20;

  StoredStream(const io::RandomAccessFile& file, const Place& place);

  const Place& place() const { return place_; }
  std::uint64_t remaining() const { return remaining_; }
  void read(std::span<std::byte> out);
  std::uint64_t read_varint();
  // The next `size` bytes, in pieces.
  void pass(std::uint64_t size, const std::function<void(std::span<const std::byte>)>& piece);
  void expect_end() const;

 private:
  // At least one byte unless the tensor is at its end.
  void refill();

  const io::RandomAccessFile& file_;
  const Place& place_;
  std::uint64_t next_;       // of the file, not yet in the buffer
  std::uint64_t remaining_;  // not yet taken
  std::vector<std::byte> buffer_;
  std::span<const std::byte> unread_;
};

}  // namespace tensorkeep::bundle
