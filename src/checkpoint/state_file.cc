#include "checkpoint/state_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/paths.h"
#include "io/default_file_system.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

constexpr std::uint64_t kMaxStateBytes = std::uint64_t{1} << 26;

bool is_there(io::FileSystem& files, const std::string& prefix) {
  return !matching_files(files, prefix + ".index").empty() ||
         !matching_files(files, prefix).empty();
}

// Where a path of the state file leads to now. A folder that was moved still holds its checkpoints
// under the last parts of their old paths; the most parts that fit win.
std::string rerooted(io::FileSystem& files, const std::string& directory, const std::string& path) {
  std::string stated = io::join_path(directory, path);
  if (is_there(files, stated)) return stated;
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string rest = path.substr(slash + 1);
    if (rest.empty() || is_absolute(rest)) continue;
    std::string candidate = io::join_path(directory, rest);
    if (is_there(files, candidate)) return candidate;
  }
  return stated;
}

std::string joined(const std::vector<std::string>& items) {
  return fmt::format("['{}']", fmt::join(items, "', '"));
}

}  // namespace

void check_latest_filename(const std::string& latest_filename) {
  if (latest_filename.empty() || latest_filename.find('/') != std::string::npos) {
    errors::raise_value_error("'latest_filename' must not contain path components");
  }
}

void update_state(io::FileSystem& files, const std::string& save_dir,
                  const std::string& model_checkpoint_path, const CheckpointStateOptions& options) {
  check_latest_filename(options.latest_filename);
  CheckpointStateOptions lists = options;
  std::string newest = model_checkpoint_path;
  if (options.save_relative_paths) {
    if (is_absolute(newest)) newest = relative_path(newest, save_dir);
    for (std::string& path : lists.all_model_checkpoint_paths) {
      if (is_absolute(path)) path = relative_path(path, save_dir);
    }
  }
  const CheckpointState state = train::generate_checkpoint_state_proto(save_dir, newest, lists);
  const std::string path = io::join_path(save_dir, options.latest_filename);
  if (path == state.model_checkpoint_path) {
    throw errors::InvalidArgumentError(
        fmt::format("Save path '{}' conflicts with path used for checkpoint state.  Please use a "
                    "different save path.",
                    model_checkpoint_path),
        {.file = path, .python_class = errors::PythonClass::kRuntimeError});
  }
  io::write_file_atomically(files, path, encode_state(state),
                            options.durable ? io::Durability::kDurable : io::Durability::kFast);
}

std::optional<CheckpointState> get_state(io::FileSystem& files, const std::string& checkpoint_dir,
                                         const std::string& latest_filename) {
  const std::string path = io::join_path(checkpoint_dir, latest_filename);
  const auto info = files.stat(path);
  if (!info || info->is_directory) return std::nullopt;
  CheckpointState state = decode_state(io::read_file(files, path, kMaxStateBytes), path);
  const auto find = [&](const std::string& p) { return rerooted(files, checkpoint_dir, p); };
  state.model_checkpoint_path = find(state.model_checkpoint_path);
  for (std::string& p : state.all_model_checkpoint_paths) p = find(p);
  return state;
}

std::optional<std::string> latest(io::FileSystem& files, const std::string& checkpoint_dir,
                                  const std::string& latest_filename) {
  const auto state = get_state(files, checkpoint_dir, latest_filename);
  if (!state || !is_there(files, state->model_checkpoint_path)) return std::nullopt;
  return state->model_checkpoint_path;
}

}  // namespace tensorkeep::checkpoint

namespace tensorkeep::train {

CheckpointState generate_checkpoint_state_proto(const std::string& save_dir,
                                                const std::string& model_checkpoint_path,
                                                const CheckpointStateOptions& options) {
  using checkpoint::is_absolute;
  CheckpointState state{model_checkpoint_path, options.all_model_checkpoint_paths,
                        options.all_model_checkpoint_timestamps, options.last_preserved_timestamp};
  auto& all = state.all_model_checkpoint_paths;
  if (all.empty() || all.back() != model_checkpoint_path) all.push_back(model_checkpoint_path);
  const auto& times = state.all_model_checkpoint_timestamps;
  if (!times.empty() && times.size() != all.size()) {
    errors::raise_value_error(
        fmt::format("Checkpoint timestamps, if provided, must match checkpoint paths (got paths {} "
                    "and timestamps [{}])",
                    checkpoint::joined(all), fmt::join(times, ", ")));
  }
  if (!is_absolute(save_dir)) {
    const auto relate = [&](std::string& path) {
      if (!is_absolute(path)) path = checkpoint::relative_path(path, save_dir);
    };
    relate(state.model_checkpoint_path);
    for (std::string& path : all) relate(path);
  }
  return state;
}

void update_checkpoint_state(const std::string& save_dir, const std::string& model_checkpoint_path,
                             const CheckpointStateOptions& options) {
  checkpoint::update_state(io::default_file_system(), save_dir, model_checkpoint_path, options);
}

std::optional<CheckpointState> get_checkpoint_state(const std::string& checkpoint_dir,
                                                    const std::string& latest_filename) {
  return checkpoint::get_state(io::default_file_system(), checkpoint_dir, latest_filename);
}

std::optional<std::string> latest_checkpoint(const std::string& checkpoint_dir,
                                             const std::string& latest_filename) {
  return checkpoint::latest(io::default_file_system(), checkpoint_dir, latest_filename);
}

}  // namespace tensorkeep::train
