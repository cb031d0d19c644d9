#include "tensorkeep/checkpoint_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <numeric>
#include <variant>

#include "bundle/reader.h"
#include "checkpoint/object_graph.h"
#include "checkpoint/open_v1.h"
#include "checkpoint/resolve.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::train {
namespace {

using AnyReader = std::variant<bundle::Reader, slices::Reader>;

AnyReader open_reader(const checkpoint::Checkpoint& found) {
  io::FileSystem& files = io::default_file_system();
  if (found.format == checkpoint::Format::kV1) return checkpoint::open_v1(files, found.prefix);
  return bundle::Reader(found.prefix, {.file_system = &files});
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

template <typename Entry>
TensorInfo info_of(const Entry& entry) {
  TensorInfo info{entry.name, entry.dtype, entry.shape, entry.size, {}};
  for (const TensorSlice& slice : entry.slices) info.slices.push_back(slice.to_string());
  return info;
}

// Positions in the order of the files, which is how disks are read fastest.
std::vector<std::size_t> file_order(const bundle::Reader& reader) {
  const auto& entries = reader.entries();
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(entries[a].shard, entries[a].offset) <
           std::pair(entries[b].shard, entries[b].offset);
  });
  return order;
}
std::vector<std::size_t> file_order(const slices::Reader& reader) {
  std::vector<std::size_t> order(reader.entries().size());  // tables are sorted by name
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

template <typename Reader>
TensorVerdict verdict_of(const Reader& reader, const std::string& name,
                         const std::function<std::string()>& find_key) {
  TensorVerdict verdict;
  verdict.name = name;
  verdict.status = "ok";
  try {
    reader.verify(find_key());
  } catch (const errors::Error& error) {
    verdict.status = status_of(error.code(), error.message());
    verdict.message = error.message();
  }
  return verdict;
}

template <typename Reader>
std::vector<TensorVerdict> verify_in_order(const Reader& reader, const Progress& progress) {
  const auto& entries = reader.entries();
  std::vector<TensorVerdict> verdicts(entries.size());
  std::uint64_t total = 0;
  for (const auto& entry : entries) total += entry.size;
  std::uint64_t done = 0;
  for (const std::size_t i : file_order(reader)) {
    verdicts[i] = verdict_of(reader, entries[i].name, [&] { return entries[i].name; });
    done += entries[i].size;
    if (progress) progress(done, total);
  }
  return verdicts;
}

}  // namespace

struct CheckpointReader::Impl {
  explicit Impl(const checkpoint::Checkpoint& found) : reader(open_reader(found)) {}
  // Calls f(reader) with the one of the format.
  template <typename F>
  auto with(F f) const {
    return std::visit(f, reader);
  }

  bool has_key(const std::string& key) const {
    return with([&](const auto& reader) { return reader.find(key) != nullptr; });
  }
  // What the object graph says, if there is one; it is read once.
  const checkpoint::ObjectNames& object_names() const {
    std::call_once(object_graph_read, [&] {
      if (!has_key(checkpoint::kObjectGraphKey)) return;
      try {
        names = with([](const auto& reader) {
          return checkpoint::names_in(reader.read(checkpoint::kObjectGraphKey), reader.prefix());
        });
      } catch (const errors::Error&) {
        object_graph_error = std::current_exception();
      }
    });
    if (object_graph_error) std::rethrow_exception(object_graph_error);
    return names;
  }
  // "" where it is not told, or the object graph is damaged.
  std::string full_name_of(const std::string& key) const {
    try {
      const auto found = object_names().full_names.find(key);
      return found == names.full_names.end() ? "" : found->second;
    } catch (const errors::Error&) {  // remarks() tells
      return "";
    }
  }

  std::optional<std::string> find_key(const std::string& name) const {
    if (has_key(name)) return name;
    const auto found = object_names().keys.find(name);
    if (found == names.keys.end()) return std::nullopt;
    const std::vector<std::string>& keys = found->second;
    if (keys.size() == 1) return has_key(keys[0]) ? std::optional(keys[0]) : std::nullopt;
    throw errors::InvalidArgumentError(
        fmt::format("{} variables have the full name {}: name one by its key, {}", keys.size(),
                    name, fmt::join(keys, ", ")),
        {.tensor = name, .file = with([](const auto& reader) { return reader.prefix(); })});
  }
  // The name itself if there is nothing it stands for.
  std::string key_or_name(const std::string& name) const { return find_key(name).value_or(name); }

