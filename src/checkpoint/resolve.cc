#include "checkpoint/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "checkpoint/file_kind.h"
#include "checkpoint/paths.h"
#include "checkpoint/state_file.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

constexpr const char* kIndexSuffix = ".index";
constexpr const char* kMetaSuffix = ".meta";
constexpr const char* kStateFile = "checkpoint";
constexpr std::size_t kMaxSuggestions = 5;

bool is_file(io::FileSystem& files, const std::string& path) {
  const auto info = files.stat(path);
  return info && !info->is_directory;
}

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

struct Found {
  std::string prefix;
  std::int64_t mtime_ns;
  Format format = Format::kV2;
};

// What a .meta belongs to if there is no index: a V1 file, or shards of them.
std::optional<Checkpoint> v1_beside_meta(io::FileSystem& files, const std::string& prefix);

// The checkpoints in a folder, newest first: of the V1 format those with a .meta.
std::vector<Found> checkpoints_in(io::FileSystem& files, const std::string& directory) {
  std::vector<Found> found;
  if (!files.is_directory(directory)) return found;
  for (const std::string& name : files.list(directory)) {
    const std::string path = io::join_path(directory, name);
    const auto info = files.stat(path);
    if (!info || info->is_directory) continue;
    if (name.ends_with(kIndexSuffix) && name != kIndexSuffix) {
      found.push_back({path.substr(0, path.size() - 6), info->mtime_ns});
    } else if (name.ends_with(kMetaSuffix) && name != kMetaSuffix) {
      const auto v1 = v1_beside_meta(files, path.substr(0, path.size() - 5));
      if (v1) found.push_back({v1->prefix, info->mtime_ns, Format::kV1});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.mtime_ns > b.mtime_ns; });
  return found;
}

std::string suggestions(io::FileSystem& files, const std::string& path) {
  const std::string directory = io::directory_of(path);
  if (!files.exists(directory)) return fmt::format(". The folder {} does not exist", directory);
  const auto found = checkpoints_in(files, directory);
  if (found.empty()) return fmt::format(". The folder {} holds no checkpoint", directory);
  std::string text = ". Checkpoints there are:";
  for (std::size_t i = 0; i < std::min(found.size(), kMaxSuggestions); ++i) {
    text += " " + found[i].prefix;
  }
  return found.size() > kMaxSuggestions ? text + " ..." : text;
}

[[noreturn]] void raise_not_found(io::FileSystem& files, const std::string& path) {
  throw errors::NotFoundError(
      fmt::format("Unsuccessful TensorSliceReader constructor: Failed to find any matching files "
                  "for {}{}",
                  path, suggestions(files, path)),
      {.file = path});
}

[[noreturn]] void raise_foreign(io::FileSystem& files, const std::string& path) {
  throw errors::DataLossError(
      fmt::format("Unable to open table file {}: Data loss: not an sstable (bad magic number): "
                  "perhaps your file is in a different file format and you need to use a different "
                  "restore operator? {} is no checkpoint: {}",
                  path, path, describe_file(files, path)),
      {.file = path});
}

// A prefix in the narrow sense: a V2 index, a V1 file, or shards of V1 files.
std::optional<Checkpoint> from_prefix(io::FileSystem& files, const std::string& prefix) {
  if (is_file(files, prefix + kIndexSuffix)) return Checkpoint{prefix, Format::kV2};
  for (const std::string& pattern : {prefix, prefix + "-" + kShardPattern}) {
    for (const std::string& file : matching_files(files, pattern)) {
      if (!is_file(files, file) || !is_sstable(files, file)) continue;
      const std::string_view base = before_shard_suffix(file, "-");
      if (base.empty()) return Checkpoint{file, Format::kV1};
      const std::string count = file.substr(file.rfind('-') + 1);
      return Checkpoint{fmt::format("{}-{}-of-{}", base, "?????", count), Format::kV1};
    }
  }
  return std::nullopt;
}

