#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"

namespace tensorkeep::table {

// One value of a table from front to back. A small one lies in its block, which is in memory and
// checked; a large one comes from the file through a buffer of fixed size, and finish() checks the
// block's checksum: until then its bytes may be anything. Whoever asks for more than there is gets
// a DataLossError. For one thread.
class ValueStream {
 public:
  // A value in `block`, which is kept alive.
  ValueStream(const io::RandomAccessFile& file, std::shared_ptr<const void> block,
              std::string_view value);
  // A stretch of an uncompressed block whose contents begin at `offset` and whose `size` bytes
  // are followed by the trailer; all of it is there to be taken until limit_to() is called.
  ValueStream(const io::RandomAccessFile& file, std::uint64_t offset, std::uint64_t size);

  std::uint64_t remaining() const { return remaining_; }
  // Takes the next bytes; large ones go straight from the file to `out`.
  void read(std::span<std::byte> out);
  // What lies in the buffer, at least one byte unless nothing remains; take it with skip().
  std::span<const std::byte> peek();
  void skip(std::uint64_t size);
  // From now on there are only `size` more bytes; DataLossError if there are fewer.
  void limit_to(std::uint64_t size);
  // Passes over what is left, and throws DataLossError "block checksum mismatch" if the block is
  // damaged.
  void finish();

  // DataLossError with the file and the block's place.
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void refill();
  void read_from_file(std::span<std::byte> out);

  const io::RandomAccessFile* file_;
  std::shared_ptr<const void> block_;  // null if it is not in memory
  std::uint64_t begin_ = 0;            // of the block, and of its trailer
  std::uint64_t end_ = 0;
  std::uint64_t next_ = 0;       // in the file: not yet in the buffer
  std::uint64_t remaining_ = 0;  // not yet taken
  std::uint32_t crc_ = 0;        // of the block up to next_
  std::vector<std::byte> buffer_;
  std::span<const std::byte> unread_;
};

// Base 128, low bits first: DataLossError if it is cut off or too long for 64 bits.
std::uint64_t take_varint(ValueStream& stream);

}  // namespace tensorkeep::table
