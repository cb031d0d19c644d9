#include "tensorkeep/checkpoint_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "bundle/reader.h"
#include "checkpoint/resolve.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::train {
namespace {

bundle::Reader open_reader(const checkpoint::Checkpoint& found) {
  if (found.format == checkpoint::Format::kV1) {
    throw errors::UnimplementedError(
        fmt::format("{}: a checkpoint in TensorFlow's V1 format, which this version cannot read. "
                    "TensorFlow's Saver with write_version=tf.train.SaverDef.V2 makes one it can",
                    found.prefix),
        {.file = found.prefix});
  }
  return bundle::Reader(found.prefix, {.file_system = &io::default_file_system()});
}

std::string status_of(errors::Code code, const std::string& message) {
  switch (code) {
    case errors::Code::kDataLoss:
      return message.find("hecksum does not match") != std::string::npos ? "checksum mismatch"
                                                                         : "corrupt";
    case errors::Code::kOutOfRange:
      return "truncated";
    case errors::Code::kNotFound:
      return "missing file";
    case errors::Code::kInvalidArgument:
      return "bad slices";
    case errors::Code::kUnimplemented:
      return "unsupported";
    default:
      return "unreadable";
  }
}

TensorInfo info_of(const bundle::Entry& entry) {
  TensorInfo info{entry.name, entry.dtype, entry.shape, entry.size, {}};
  for (const TensorSlice& slice : entry.slices) info.slices.push_back(slice.to_string());
  return info;
}

}  // namespace

struct CheckpointReader::Impl {
  explicit Impl(const checkpoint::Checkpoint& found) : reader(open_reader(found)) {}
  bundle::Reader reader;
};

CheckpointReader::CheckpointReader(const std::string& path)
    : impl_(std::make_unique<Impl>(checkpoint::resolve(io::default_file_system(), path))) {}
CheckpointReader::~CheckpointReader() = default;
CheckpointReader::CheckpointReader(CheckpointReader&&) noexcept = default;
CheckpointReader& CheckpointReader::operator=(CheckpointReader&&) noexcept = default;

const std::string& CheckpointReader::prefix() const {
  return impl_->reader.prefix();
}

std::map<std::string, Shape> CheckpointReader::get_variable_to_shape_map() const {
  std::map<std::string, Shape> shapes;
  for (const bundle::Entry& entry : impl_->reader.entries()) shapes[entry.name] = entry.shape;
  return shapes;
}

std::map<std::string, DType> CheckpointReader::get_variable_to_dtype_map() const {
  std::map<std::string, DType> dtypes;
  for (const bundle::Entry& entry : impl_->reader.entries()) dtypes[entry.name] = entry.dtype;
  return dtypes;
}

bool CheckpointReader::has_tensor(const std::string& name) const {
  return impl_->reader.find(name) != nullptr;
}

Tensor CheckpointReader::get_tensor(const std::string& name) const {
  return impl_->reader.read(name);
}

std::string CheckpointReader::debug_string() const {
  std::string text;
  for (const bundle::Entry& entry : impl_->reader.entries()) {
    text += fmt::format("{} ({}) {}\n", entry.name, enum_name_of(entry.dtype),
                        entry.shape.debug_string());
  }
  return text;
}

std::vector<TensorInfo> CheckpointReader::tensors() const {
  std::vector<TensorInfo> infos;
  infos.reserve(impl_->reader.entries().size());
  for (const bundle::Entry& entry : impl_->reader.entries()) infos.push_back(info_of(entry));
  return infos;
}

TensorInfo CheckpointReader::tensor_info(const std::string& name) const {
  return info_of(impl_->reader.entry(name));
}

std::vector<TensorVerdict> CheckpointReader::verify(const Progress& progress) const {
  const auto& entries = impl_->reader.entries();
  std::vector<TensorVerdict> verdicts(entries.size());
  std::uint64_t total = 0;
  for (const bundle::Entry& entry : entries) total += entry.size;
  // In the order of the files, which is how disks are read fastest.
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(entries[a].shard, entries[a].offset) <
           std::pair(entries[b].shard, entries[b].offset);
  });
  std::uint64_t done = 0;
  for (const std::size_t i : order) {
    TensorVerdict& verdict = verdicts[i];
    verdict.name = entries[i].name;
    verdict.status = "ok";
    try {
      impl_->reader.verify(entries[i].name);
    } catch (const errors::Error& error) {
      verdict.status = status_of(error.code(), error.message());
      verdict.message = error.message();
    }
    done += entries[i].size;
    if (progress) progress(done, total);
  }
  return verdicts;
}

std::vector<std::string> CheckpointReader::remarks() const {
  return impl_->reader.remarks();
}

CheckpointReader NewCheckpointReader(const std::string& path) {
  return CheckpointReader(path);
}

CheckpointReader load_checkpoint(const std::string& ckpt_dir_or_file) {
  return CheckpointReader(ckpt_dir_or_file);
}

Tensor load_variable(const std::string& ckpt_dir_or_file, const std::string& name) {
  const bool output = name.ends_with(":0");
  return load_checkpoint(ckpt_dir_or_file)
      .get_tensor(output ? name.substr(0, name.size() - 2) : name);
}

std::vector<std::pair<std::string, Shape>> list_variables(const std::string& ckpt_dir_or_file) {
  std::vector<std::pair<std::string, Shape>> variables;
  for (TensorInfo& info : load_checkpoint(ckpt_dir_or_file).tensors()) {
    variables.emplace_back(std::move(info.name), std::move(info.shape));
  }
  return variables;
}

}  // namespace tensorkeep::train
