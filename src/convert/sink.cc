#include "convert/sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/utf8.h"
#include "bundle/stream_writer.h"
#include "convert/npy.h"
#include "convert/safetensors.h"
#include "convert/zip_writer.h"
#include "io/files.h"
#include "slices/lazy_writer.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr auto kDurability = io::Durability::kDurable;

class MeteredStream : public io::ByteStream {
 public:
  MeteredStream(std::unique_ptr<io::ByteStream> base, Meter& meter)
      : base_(std::move(base)), meter_(meter) {}
  std::size_t read(std::span<std::byte> out) override {
    const std::size_t count = base_->read(out);
    if (count > 0) meter_.advance(count);
    return count;
  }

 private:
  std::unique_ptr<io::ByteStream> base_;
  Meter& meter_;
};

// Hands on all of a stream in pieces.
void copy(io::ByteStream& from, const std::function<void(std::span<const std::byte>)>& to) {
  std::vector<std::byte> buffer(kPiece);
  while (const std::size_t count = from.read(buffer)) to(std::span(buffer).first(count));
}

// The slices to write, or the tensor as a whole.
std::vector<const TensorSlice*> parts_of(const StoredTensor& tensor) {
  std::vector<const TensorSlice*> parts;
  for (const TensorSlice& slice : tensor.slices) parts.push_back(&slice);
  if (parts.empty()) parts.push_back(nullptr);
  return parts;
}

void write_v2(io::FileSystem& files, const std::string& path, const Job& job) {
  bundle::StreamWriter writer(files, path, kDurability);
  for (const Item& item : job.items) {
    const StoredTensor& tensor = job.stored(item);
    for (const TensorSlice* slice : parts_of(tensor)) {
      bundle::Description part{item.name, tensor.dtype, tensor.shape};
      if (slice != nullptr) {
        part.shape = slice->slice_shape(tensor.shape);
        part.part = ShapeAndSlice{tensor.shape, *slice};
      }
      if (tensor.dtype == DType::kVariant) {
        const TensorSource::Stored stored = job.source.stored(item.tensor);
        writer.add_stored(part, stored.bytes, stored.masked_crc);
      } else if (item.value || tensor.dtype == DType::kString) {
        writer.add(part, job.read(item, slice));
      } else {
        writer.add(part, *job.open(item, slice));
      }
    }
  }
  writer.finish();
}

void write_v1(io::FileSystem& files, const std::string& path, const Job& job) {
  std::vector<slices::SliceDescription> list;
  std::vector<std::pair<const Item*, const TensorSlice*>> parts;
  for (const Item& item : job.items) {
    const StoredTensor& tensor = job.stored(item);
    for (const TensorSlice* slice : parts_of(tensor)) {
      list.push_back({item.name, tensor.dtype, tensor.shape,
                      slice ? *slice : TensorSlice::full(tensor.shape.rank())});
      parts.emplace_back(&item, slice);
    }
  }
  const auto load = [&](std::size_t i) { return job.read(*parts[i].first, parts[i].second); };
  slices::write_lazily(files, path, list, load, kDurability);
}

void write_npz(io::FileSystem& files, const std::string& path, const Job& job) {
  const auto body = [&](io::WritableFile& file) {
    ZipWriter zip(file);
    for (const Item& item : job.items) {
      const StoredTensor& tensor = job.stored(item);
      const std::string header = npy_header(tensor.dtype, tensor.shape);
      const auto elements = job.open(item);
      const std::uint64_t size =
          static_cast<std::uint64_t>(tensor.shape.num_elements()) * size_of(tensor.dtype);
      zip.add(item.name + ".npy", header.size() + size, [&](const ZipWriter::Sink& sink) {
        sink(io::as_bytes(header));
        copy(*elements, sink);
      });
    }
    zip.finish();
  };
  io::write_atomically(files, path, body, kDurability);
}

void write_safetensors(io::FileSystem& files, const std::string& path, const Job& job) {
  SafetensorsHeader header;
  header.metadata = job.source.metadata();
  std::map<std::string, const Item*> items;
  for (const Item& item : job.items) {
    const StoredTensor& tensor = job.stored(item);
    header.tensors.push_back({item.name, "", tensor.dtype, tensor.shape});
    items[item.name] = &item;
  }
  const std::string head = encode_safetensors_header(header);
  if (head.size() > kMaxSafetensorsHeader) {
    throw errors::UnimplementedError(
        fmt::format("{}: {} tensors make a header of {} bytes, and safetensors allows {}", path,
                    header.tensors.size(), head.size(), kMaxSafetensorsHeader),
        {.file = path});
  }
  const auto body = [&](io::WritableFile& file) {
    file.append(io::as_bytes(head));
    for (const auto& tensor : header.tensors) {
      copy(*job.open(*items.at(tensor.name)),
           [&](std::span<const std::byte> piece) { file.append(piece); });
    }
  };
  io::write_atomically(files, path, body, kDurability);
}

