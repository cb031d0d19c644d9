#include "datasets/idx.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/checked_math.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::datasets {
namespace {

constexpr std::uint32_t kUnsignedByte = 8;
constexpr std::uint64_t kDeflateMaxRatio = 1032;  // RFC 1951: no input expands further

// zlib's reader of gzip files, which passes other files through as they are.
class GzipFile {
 public:
  explicit GzipFile(const std::string& path) : path_(path) {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) {
      throw errors::NotFoundError(fmt::format("{}; No such file or directory", path),
                                  {.file = path});
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    file_ = gzopen(path.c_str(), "rb");
    if (file_ == nullptr) {
      throw errors::PermissionDeniedError(fmt::format("{}; {}", path, std::strerror(errno)),
                                          {.file = path});
    }
  }
  ~GzipFile() { gzclose(file_); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  // Bytes that a file of this size can hold at most, unpacked.
  std::uint64_t most_bytes() const {
    return checked_mul(size_, kDeflateMaxRatio).value_or(UINT64_MAX);
  }

  // Reads up to `count` bytes; fewer only at the end of the file.
  std::size_t read(void* out, std::size_t count) {
    std::size_t done = 0;
    while (done < count) {
      const auto piece = static_cast<unsigned>(std::min<std::size_t>(count - done, 1u << 20));
      const int got = gzread(file_, static_cast<char*>(out) + done, piece);
      if (got < 0) fail();
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    int code = Z_OK;
    gzerror(file_, &code);
    if (code != Z_OK && code != Z_STREAM_END) fail();
    return done;
  }

 private:
  [[noreturn]] void fail() {
    int code = Z_OK;
    const std::string text = gzerror(file_, &code);
    throw errors::DataLossError(
        fmt::format("{}: the gzip data is damaged or cut off ({}); fetch the file again", path_,
                    text),
        {.file = path_});
  }

  std::string path_;
  std::uint64_t size_ = 0;
  gzFile file_ = nullptr;
};

[[noreturn]] void raise_truncated(const std::string& path, std::uint64_t wanted) {
  throw errors::DataLossError(
      fmt::format("{}: truncated; its header promises {} bytes. Fetch the file again", path,
                  wanted),
      {.file = path});
}

std::uint32_t read_uint32(GzipFile& file, const std::string& path) {
  unsigned char bytes[4];
  if (file.read(bytes, 4) != 4) {
    throw errors::DataLossError(fmt::format("{}: truncated within the header", path),
                                {.file = path});
  }
  return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) |
         (std::uint32_t{bytes[2]} << 8) | bytes[3];
}

}  // namespace

Tensor read_idx(const std::string& path, int rank, const std::string& what) {
  GzipFile file(path);
  const std::uint32_t magic = read_uint32(file, path);
  const std::uint32_t expected = (kUnsignedByte << 8) | static_cast<std::uint32_t>(rank);
  if (magic != expected) {
    errors::raise_value_error(
        fmt::format("Invalid magic number {} in MNIST {} file: {}; expected {}", magic, what, path,
                    expected),
        {.file = path});
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < rank; ++i) dims.push_back(read_uint32(file, path));
  const Shape shape(std::move(dims));
  const auto count = shape.checked_num_elements();
  if (!count || static_cast<std::uint64_t>(*count) > file.most_bytes()) {
    throw errors::DataLossError(
        fmt::format("{}: truncated; its header promises {} values of shape {}", path,
                    count ? std::to_string(*count) : "2^63 or more", shape.debug_string()),
        {.file = path});
  }
  Tensor values(uint8, shape);
  if (file.read(values.mutable_raw_data(), values.num_bytes()) != values.num_bytes()) {
    raise_truncated(path, values.num_bytes());
  }
  char extra;
  if (file.read(&extra, 1) != 0) {
    throw errors::DataLossError(
        fmt::format("{}: more data than the {} values its header promises", path, *count),
        {.file = path});
  }
  return values;
}

}  // namespace tensorkeep::datasets
