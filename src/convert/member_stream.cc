#include "convert/member_stream.h"

#include <fmt/format.h>
#include <isa-l/crc.h>
#include <zlib.h>

#include <new>

#include "convert/zip_format.h"
#include "io/file_stream.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::size_t kBufferSize = std::size_t{256} << 10;

// Raw deflate, RFC 1951. Ends where the data do, however long that may be.
class InflateStream : public io::ByteStream {
 public:
  InflateStream(const io::RandomAccessFile& file, std::uint64_t begin, std::uint64_t size,
                std::string what)
      : compressed_(file, begin, size), what_(std::move(what)), buffer_(kBufferSize) {
    if (inflateInit2(&state_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~InflateStream() override { inflateEnd(&state_); }

  std::size_t read(std::span<std::byte> out) override {
    std::size_t filled = 0;
    while (filled < out.size() && !ended_) {
      if (state_.avail_in == 0) {
        state_.avail_in = static_cast<uInt>(compressed_.read(buffer_));
        state_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
      }
      const std::size_t room = std::min<std::size_t>(out.size() - filled, std::size_t{1} << 30);
      state_.avail_out = static_cast<uInt>(room);
      state_.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
      const int result = inflate(&state_, Z_NO_FLUSH);
      filled += room - state_.avail_out;
      ended_ = result == Z_STREAM_END;
      if (ended_ || result == Z_OK) continue;
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      throw errors::DataLossError(fmt::format("{} cannot be unpacked: its data are {}", what_,
                                              result == Z_BUF_ERROR ? "cut off" : "damaged"),
                                  {.file = what_});
    }
    return filled;
  }

 private:
  io::FileStream compressed_;
  std::string what_;
  std::vector<std::byte> buffer_;
  z_stream state_{};
  bool ended_ = false;
};

// Compares length and CRC-32 with what the directory says.
class CheckedStream : public io::ByteStream {
 public:
  CheckedStream(std::unique_ptr<io::ByteStream> base, std::uint64_t size, std::uint32_t crc,
                std::string what)
      : base_(std::move(base)), remaining_(size), expected_(crc), what_(std::move(what)) {
    if (remaining_ == 0) check();
  }

  std::size_t read(std::span<std::byte> out) override {
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), remaining_)));
    if (out.empty()) return 0;
    const std::size_t count = base_->read(out);
    crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(out.data()), count);
    remaining_ -= count;
    if (count < out.size())
      fail(fmt::format("is {} bytes shorter than its directory says", remaining_));
    if (remaining_ == 0) check();
    return count;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw errors::DataLossError(fmt::format("{} {}", what_, why), {.file = what_});
  }
  void check() {
    std::byte more{};
    if (base_->read({&more, 1}) != 0) fail("is longer than its directory says");
    if (crc_ != expected_) {
      fail(fmt::format("is damaged: its CRC-32 is {:08x}, stored is {:08x}", crc_, expected_));
    }
  }

  std::unique_ptr<io::ByteStream> base_;
  std::uint64_t remaining_;
  std::uint32_t crc_ = 0;
  std::uint32_t expected_;
  std::string what_;
};

}  // namespace

std::unique_ptr<io::ByteStream> open_member(const io::RandomAccessFile& file, std::uint64_t begin,
                                            const ZipReader::Member& member,
                                            const std::string& what) {
  std::unique_ptr<io::ByteStream> data;
  if (member.method == zip::kDeflated) {
    data = std::make_unique<InflateStream>(file, begin, member.compressed_size, what);
  } else {
    data = std::make_unique<io::FileStream>(file, begin, member.compressed_size);
  }
  return std::make_unique<CheckedStream>(std::move(data), member.size, member.crc32, what);
}

}  // namespace tensorkeep::convert