std::string no_elements(const char* what, DType dtype) {
  return fmt::format("{} no {} elements", what, name_of(dtype));
}

std::string npz_obstacle(const StoredTensor& tensor, const std::string& name) {
  if (npy_descr(tensor.dtype).empty()) return no_elements("numpy's files have", tensor.dtype);
  return ZipWriter::can_name(name + ".npy") ? "" : "no zip archive can hold its name";
}

std::string safetensors_obstacle(const StoredTensor& tensor, const std::string& name) {
  if (safetensors_type(tensor.dtype).empty()) {
    return no_elements("the safetensors format has", tensor.dtype);
  }
  if (name == "__metadata__") return "the safetensors format keeps this name for itself";
  return is_utf8(name) ? "" : "its name is no UTF-8, which the safetensors format asks for";
}

std::string v1_obstacle(const StoredTensor& tensor) {
  for (const TensorSlice* slice : parts_of(tensor)) {
    const Shape shape = slice ? slice->slice_shape(tensor.shape) : tensor.shape;
    if (std::string text = slices::obstacle(tensor.dtype, shape); !text.empty()) return text;
  }
  return "";
}

std::string v2_obstacle(const TensorSource& source, const StoredTensor& tensor) {
  if (size_of(tensor.dtype) > 0 || tensor.dtype == DType::kString) return "";
  if (tensor.dtype == DType::kVariant && source.format() == FileFormat::kV2) return "";
  return fmt::format("a {} has no values to save", name_of(tensor.dtype));
}

}  // namespace

std::unique_ptr<io::ByteStream> Job::open(const Item& item, const TensorSlice* slice) const {
  auto stream = item.value ? stream_of(*item.value) : source.open(item.tensor, slice);
  return std::make_unique<MeteredStream>(std::move(stream), meter);
}

Tensor Job::read(const Item& item, const TensorSlice* slice) const {
  Tensor tensor = item.value ? *item.value : source.read(item.tensor, slice);
  meter.advance(tensor.dtype() == DType::kString ? stored(item).bytes : tensor.num_bytes());
  return tensor;
}

std::string obstacle(FileFormat format, const TensorSource& source, const StoredTensor& tensor,
                     const std::string& name) {
  if (!tensor.obstacle.empty()) return tensor.obstacle;
  const bool to_checkpoint = format == FileFormat::kV1 || format == FileFormat::kV2;
  if (to_checkpoint && name.empty()) return "no checkpoint can hold a tensor without a name";
  switch (format) {
    case FileFormat::kV1:
      return v1_obstacle(tensor);
    case FileFormat::kNpz:
      return npz_obstacle(tensor, name);
    case FileFormat::kSafetensors:
      return safetensors_obstacle(tensor, name);
    default:
      return v2_obstacle(source, tensor);
  }
}

void write_items(io::FileSystem& files, const std::string& path, FileFormat format,
                 const Job& job) {
  switch (format) {
    case FileFormat::kV1:
      return write_v1(files, path, job);
    case FileFormat::kNpz:
      return write_npz(files, path, job);
    case FileFormat::kSafetensors:
      return write_safetensors(files, path, job);
    default:
      return write_v2(files, path, job);
  }
}

// What the index says of it makes no sense: reading says what.
void check_described(const TensorSource& source, std::size_t i) {
  const StoredTensor& tensor = source.tensors()[i];
  if (!tensor.obstacle.empty()) return;
  if (is_known(tensor.dtype) && tensor.shape.fully_defined()) return;
  source.read(i);
  throw errors::DataLossError(
      fmt::format("{}: tensor {} has no known type and shape", source.path(), tensor.name),
      {.tensor = tensor.name, .file = source.path()});
}

// Readers would go on to take the V2 checkpoint of the same prefix.
void check_destination(io::FileSystem& files, const std::string& path, FileFormat format) {
  if (format != FileFormat::kV1 || !files.exists(path + ".index")) return;
  throw errors::FailedPreconditionError(
      fmt::format("{}; {}.index is a V2 checkpoint of the same name, which every reader prefers: "
                  "name the V1 file otherwise, or remove it",
                  path, path),
      {.file = path});
}

std::uint64_t total_bytes(const TensorSource& source) {
  std::uint64_t total = 0;
  for (const StoredTensor& tensor : source.tensors()) total += tensor.bytes;
  return total;
}

}  // namespace tensorkeep::convert
