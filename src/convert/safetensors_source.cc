#include <fmt/format.h>

#include <array>

#include "convert/safetensors.h"
#include "convert/source.h"
#include "io/file_stream.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

class SafetensorsSource : public TensorSource {
 public:
  SafetensorsSource(io::FileSystem& files, const std::string& path)
      : TensorSource(path, FileFormat::kSafetensors), file_(files.open(path)) {
    SafetensorsHeader header = read_header();
    metadata_ = std::move(header.metadata);
    std::vector<StoredTensor> tensors;
    for (auto& tensor : header.tensors) {
      begins_[tensor.name] = data_ + tensor.begin;
      StoredTensor stored{std::move(tensor.name), tensor.dtype, std::move(tensor.shape)};
      stored.bytes = tensor.end - tensor.begin;
      if (tensor.dtype == DType::kInvalid) {
        stored.obstacle = fmt::format("TensorFlow has no {} elements", tensor.type);
      }
      tensors.push_back(std::move(stored));
    }
    set_tensors(std::move(tensors));
  }

  std::unique_ptr<io::ByteStream> open(std::size_t i, const TensorSlice*) const override {
    const StoredTensor& tensor = tensors()[i];
    return with_true_bools(
        std::make_unique<io::FileStream>(*file_, begins_.at(tensor.name), tensor.bytes),
        tensor.dtype);
  }

 private:
  SafetensorsHeader read_header() {
    const auto fail = [&](const std::string& what) {
      throw errors::DataLossError(fmt::format("{}: not a safetensors file: {}", path(), what),
                                  {.file = path()});
    };
    constexpr std::uint64_t kLengthBytes = 8;
    if (file_->size() < kLengthBytes) fail("it is shorter than the length of its header");
    std::array<unsigned char, kLengthBytes> bytes{};
    file_->read_exactly(0, std::as_writable_bytes(std::span(bytes)));
    std::uint64_t length = 0;
    for (std::size_t i = kLengthBytes; i-- > 0;) length = length << 8 | bytes[i];
    if (length > kMaxSafetensorsHeader) {
      fail(
          fmt::format("a header of {} bytes; the format allows {}", length, kMaxSafetensorsHeader));
    }
    if (length > file_->size() - kLengthBytes) {
      fail(fmt::format("a header of {} bytes in a file of {}; it is truncated, perhaps", length,
                       file_->size()));
    }
    std::string json(length, '\0');
    file_->read_exactly(kLengthBytes, std::as_writable_bytes(std::span(json)));
    data_ = kLengthBytes + length;
    return parse_safetensors_header(json, file_->size() - data_, path());
  }

  std::unique_ptr<io::RandomAccessFile> file_;
  std::uint64_t data_ = 0;  // where the tensors' bytes begin
  std::map<std::string, std::uint64_t> begins_;
};

}  // namespace

std::unique_ptr<TensorSource> open_safetensors(io::FileSystem& files, const std::string& path) {
  return std::make_unique<SafetensorsSource>(files, path);
}

}  // namespace tensorkeep::convert