  AnyReader reader;
  mutable std::once_flag object_graph_read;
  mutable checkpoint::ObjectNames names;
  mutable std::exception_ptr object_graph_error;
};

CheckpointReader::CheckpointReader(const std::string& path)
    : impl_(std::make_unique<Impl>(checkpoint::resolve(io::default_file_system(), path))) {}
CheckpointReader::~CheckpointReader() = default;
CheckpointReader::CheckpointReader(CheckpointReader&&) noexcept = default;
CheckpointReader& CheckpointReader::operator=(CheckpointReader&&) noexcept = default;

const std::string& CheckpointReader::prefix() const {
  return *impl_->with([](const auto& reader) { return &reader.prefix(); });
}

CheckpointFormatVersion CheckpointReader::format_version() const {
  return std::holds_alternative<slices::Reader>(impl_->reader) ? CheckpointFormatVersion::kV1
                                                               : CheckpointFormatVersion::kV2;
}

std::map<std::string, Shape> CheckpointReader::get_variable_to_shape_map() const {
  return impl_->with([](const auto& reader) {
    std::map<std::string, Shape> shapes;
    for (const auto& entry : reader.entries()) shapes[entry.name] = entry.shape;
    return shapes;
  });
}

std::map<std::string, DType> CheckpointReader::get_variable_to_dtype_map() const {
  return impl_->with([](const auto& reader) {
    std::map<std::string, DType> dtypes;
    for (const auto& entry : reader.entries()) dtypes[entry.name] = entry.dtype;
    return dtypes;
  });
}

bool CheckpointReader::has_tensor(const std::string& name) const {
  return impl_->find_key(name).has_value();
}

std::optional<std::string> CheckpointReader::find_key(const std::string& name) const {
  return impl_->find_key(name);
}

Tensor CheckpointReader::get_tensor(const std::string& name) const {
  const std::string key = impl_->key_or_name(name);
  return impl_->with([&](const auto& reader) { return reader.read(key); });
}

std::vector<Tensor> CheckpointReader::get_tensors(const std::vector<std::string>& names) const {
  std::vector<std::string> keys;
  keys.reserve(names.size());
  for (const std::string& name : names) keys.push_back(impl_->key_or_name(name));
  return impl_->with([&](const auto& reader) { return reader.read_many(keys); });
}

Tensor CheckpointReader::get_slice(const std::string& name, const std::string& slice) const {
  const TensorSlice part = TensorSlice::parse(slice);
  const std::string key = impl_->key_or_name(name);
  return impl_->with([&](const auto& reader) { return reader.read_slice(key, part); });
}

std::string CheckpointReader::debug_string() const {
  return impl_->with([](const auto& reader) {
    std::string text;
    for (const auto& entry : reader.entries()) {
      text += fmt::format("{} ({}) {}\n", entry.name, enum_name_of(entry.dtype),
                          entry.shape.debug_string());
    }
    return text;
  });
}

std::vector<TensorInfo> CheckpointReader::tensors() const {
  return impl_->with([&](const auto& reader) {
    std::vector<TensorInfo> infos;
    infos.reserve(reader.entries().size());
    for (const auto& entry : reader.entries()) {
      infos.push_back(info_of(entry));
      infos.back().full_name = impl_->full_name_of(entry.name);
    }
    return infos;
  });
}

TensorInfo CheckpointReader::tensor_info(const std::string& name) const {
  const std::string key = impl_->key_or_name(name);
  TensorInfo info = impl_->with([&](const auto& reader) { return info_of(reader.entry(key)); });
  info.full_name = impl_->full_name_of(key);
  return info;
}

std::vector<TensorVerdict> CheckpointReader::verify(const Progress& progress) const {
  return impl_->with([&](const auto& reader) { return verify_in_order(reader, progress); });
}

TensorVerdict CheckpointReader::verify(const std::string& name) const {
  const auto find_key = [&] { return impl_->key_or_name(name); };
  return impl_->with([&](const auto& reader) { return verdict_of(reader, name, find_key); });
}

std::vector<std::string> CheckpointReader::remarks() const {
  auto remarks = impl_->with([](const auto& reader) { return reader.remarks(); });
  try {
    impl_->object_names();
  } catch (const errors::Error& error) {
    remarks.push_back("the variables' full names cannot be told: " + error.message());
  }
  return remarks;
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
