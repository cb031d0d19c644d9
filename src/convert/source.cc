#include "convert/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tensor/stored_bools.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

class MemoryStream : public io::ByteStream {
 public:
  explicit MemoryStream(Tensor tensor)
      : tensor_(std::move(tensor)),
        rest_(static_cast<const std::byte*>(tensor_.raw_data()), tensor_.num_bytes()) {}

  std::size_t read(std::span<std::byte> out) override {
    const std::size_t count = std::min(out.size(), rest_.size());
    if (count > 0) std::memcpy(out.data(), rest_.data(), count);
    rest_ = rest_.subspan(count);
    return count;
  }

 private:
  Tensor tensor_;
  std::span<const std::byte> rest_;
};

class BoolStream : public io::ByteStream {
 public:
  explicit BoolStream(std::unique_ptr<io::ByteStream> base) : base_(std::move(base)) {}
  std::size_t read(std::span<std::byte> out) override {
    const std::size_t count = base_->read(out);
    normalize_stored_bools(DType::kBool, out.first(count));
    return count;
  }

 private:
  std::unique_ptr<io::ByteStream> base_;
};

bool is_file(io::FileSystem& files, const std::string& path) {
  const auto info = files.stat(path);
  return info && !info->is_directory;
}

}  // namespace

std::size_t TensorSource::find(std::string_view name) const {
  const auto at =
      std::lower_bound(tensors_.begin(), tensors_.end(), name,
                       [](const StoredTensor& a, std::string_view b) { return a.name < b; });
  if (at == tensors_.end() || at->name != name) return tensors_.size();
  return static_cast<std::size_t>(at - tensors_.begin());
}

Tensor TensorSource::read(std::size_t i, const TensorSlice* slice) const {
  const auto elements = open(i, slice);
  const StoredTensor& stored = tensors_[i];
  Tensor tensor(stored.dtype, slice == nullptr ? stored.shape : slice->slice_shape(stored.shape));
  const std::span<std::byte> out(static_cast<std::byte*>(tensor.mutable_raw_data()),
                                 tensor.num_bytes());
  elements->read(out);
  return tensor;
}

TensorSource::Stored TensorSource::stored(std::size_t i) const {
  throw errors::UnimplementedError(fmt::format("tensor {} of type {} in {} is no V2 checkpoint's",
                                               tensors_[i].name, name_of(tensors_[i].dtype), path_),
                                   {.tensor = tensors_[i].name, .file = path_});
}

void TensorSource::set_tensors(std::vector<StoredTensor> tensors) {
  tensors_ = std::move(tensors);
  std::sort(tensors_.begin(), tensors_.end(),
            [](const StoredTensor& a, const StoredTensor& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(
      tensors_.begin(), tensors_.end(),
      [](const StoredTensor& a, const StoredTensor& b) { return a.name == b.name; });
  if (twice == tensors_.end()) return;
  throw errors::DataLossError(fmt::format("{}: two tensors have the name {}", path_, twice->name),
                              {.tensor = twice->name, .file = path_});
}

std::unique_ptr<TensorSource> open_source(io::FileSystem& files, const std::string& path) {
  if (!is_file(files, path) || is_file(files, path + ".index")) return open_checkpoint(files, path);
  std::array<char, 9> head{};
  const std::size_t count = files.open(path)->read(0, std::as_writable_bytes(std::span(head)));
  const std::string_view begin(head.data(), count);
  if (path.ends_with(".npz") || begin.starts_with("PK\x03\x04") ||
      begin.starts_with("PK\x05\x06")) {
    return open_npz(files, path);
  }
  // A header's length below 2^32, and the brace that it begins with.
  const bool looks_so =
      begin.size() == 9 && begin[8] == '{' && begin.substr(4, 4) == std::string(4, '\0');
  if (path.ends_with(".safetensors") || looks_so) return open_safetensors(files, path);
  return open_checkpoint(files, path);
}

std::unique_ptr<io::ByteStream> with_true_bools(std::unique_ptr<io::ByteStream> stream,
                                                DType dtype) {
  if (dtype != DType::kBool) return stream;
  return std::make_unique<BoolStream>(std::move(stream));
}

std::unique_ptr<io::ByteStream> stream_of(Tensor tensor) {
  return std::make_unique<MemoryStream>(std::move(tensor));
}

}  // namespace tensorkeep::convert
