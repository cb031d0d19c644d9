#include <fmt/format.h>

#include <algorithm>

#include "convert/npy_header.h"
#include "convert/source.h"
#include "convert/zip_reader.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::string_view kSuffix = ".npy";

class NpzSource : public TensorSource {
 public:
  NpzSource(io::FileSystem& files, const std::string& path)
      : TensorSource(path, FileFormat::kNpz), zip_(files.open(path)) {
    std::vector<StoredTensor> tensors;
    for (const ZipReader::Member& member : zip_.members()) {
      if (member.name.ends_with('/')) continue;  // a folder
      tensors.push_back(describe(member));
      members_[tensors.back().name] = &member;
    }
    set_tensors(std::move(tensors));
  }

  std::unique_ptr<io::ByteStream> open(std::size_t i, const TensorSlice*) const override {
    const StoredTensor& tensor = tensors()[i];
    const ZipReader::Member& member = *members_.at(tensor.name);
    auto stream = zip_.open(member);
    const NpyHeader header = read_npy_header(*stream, what(member));
    auto elements = with_true_bools(std::move(stream), tensor.dtype);
    if (!header.column_major || tensor.shape.rank() < 2) return elements;
    Tensor columns(tensor.dtype, tensor.shape);
    elements->read({static_cast<std::byte*>(columns.mutable_raw_data()), columns.num_bytes()});
    return stream_of(row_major(columns));
  }

 private:
  std::string what(const ZipReader::Member& member) const {
    return fmt::format("{}: member {}", path(), member.name);
  }

  StoredTensor describe(const ZipReader::Member& member) const {
    StoredTensor tensor;
    tensor.name = member.name;
    if (!member.name.ends_with(kSuffix)) {
      tensor.obstacle = "it is no .npy file";
      return tensor;
    }
    tensor.name.resize(member.name.size() - kSuffix.size());
    if (tensor.name.empty()) tensor.obstacle = "it has no name";
    const auto stream = zip_.open(member);
    const NpyHeader header = read_npy_header(*stream, what(member));
    tensor.dtype = header.dtype;
    tensor.shape = header.shape;
    tensor.bytes = member.size - header.size;
    if (header.dtype == DType::kInvalid) {
      tensor.obstacle = unreadable_elements(header);
    } else {
      check_npy_size(header, tensor.bytes, what(member));
    }
    return tensor;
  }

  ZipReader zip_;
  std::map<std::string, const ZipReader::Member*> members_;
};

}  // namespace

std::unique_ptr<TensorSource> open_npz(io::FileSystem& files, const std::string& path) {
  return std::make_unique<NpzSource>(files, path);
}

}  // namespace tensorkeep::convert