std::optional<Checkpoint> v1_beside_meta(io::FileSystem& files, const std::string& prefix) {
  const auto found = from_prefix(files, prefix);
  return found && found->format == Format::kV1 ? found : std::nullopt;
}

Checkpoint from_state(io::FileSystem& files, const std::string& directory,
                      const CheckpointState& state) {
  if (const auto found = from_prefix(files, state.model_checkpoint_path)) return *found;
  throw errors::NotFoundError(
      fmt::format("Couldn't match files for checkpoint {}, which {} calls the newest{}",
                  state.model_checkpoint_path, io::join_path(directory, kStateFile),
                  suggestions(files, io::join_path(directory, "any"))),
      {.file = state.model_checkpoint_path});
}

Checkpoint from_directory(io::FileSystem& files, const std::string& directory) {
  const bool saved_model = is_file(files, io::join_path(directory, "saved_model.pb")) ||
                           is_file(files, io::join_path(directory, "saved_model.pbtxt"));
  if (saved_model) {
    const auto found = from_prefix(files, io::join_path(directory, "variables/variables"));
    if (found) return *found;
  }
  if (const auto state = get_state(files, directory, kStateFile)) {
    return from_state(files, directory, *state);
  }
  const auto found = checkpoints_in(files, directory);
  if (!found.empty()) return {found[0].prefix, found[0].format};
  if (const auto v1 = from_prefix(files, io::join_path(directory, "variables"))) return *v1;
  throw errors::NotFoundError(
      fmt::format("Couldn't find 'checkpoint' file or checkpoints in given directory {}{}",
                  directory, saved_model ? ": this SavedModel has no variables" : ""),
      {.file = directory, .python_class = errors::PythonClass::kValueError});
}

// The prefix that a member file belongs to, by its name; "" if the name tells nothing.
std::string prefix_of_member(const std::string& path) {
  for (const std::string_view suffix :
       {std::string_view(kIndexSuffix), std::string_view(kMetaSuffix)}) {
    if (path.ends_with(suffix)) return path.substr(0, path.size() - suffix.size());
  }
  return std::string(before_shard_suffix(path, ".data-"));
}

}  // namespace

Checkpoint resolve(io::FileSystem& files, const std::string& given) {
  if (given.empty()) {
    throw errors::NotFoundError(
        "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for \"\": "
        "the path is empty");
  }
  const std::string path = without_trailing_slashes(given);
  if (path == given && is_file(files, path + kIndexSuffix)) return {path, Format::kV2};
  if (files.is_directory(path)) return from_directory(files, path);
  const std::string prefix = prefix_of_member(path);
  if (!prefix.empty()) {
    if (const auto found = from_prefix(files, prefix)) return *found;
  } else if (const auto found = from_prefix(files, path)) {
    return *found;
  }
  if (!is_file(files, path)) {
    if (!matching_files(files, path + ".data-" + kShardPattern).empty()) {
      throw errors::NotFoundError(
          fmt::format("{}.index; No such file or directory. The data files are there, but only the "
                      "index knows the names, types and shapes",
                      path),
          {.file = path + kIndexSuffix});
    }
    raise_not_found(files, path);
  }
  const std::string directory = io::directory_of(path);
  const std::string name = io::base_name_of(path);
  if (name == "saved_model.pb" || name == "saved_model.pbtxt") {
    return from_directory(files, directory);
  }
  if (name == kStateFile) {
    if (const auto state = get_state(files, directory, name)) {
      return from_state(files, directory, *state);
    }
  }
  if (!prefix.empty()) {
    throw errors::NotFoundError(
        fmt::format(
            "{}.index; No such file or directory. {} belongs to it, but only the index knows "
            "the names, types and shapes",
            prefix, path),
        {.file = prefix + kIndexSuffix});
  }
  raise_foreign(files, path);
}

}  // namespace tensorkeep::checkpoint
