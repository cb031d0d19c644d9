#include "bundle/stream_writer.h"

#include <fmt/format.h>

#include <vector>

#include "base/crc32c.h"
#include "bundle/string_codec.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

}  // namespace

StreamWriter::StreamWriter(io::FileSystem& files, const std::string& prefix,
                           io::Durability durability)
    : publication_(files, prefix, 1, durability), durability_(durability) {
  publication_.make_directory();
  file_ = files.create(publication_.temporary(0), io::FileSystem::Create::kExclusive);
}

void StreamWriter::put(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  file_->append(bytes);
  offset_ += bytes.size();
}

void StreamWriter::add(const Description& tensor, io::ByteStream& elements) {
  const auto size = stored_size(tensor.dtype, tensor.shape);
  if (!size) {
    throw errors::InvalidArgumentError(
        fmt::format("tensor {} of type {} and shape {} has no elements of fixed size", tensor.name,
                    name_of(tensor.dtype), tensor.shape.debug_string()),
        {.tensor = tensor.name});
  }
  const std::uint64_t begin = offset_;
  const std::string key = index_.add(tensor, begin, *size);
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, *size)));
  buffer.resize((buffer.size() + 15) / 16 * 16);
  std::uint32_t crc = 0;
  while (const std::size_t count = elements.read(buffer)) {
    const auto piece = std::span<const std::byte>(buffer).first(count);
    crc = crc32c::extend(crc, piece);
    put(piece);
  }
  if (offset_ - begin != *size) {
    throw errors::DataLossError(fmt::format("tensor {}: {} bytes of elements instead of {}",
                                            tensor.name, offset_ - begin, *size),
                                {.tensor = tensor.name});
  }
  index_.set_crc(key, crc32c::mask(crc));
}

void StreamWriter::add(const Description& description, const Tensor& tensor) {
  const bool strings = tensor.dtype() == DType::kString;
  const std::uint64_t size =
      strings ? encoded_strings_size(tensor.data<std::string>()) : tensor.num_bytes();
  const std::string key = index_.add(description, offset_, size);
  std::uint32_t crc = 0;
  if (strings) {
    std::string buffer;
    const auto flush = [&] {
      put(io::as_bytes(buffer));
      buffer.clear();
    };
    crc = encode_strings(tensor.data<std::string>(), [&](std::string_view bytes) {
      buffer += bytes;
      if (buffer.size() >= kPiece) flush();
    });
    flush();
  } else {
    const std::span<const std::byte> bytes(static_cast<const std::byte*>(tensor.raw_data()), size);
    crc = crc32c::value(bytes);
    put(bytes);
  }
  index_.set_crc(key, crc32c::mask(crc));
}

void StreamWriter::add_stored(const Description& tensor, std::string_view bytes,
                              std::uint32_t masked_crc) {
  const std::string key = index_.add(tensor, offset_, bytes.size());
  put(io::as_bytes(bytes));
  index_.set_crc(key, masked_crc);
}

void StreamWriter::finish() {
  if (durability_ == io::Durability::kDurable) file_->sync();
  file_->close();
  publication_.publish([&](io::WritableFile& out, int first_shard, int total) {
    index_.write(out, first_shard, total);
  });
}

}  // namespace tensorkeep::bundle
