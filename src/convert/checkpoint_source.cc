#include <fmt/format.h>

#include <algorithm>

#include "bundle/reader.h"
#include "checkpoint/open_v1.h"
#include "checkpoint/resolve.h"
#include "convert/source.h"
#include "slices/reader.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

template <typename Reader>
std::vector<StoredTensor> describe(const Reader& reader) {
  std::vector<StoredTensor> tensors;
  for (const auto& entry : reader.entries()) {
    tensors.push_back({entry.name, entry.dtype, entry.shape, entry.slices, entry.size});
  }
  return tensors;
}

// The slices of a tensor in the order of their rows, if each is a run of whole rows and they make
// up the tensor; nothing otherwise.
std::vector<const TensorSlice*> runs_of_rows(const StoredTensor& tensor) {
  if (!tensor.shape.rank_known() || tensor.shape.rank() == 0) return {};
  std::vector<const TensorSlice*> runs;
  for (const TensorSlice& slice : tensor.slices) runs.push_back(&slice);
  const auto rows = [&](const TensorSlice* slice) {
    return slice->resolved(tensor.shape).extents()[0];
  };
  std::sort(runs.begin(), runs.end(), [&](const TensorSlice* a, const TensorSlice* b) {
    return rows(a).start < rows(b).start;
  });
  std::int64_t end = 0;
  for (const TensorSlice* slice : runs) {
    if (rows(slice).start != end) return {};
    end += rows(slice).length;
    const Shape part = slice->slice_shape(tensor.shape);
    for (int d = 1; d < part.rank(); ++d) {
      if (part.dim(d) != tensor.shape.dim(d)) return {};
    }
  }
  return end == tensor.shape.dim(0) ? runs : std::vector<const TensorSlice*>();
}

class BundleSource : public TensorSource {
 public:
  BundleSource(io::FileSystem& files, const std::string& prefix)
      : TensorSource(prefix, FileFormat::kV2), reader_(prefix, {.file_system = &files}) {
    set_tensors(describe(reader_));
  }

  std::unique_ptr<io::ByteStream> open(std::size_t i, const TensorSlice* slice) const override {
    const StoredTensor& tensor = tensors()[i];
    if (slice != nullptr || tensor.slices.empty()) return reader_.open_stream(tensor.name, slice);
    auto runs = runs_of_rows(tensor);
    if (runs.empty()) return stream_of(reader_.read(tensor.name));
    return std::make_unique<RowStream>(reader_, tensor.name, std::move(runs));
  }

  Tensor read(std::size_t i, const TensorSlice* slice) const override {
    const StoredTensor& tensor = tensors()[i];
    return slice == nullptr ? reader_.read(tensor.name) : reader_.read_slice(tensor.name, *slice);
  }

  Stored stored(std::size_t i) const override {
    const std::string& name = tensors()[i].name;
    return {reader_.read_stored_bytes(name), reader_.entry(name).masked_crc};
  }

 private:
  // Slices one behind the other.
  class RowStream : public io::ByteStream {
   public:
    RowStream(const bundle::Reader& reader, std::string name, std::vector<const TensorSlice*> runs)
        : reader_(reader), name_(std::move(name)), runs_(std::move(runs)) {}
    std::size_t read(std::span<std::byte> out) override {
      std::size_t filled = 0;
      while (filled < out.size()) {
        if (!stream_ && next_ == runs_.size()) break;
        if (!stream_) stream_ = reader_.open_stream(name_, runs_[next_++]);
        const std::size_t count = stream_->read(out.subspan(filled));
        filled += count;
        if (count == 0) stream_.reset();
      }
      return filled;
    }

   private:
    const bundle::Reader& reader_;
    std::string name_;
    std::vector<const TensorSlice*> runs_;
    std::size_t next_ = 0;
    std::unique_ptr<io::ByteStream> stream_;
  };

  bundle::Reader reader_;
};

// A value of the V1 format holds 2^31 bytes at most, and is decoded as a whole.
class SlicesSource : public TensorSource {
 public:
  SlicesSource(io::FileSystem& files, const std::string& prefix)
      : TensorSource(prefix, FileFormat::kV1), reader_(checkpoint::open_v1(files, prefix)) {
    set_tensors(describe(reader_));
  }

  std::unique_ptr<io::ByteStream> open(std::size_t i, const TensorSlice* slice) const override {
    return stream_of(read(i, slice));
  }

  Tensor read(std::size_t i, const TensorSlice* slice) const override {
    const StoredTensor& tensor = tensors()[i];
    return slice == nullptr ? reader_.read(tensor.name) : reader_.read_slice(tensor.name, *slice);
  }

 private:
  slices::Reader reader_;
};

}  // namespace

std::unique_ptr<TensorSource> open_checkpoint(io::FileSystem& files, const std::string& path) {
  const checkpoint::Checkpoint found = checkpoint::resolve(files, path);
  if (found.format == checkpoint::Format::kV1) {
    return std::make_unique<SlicesSource>(files, found.prefix);
  }
  return std::make_unique<BundleSource>(files, found.prefix);
}

}  // namespace tensorkeep::convert
