#pragma once

#include <algorithm>
#include <cstdint>

#include "io/byte_stream.h"
#include "io/file_system.h"

namespace tensorkeep::io {

// The bytes [begin, begin + size) of a file, which must outlive the stream.
class FileStream : public ByteStream {
 public:
  FileStream(const RandomAccessFile& file, std::uint64_t begin, std::uint64_t size)
      : file_(file), next_(begin), remaining_(size) {}

  std::size_t read(std::span<std::byte> out) override {
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), remaining_)));
    if (!out.empty()) file_.read_exactly(next_, out);
    next_ += out.size();
    remaining_ -= out.size();
    return out.size();
  }

 private:
  const RandomAccessFile& file_;
  std::uint64_t next_;
  std::uint64_t remaining_;
};

}  // namespace tensorkeep::io
