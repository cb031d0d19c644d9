#include "train/saved_model_assets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/default_file_system.h"
#include "io/files.h"
#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/saved_model.h"

namespace tensorkeep::saved_model {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr const char* kTypeUrl = "type.googleapis.com/tensorflow.AssetFileDef";

std::string path_of(const Output& tensor) {
  const auto fail = [&](const std::string& what) {
    errors::raise_type_error(
        fmt::format("Asset path tensor {} must be {}", tensor.to_string(), what));
  };
  if (!tensor) errors::raise_type_error("Asset path tensor must be a Tensor.");
  if (tensor.op().type() != "Const") {
    fail(fmt::format("of type constant. Has type {} instead.", tensor.op().type()));
  }
  if (tensor.dtype() != DType::kString) {
    fail(fmt::format("of dtype string. Has type {} instead.", name_of(tensor.dtype())));
  }
  const Tensor value = tensor.op().attr_tensor("value");
  if (value.num_elements() != 1) fail("a scalar.");
  return value.data<std::string>()[0];
}

bool same_contents(const std::string& a, const std::string& b) {
  io::FileSystem& files = io::default_file_system();
  const auto first = files.open(a);
  const auto second = files.open(b);
  if (first->size() != second->size()) return false;
  std::vector<std::byte> left(kBlock);
  std::vector<std::byte> right(kBlock);
  for (std::uint64_t offset = 0; offset < first->size(); offset += kBlock) {
    const std::size_t bytes = first->read(offset, left);
    if (second->read(offset, right) != bytes ||
        !std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(bytes),
                    right.begin())) {
      return false;
    }
  }
  return true;
}

void copy_file(const std::string& from, const std::string& to) {
  io::FileSystem& files = io::default_file_system();
  const auto source = files.open(from);
  io::write_atomically(
      files, to,
      [&](io::WritableFile& copy) {
        std::vector<std::byte> block(kBlock);
        for (std::uint64_t offset = 0; offset < source->size(); offset += kBlock) {
          const std::size_t bytes = source->read(offset, block);
          copy.append(std::span(block).first(bytes));
        }
      },
      Durability::kDurable);
}

// Whether a name stays below the folder it is looked up in.
bool stays_inside(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string_view::npos)
    return false;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    if (name.substr(0, slash) == "..") return false;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return true;
}

}  // namespace

Assets::Assets(const std::vector<Output>& path_tensors) {
  for (const Output& tensor : path_tensors) {
    const std::string path = path_of(tensor);
    const std::string base = io::base_name_of(path);
    if (path.empty() || !stays_inside(base)) {
      errors::raise_value_error(
          fmt::format("Asset filepath tensor {} in is invalid.", tensor.to_string()));
    }
    std::string name = base;
    const auto other = paths_.find(base);
    if (other != paths_.end() && other->second != path && !same_contents(path, other->second)) {
      for (int i = 1; paths_.contains(name); ++i) name = fmt::format("{}_{}", base, i);
    }
    paths_[name] = path;
    proto::AssetFileDef& def = defs_.emplace_back();
    def.set_filename(name);
    def.mutable_tensor_info()->set_name(tensor.name());
  }
}

void Assets::copy_to(const std::string& directory, std::set<std::string>& copied) const {
  io::FileSystem& files = io::default_file_system();
  files.create_directories(directory);
  for (const auto& [name, path] : paths_) {
    const std::string copy = io::join_path(directory, name);
    if (copied.contains(copy) || path == copy || !files.exists(path)) continue;
    copy_file(path, copy);
    copied.insert(copy);
  }
}

void Assets::add_to(CollectionDef& def) const {
  for (const proto::AssetFileDef& asset : defs_) {
    auto& any = *def.mutable_any_list()->add_value();
    any.set_type_url(kTypeUrl);
    any.set_value(messages::serialize(asset));
  }
}

std::vector<proto::AssetFileDef> assets_of(const MetaGraphDef& meta_graph) {
  std::vector<proto::AssetFileDef> assets(meta_graph.asset_file_def().begin(),
                                          meta_graph.asset_file_def().end());
  const auto found = meta_graph.collection_def().find(ASSETS_KEY);
  if (assets.empty() && found != meta_graph.collection_def().end()) {
    for (const auto& any : found->second.any_list().value()) {
      if (!any.type_url().ends_with(".AssetFileDef") ||
          !messages::parse_quietly(any.value(), assets.emplace_back())) {
        throw errors::DataLossError(fmt::format(
            "Cannot parse the collection {}: it holds what is no AssetFileDef", ASSETS_KEY));
      }
    }
  }
  for (const proto::AssetFileDef& asset : assets) {
    if (!stays_inside(asset.filename())) {
      throw errors::InvalidArgumentError(
          fmt::format("The asset file name '{}' leads out of the SavedModel's folder",
                      asset.filename()),
          {.tensor = asset.tensor_info().name(), .file = asset.filename()});
    }
  }
  return assets;
}

}  // namespace tensorkeep::saved_model
