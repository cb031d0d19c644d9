#pragma once

#include <cstddef>
#include <span>

namespace tensorkeep::io {

// Bytes from front to back, that need not all be in memory at once. For one thread.
class ByteStream {
 public:
  ByteStream() = default;
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Fills `out` and returns the number of bytes: fewer than out.size() only where the stream ends,
  // 0 behind the end. What can be said of all bytes only (a wrong checksum) is thrown when the last
  // of them is asked for, so whoever handed bytes on before must be able to take them back.
  // REQUIRES: out.size() is a multiple of 16, so that no element is cut in two.
  virtual std::size_t read(std::span<std::byte> out) = 0;
};

}  // namespace tensorkeep::io
